// troupe run | check | ctl
#include <CLI/CLI.hpp>
#include <csignal>
#include <iostream>
#include <spdlog/spdlog.h>

#include "actors/node/node.hpp"

namespace {

using namespace troupe;

/// Signals are the main thread's: block them before any other is made.
void block_signals() {
  sigset_t wanted;
  sigemptyset(&wanted);
  sigaddset(&wanted, SIGTERM);
  sigaddset(&wanted, SIGINT);
  pthread_sigmask(SIG_BLOCK, &wanted, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

std::optional<config::node_config> load(const std::string& file) {
  auto loaded = config::load(file);
  if (!loaded) {
    for (auto& p : loaded.error())
      std::cerr << p.text() << '\n';
    return std::nullopt;
  }
  for (auto& w : loaded->warnings)
    std::cerr << "warning: " << w.text() << '\n';
  return std::move(*loaded);
}

int run(const std::string& file) {
  auto config = load(file);
  if (!config)
    return static_cast<int>(exit_status::bad_configuration);
  block_signals();
  try {
    node n(*config);
    n.start();
    spdlog::info("ready");
    return static_cast<int>(n.run());
  } catch (const std::exception& e) {
    spdlog::critical("{}", e.what());
    return static_cast<int>(exit_status::failed_to_start);
  }
}

int check(const std::string& file, bool explain) {
  auto config = load(file);
  if (!config)
    return static_cast<int>(exit_status::bad_configuration);
  if (explain)
    std::cout << config::explain(*config);
  else
    std::cout << file << ": good\n";
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"Troupe: an IMS core. Every transaction, call and registration is an actor."};
  app.set_version_flag("--version", "troupe " TROUPE_VERSION);
  app.require_subcommand(1);
  std::string file;
  bool explain = false;

  auto* runs = app.add_subcommand("run", "run a node in the foreground; logs \"ready\" when it serves; SIGTERM drains and ends it");
  runs->add_option("-c,--config", file, "the node's configuration (TOML); examples: config/profiles")->required();
  auto* checks = app.add_subcommand("check", "validate a configuration; errors name file, line and key; exit status 2");
  checks->add_option("-c,--config", file, "the node's configuration (TOML)")->required();
  checks->add_flag("--explain", explain, "print every option with the value in force and where it comes from");
  CLI11_PARSE(app, argc, argv);
  return runs->parsed() ? run(file) : check(file, explain);
}
