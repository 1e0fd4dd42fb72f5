// The actor of one half of a call: its transactions' user, its dialogs' keeper. RFC 3261 clauses 12 and 16; cluster.md 2.
//
// It passes requests through the roles of its half, forks, picks the response, keeps what has to survive it in its value,
// and lets nothing leave that would stop a peer's retransmission before that value is stored.
#pragma once

#include <functional>
#include <list>
#include <map>
#include <variant>

#include "actors/contracts/messages.hpp"
#include "actors/dialog/call_table.hpp"
#include "actors/dialog/call_value.hpp"
#include "actors/dialog/forwarding.hpp"
#include "actors/supervision/pinned.hpp"

namespace troupe {

class call final : public pinned<call_actor> {
public:
  using handle = call_actor;

  call(caf::actor_config& config, shard& home, call_table& table, const call_id& id);

  behavior_type make_behavior() override;
  const char* name() const override { return "call"; }

private:
  template <class Message>
  auto handler(const char* doing);

  // -- messages (call.cpp)
  void on(to_call::request& m);
  void on(to_call::cancel& m);
  void on(to_call::response& m);
  void on(to_call::branch_failed& m);
  void on(to_call::server_failed&) {} ///< settle() looks whether anything is left
  void on(to_call::resume& m);
  void on(to_call::timer& m);
  void on_failure(std::exception_ptr& thrown) override;

  // -- requests through roles (call_requests.cpp)
  void begin_initial(forwarding& f, to_call::request& m);
  void notify_binding(forwarding& f, const sip::token& binding);
  std::string loop_hash(const sip::message& request, std::string_view own_route) const;
  void begin_in_dialog(forwarding& f, sip::message request, dialog_record* record);
  void advance(request_walk w);
  void record_route_to_here(const forwarding& f, sip::message& request) const;
  bool ask(roles::question q, request_walk& w);
  void follow(request_walk w, roles::pass_on onward);
  bool next_role(request_walk& w);
  void refuse(request_walk& w, sip::message response);
  roles::context context_of(const request_walk& w, const forwarding& f) const;

  // -- branches (call_branches.cpp)
  branch* add_branch(forwarding& f, sip::message request, std::uint32_t group);
  void start(forwarding& f);
  void run(forwarding& f, const sip::fork_event& e, std::optional<sip::message> response = {});
  void carry_out(forwarding& f, const sip::fork_effect& e, std::optional<sip::message>& response);
  void start_branch(forwarding& f, std::size_t at);
  void locate(forwarding& f, std::size_t at);
  void send_next(forwarding& f, std::size_t at);
  void send(forwarding& f, std::size_t at, const flow& over);
  void record_route(sip::message& request, const forwarding& f, sip::side leaves_by, const flow* over) const;
  void send_ack(forwarding& f, branch& b, const flow& over);
  void arm(to_call::timer::kind which, const branch& b, milliseconds after);
  void disarm(to_call::timer::kind which, std::uint32_t branch);
  void on_silence(std::uint32_t branch);

  // -- responses (call_responses.cpp)
  void go_back(forwarding& f, sip::message response, std::size_t from_branch, bool best = false);
  void advance(response_walk w);
  bool ask(roles::question q, response_walk& w);
  void retry(forwarding& f, std::size_t keep, roles::pass_on onward);
  void deliver(forwarding& f, sip::message response, std::size_t from_branch);
  void forward_late(const sip::message& response);
  roles::context context_of(const response_walk& w, const forwarding& f) const;

  // -- dialogs (call_dialogs.cpp)
  dialog_record* find_dialog(const sip::message& request, std::uint32_t pass, sip::leg& from);
  dialog_record* find_dialog(std::string_view callee_tag, std::uint32_t pass);
  void note_request(forwarding& f, dialog_record& record);
  void note_response(forwarding& f, const sip::message& response, std::size_t from_branch);
  void uncount(dialog_record& record);
  void note_holders();
  void end_dialog(std::string_view callee_tag, std::uint32_t pass, ims::charging_cause why, std::string_view reason,
                  instant at);
  void stop_ringing(std::string_view reason);
  void release_all(ims::charging_cause why, std::string_view reason);
  void release_overdue();
  std::vector<roles::hop> default_hops() const;

  // -- charging (call_charging.cpp)
  template <class Visit>
  void for_each_charged(const forwarding& f, std::size_t from_branch, Visit visit) const;
  void begin_charging(const forwarding& f, dialog_record& record, std::size_t from_branch) const;
  void end_charging(dialog_record& record, ims::charging_cause why, std::string_view reason, instant at);
  void charge_attempt(const forwarding& f, int status, std::size_t from_branch);
  void finish(ims::charging_record record, std::uint32_t number, std::string_view tag);
  void put_charged();

  // -- the stored value (call.cpp)
  void persist();
  void restore();
  void resume_transactions();
  instant deadline() const;
  /// Runs `act` once what was persisted so far is stored: now, or in a later message.
  template <class Act>
  void after_store(Act act) {
    if (table_.settled())
      return act(store::outcome::stored);
    await_store(std::move(act));
  }
  void await_store(std::function<void(store::outcome)> act);
  void settle(); ///< at the end of each message: is there anything left to do?

  forwarding* find(std::uint32_t number);
  forwarding* find_server(const sip::transaction_key& server);
  std::pair<forwarding*, std::size_t> find_branch(std::uint32_t number);
  void close(forwarding& f);
  std::string own_uri(sip::token t, const flow* by) const;
  std::string new_tag() { return home().random().token(8); }
  static std::string make_uri(const roles::context& ctx, const sip::token& t);

  struct alarm;
  struct waiting {
    std::variant<request_walk, response_walk, std::function<void()>> what;
  };
  /// Where an answer is put, and who is told when it comes late. Outlives the actor.
  struct answer {
    fact_finder::put put;
    bool late = false;
    bool come = false;
  };

  call_table& table_;
  call_id id_;
  call_value value_; ///< `open` is filled for encoding only
  std::list<forwarding> open_;
  std::map<std::uint64_t, std::pair<waiting, std::shared_ptr<answer>>> waiting_;
  std::uint64_t next_ticket_ = 1;
  std::vector<std::unique_ptr<alarm>> alarms_; ///< of branches
  std::unique_ptr<alarm> idle_;
  bool stored_ = false;
  std::vector<std::string> held_by_; ///< as the table knows it
  bool holders_changed_ = false;
  std::vector<std::pair<std::string, ims::charging_record>> finished_; ///< to be put with the value, by key
  std::size_t ringing_ = 0; ///< INVITEs and branches that are open, as the table knows of their holders
  // for the supervisor: what is being handled
  const char* doing_ = "";
  sip::transaction_key at_work_;
  sip::message_ref at_work_request_;
};

} // namespace troupe
