// Writes a transaction machine's transitions as text, so that a table can hold every state and event: RFC 3261 clause 17.
#pragma once

#include <map>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "protocols/sip/transaction.hpp"

namespace troupe::sip::table {

inline const char* timer_name(timer t) {
  static constexpr const char* names[] = {"a", "b", "d", "e", "f",      "g",      "h",        "i",
                                          "j", "k", "l", "m", "trying", "expiry", "cancelled"};
  return names[static_cast<int>(t)];
}

inline std::string text(const effect& e) {
  static constexpr const char* names[] = {
      "send_request", "send_ack",         "send_cancel", "send_response", "send_last_response", "send_trying",
      "pass_request", "pass_provisional", "pass_final",  "pass_ack",      "pass_timeout",       "pass_transport_error",
      "arm",          "disarm",           "terminated"};
  std::string out = names[static_cast<int>(e.what)];
  if (e.what == effect::kind::arm)
    out += std::string(".") + timer_name(e.which) + "=" + std::to_string(e.after_ms);
  if (e.what == effect::kind::disarm)
    out += std::string(".") + timer_name(e.which);
  return out;
}

template <class Machine>
std::string text(const step<Machine>& s, const std::vector<const char*>& states) {
  std::string out;
  for (auto& e : s.todo)
    out += text(e) + " ";
  return out + "-> " + states.at(static_cast<std::size_t>(s.next.at));
}

inline std::vector<std::pair<std::string, event>> all_events() {
  using kind = event::kind;
  std::vector<std::pair<std::string, event>> all = {
      {"start", event::of(kind::start)},   {"request", event::of(kind::request)},
      {"ack", event::of(kind::ack)},       {"cancel", event::of(kind::cancel)},
      {"resume", event::of(kind::resume)}, {"transport_error", event::of(kind::transport_error)},
      {"100", event::response(100)},       {"180", event::response(180)},
      {"200", event::response(200)},       {"302", event::response(302)},
      {"408", event::response(408)},       {"699", event::response(699)},
  };
  for (int t = 0; t <= static_cast<int>(timer::cancelled); ++t)
    all.emplace_back(std::string("timer ") + timer_name(static_cast<timer>(t)), event::timeout(static_cast<timer>(t)));
  return all;
}

/// {state, event} -> "effects -> state". What is not listed must change nothing and do nothing.
using cells = std::map<std::pair<std::string, std::string>, std::string>;

} // namespace troupe::sip::table
