// troupe run | check | ctl
#include <CLI/CLI.hpp>
#include <csignal>
#include <filesystem>
#include <iostream>

#include "actors/console/log.hpp"
#include "actors/console/server.hpp"
#include "actors/diameter/framework/child.hpp"
#include "actors/node/admin_source.hpp"
#include "actors/node/ctl.hpp"
#include "actors/node/node.hpp"
#include "actors/node/settings.hpp"
#include "cluster/parent/last_word.hpp"
#include "cluster/parent/parent.hpp"

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

log::settings log_settings_of(const config::log_options& from) {
  log::settings out;
  out.least = static_cast<log::level>(from.level);
  out.format = from.format == config::log_format::json ? log::format::json : log::format::text;
  out.file = from.file;
  return out;
}

/// Null where the configuration wants no admin interface.
std::unique_ptr<console::server> open_console(const config::admin_options& from, console::source& of) {
  if (from.listen.host.empty())
    return nullptr;
  console::server_options how;
  how.host = from.listen.host;
  how.port = from.listen.port;
  how.token = from.token;
  return std::make_unique<console::server>(of, std::move(how));
}

/// A cluster's node is watched by a parent process, which says when it has died, so that others need not wait for its
/// lease: cluster.md 10.
int watch(const std::string& file, const config::node_config& config) {
  cluster::asked_to_end asked;
  auto report = [](const std::string& what) { log::warn("parent process", {{"what", what}}); };
  auto word =
      cluster::last_word::open({config.cluster.store, store_options_of(config).redis,
                                static_cast<cluster::node_id>(config.cluster.node_id), milliseconds(1'000), report});
  if (!word)
    throw std::runtime_error(word.error().what);
  auto addresses = cluster::make_address_host();
  cluster::parent_options how;
  how.command = {std::filesystem::read_symlink("/proc/self/exe").string(), "run", "--config", file, "--watched"};
  how.life_file = config.cluster.life_file;
  if (config.cluster.install_addresses)
    how.remove_addresses = [&] {
      for (auto& each : service_addresses_of(config))
        addresses->remove(each);
    };
  how.tell = [&](cluster::incarnation life) { (*word)->say(life); };
  how.report = report;
  if (auto folder = std::filesystem::path(how.life_file).parent_path(); !folder.empty())
    std::filesystem::create_directories(folder);
  auto ended = cluster::run_parent(how, asked);
  if (!ended)
    throw std::runtime_error(ended.error().what);
  return *ended;
}

exit_status serve(const config::node_config& config) {
  node n(config);
  admin_source facts(n);
  auto console = open_console(config.admin, facts);
  n.before_drain([&] { facts.set(console::phase::draining); });
  if (console)
    console->start();
  n.start();
  facts.set(console::phase::serving);
  log::info("ready", {{"node", config.node.name}, {"version", TROUPE_VERSION}, {"admin", config.admin.listen.text()}});
  return n.run();
}

int run(const std::string& file, bool watched) {
  auto config = load(file);
  if (!config)
    return static_cast<int>(exit_status::bad_configuration);
  auto watches = !config->cluster.groups.empty() && !watched;
  block_signals();
  auto status = exit_status::failed_to_start;
  try {
    log::setup(log_settings_of(config->log));
    if (watches) {
      auto ended = watch(file, *config);
      log::end();
      return ended;
    }
    status = serve(*config);
    log::info("ended", {{"node", config->node.name}, {"status", std::to_string(static_cast<int>(status))}});
  } catch (const std::exception& e) {
    log::critical(e.what());
  }
  log::end();
  return static_cast<int>(status);
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
  app.footer("A first look, on the loopback:\n"
             "  troupe run --config config/profiles/demo.toml     in one terminal\n"
             "  troupe ctl status                                 in another\n"
             "Manual: troupe(1), troupe.toml(5); docs/operations/");
  std::string file;
  bool explain = false, watched = false;

  auto* runs = app.add_subcommand(
      "run", "run a node in the foreground; logs \"ready\" when it serves; SIGTERM drains and ends it");
  runs->add_option("-c,--config", file, "the node's configuration (TOML); examples: config/profiles")->required();
  runs->add_flag("--watched", watched)->group(""); // by the parent process, for itself
  runs->footer(
      "SIGTERM or SIGINT: no new work is taken, what is under way ends (at most node.drain_timeout), exit status 0.\n"
      "In a cluster its groups are handed to other nodes first; a parent process starts it again when it dies.\n"
      "Exit status: 1 it could not start, 2 the configuration is wrong, 70 or 71 too many failures in a short time.\n"
      "Example: troupe run --config config/profiles/demo.toml");
  auto* diameters =
      app.add_subcommand("diameter", "the process that a node carries Diameter in; a node starts it itself");
  diameters->group(""); // not shown
  auto* checks = app.add_subcommand("check", "validate a configuration; errors name file, line and key; exit status 2");
  checks->add_option("-c,--config", file, "the node's configuration (TOML)")->required();
  checks->add_flag("--explain", explain, "print every option with the value in force and where it comes from");
  checks->footer("Example: troupe check --config /etc/troupe/troupe.toml --explain");
  ctl control;
  auto* controls = control.add_to(app);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : static_cast<int>(console::ctl_status::bad_command);
  }
  if (diameters->parsed())
    return diameter_framework::run_child(cluster::child::kept_as);
  if (controls->parsed())
    return control.run();
  return runs->parsed() ? run(file, watched) : check(file, explain);
}
