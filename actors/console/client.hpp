// The admin interface's client behind `troupe ctl`: asks a node, prints the answer for people or as JSON.
#pragma once

#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

#include "actors/console/views.hpp"

namespace troupe::console {

/// Exit statuses of `troupe ctl`; troupe(1) lists them.
enum class ctl_status : int {
  done = 0,
  refused = 1,     ///< the node answered with an error, or there is no such thing
  bad_input = 2,   ///< a file cannot be read or is wrong
  not_yet = 3,     ///< this release does not have it
  no_answer = 4,   ///< no node answers at that URL
  bad_command = 64 ///< the command line is wrong
};

struct client_options {
  std::string url = "http://127.0.0.1:8080";
  std::string token;
  bool as_json = false;
};

class client {
public:
  client(client_options how, std::ostream& out, std::ostream& err);

  ctl_status status();
  ctl_status nodes();
  ctl_status registrations(const page& which);
  ctl_status registration(const std::string& id);
  ctl_status calls(const page& which);
  ctl_status call(const std::string& id);
  ctl_status peers();
  ctl_status subscribers(const page& which);
  ctl_status subscriber(const std::string& id);
  ctl_status add_subscriber(const json& subscriber);
  ctl_status remove_subscriber(const std::string& impi);
  ctl_status import_subscribers(const std::string& toml, const std::string& file);
  /// Of this node: its name, or nothing.
  ctl_status drain(const std::string& node);

  /// What does not exist yet says so.
  ctl_status not_yet(std::string_view sentence);
  ctl_status bad_input(std::string_view sentence);

private:
  struct question {
    std::string method, path, body, type;
  };
  /// Nothing: what went wrong has been said, and `failed_` is the exit status.
  std::optional<json> ask(const question& q);
  ctl_status show(const question& q, const std::function<void(const json&)>& print);
  void more(const json& list, std::string_view command);

  client_options how_;
  std::ostream& out_;
  std::ostream& err_;
  ctl_status failed_ = ctl_status::refused;
};

} // namespace troupe::console
