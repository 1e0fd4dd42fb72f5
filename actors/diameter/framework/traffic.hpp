// Messages through the child, both ways: requests of the node by its numbers, each of which gets exactly one answer or one
// reason why there is none; and questions of peers, each of which gets an answer in time or an error.
//
// The framework calls back from threads of its own, late, twice or never; what counts is the table here, and its own
// clock. Only the child's one sending thread calls send functions: they block while a peer does not read.
#pragma once

#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "actors/diameter/channel/settings.hpp"
#include "actors/diameter/framework/library.hpp"
#include "actors/diameter/framework/outlet.hpp"

namespace troupe::diameter_framework {

class traffic {
public:
  using clock = std::chrono::steady_clock;

  /// One a process. Before the framework starts.
  traffic(const diameter_channel::settings& how, outlet& to_node);

  // on the sending thread
  void serve(const std::vector<diameter_channel::served_command>& what);
  void ask(std::uint64_t number, const diameter_channel::ask& what);
  void reply(std::uint64_t number, std::string_view octets);
  void answer_overdue();
  /// A request through the framework's queues, to nowhere.
  void probe();

  // on the pulse's thread
  void expire();
  diameter_channel::pulse counts();

private:
  struct held_question {
    msg* request = nullptr;
    clock::time_point until;
  };

  static void on_answer(void* number, msg** m);
  static void on_expiry(void* number, DiamId_t peer, size_t size, msg** m);
  static void on_probe(void*, msg** m);
  static int on_question(msg** m, avp*, session*, void*, disp_action* then);

  bool forget(std::uint64_t number);
  void fail(std::uint64_t number, diameter_channel::failure why);
  int take(msg** m, disp_action* then);
  int refuse(msg** m, disp_action* then, const char* result);
  std::optional<bool> service_for(const msg_hdr& header);
  std::uint64_t keep(msg* request);
  std::optional<std::string> refusal_of(std::string_view octets) const;
  int answer_at_once(msg** m, disp_action* then, std::string_view octets);
  static msg* answer_to(msg* request, std::string_view octets);
  void send_answer(msg* request, std::string_view octets);
  void send_error(msg* request, const char* result);

  const diameter_channel::settings& how_;
  outlet& node_;
  std::mutex asked_mutex_;
  std::unordered_map<std::uint64_t, clock::time_point> asked_; ///< when each is over
  std::mutex questions_mutex_;
  std::unordered_map<std::uint64_t, held_question> questions_;
  std::uint64_t last_question_ = 0;
  std::mutex served_mutex_;
  std::unordered_map<std::uint64_t, bool> served_; ///< checked or not, by application and command
  std::atomic<std::uint64_t> shed_{0}, unanswered_{0}, lost_{0};
  std::atomic<clock::rep> probe_sent_{0}; ///< 0: none is under way
};

} // namespace troupe::diameter_framework
