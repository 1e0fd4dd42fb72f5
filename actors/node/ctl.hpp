// `troupe ctl`: the command line of the admin interface's client.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

#include "actors/console/client.hpp"

namespace troupe {

class ctl {
public:
  ctl() = default;
  ctl(const ctl&) = delete; ///< the options point into it

  CLI::App* add_to(CLI::App& app);
  /// After the parsing: asks, prints, and gives the exit status.
  int run();

private:
  void add_lists(CLI::App& to);
  void add_subscribers(CLI::App& to);
  void add_changes(CLI::App& to);

  console::client_options how_;
  std::string token_file_;
  std::string id_, after_;
  std::size_t limit_ = 100;
  std::vector<std::string> impus_;
  std::string k_, op_, opc_, amf_, password_;
  std::function<int(console::client&)> chosen_;
};

} // namespace troupe
