#include "actors/dialog/call.hpp"

#include <algorithm>
#include <stdexcept>

#include "actors/dialog/call_alarm.hpp"
#include "actors/dialog/dispatcher.hpp"
#include "protocols/sip/make.hpp"
#include "protocols/sip/values.hpp"

namespace troupe {

call::call(caf::actor_config& config, shard& home, call_table& table, const call_id& id)
    : pinned(config, home),
      table_(table),
      id_(id),
      idle_(std::make_unique<alarm>(this, to_call::timer{to_call::timer::wake, 0})) {
  restore();
  home.timers().arm(*idle_, home.now() + table_.own().put_away_after);
}

template <class Message>
auto call::handler(const char* doing) {
  return succeeded<Message>(
      [this, doing](Message& m) {
        doing_ = doing;
        on(m);
        if constexpr (!std::is_same_v<Message, to_call::timer>) // a timer decides itself whether the call goes
          settle();
      },
      [this](Message& m) {
        // Tickets and timers are this actor's own.
        if constexpr (!std::is_same_v<Message, to_call::timer> && !std::is_same_v<Message, to_call::resume>)
          table_.tell(id_, std::move(m));
      });
}

call::behavior_type call::make_behavior() {
  return {handler<to_call::request>("request"),
          handler<to_call::cancel>("cancel"),
          handler<to_call::response>("response"),
          handler<to_call::branch_failed>("branch_failed"),
          handler<to_call::server_failed>("server_failed"),
          handler<to_call::resume>("resume"),
          handler<to_call::timer>("timer")};
}

void call::on(to_call::request& m) {
  // An INVITE that was sent again before this actor, restored with it, had its transaction anew.
  if (m.server != sip::transaction_key{} && find_server(m.server))
    return;
  at_work_ = m.server;
  at_work_request_ = m.message;
#ifdef TROUPE_FAULT_HOOKS
  if (auto* fault = m.message->find("X-Troupe-Fault"); fault && fault->value == "throw")
    throw std::runtime_error("asked to by X-Troupe-Fault");
#endif
  auto& f = open_.emplace_back();
  f.number = value_.next_number++;
  f.server = m.server;
  f.request = m.message;
  f.by = m.by;
  f.began = home().now();
  f.pass = m.role ? f.number : m.token ? m.token->sequence : 0;
  if (m.role)
    return begin_initial(f, m);
  auto* record = find_dialog(*f.request, f.pass, f.sender);
  if (record)
    note_request(f, *record);
  else // our token says which side sent it: the caller's is outside in the originating half, the core in the other
    f.sender = (m.token && m.token->side == sip::side::core) == (id_.half == sip::half::terminating) ? sip::leg::caller
                                                                                                     : sip::leg::callee;
  begin_in_dialog(f, *f.request, record);
}

void call::on(to_call::cancel& m) {
  auto* f = find_server(m.server);
  if (!f || f->answered)
    return;
  f->cancel_reason = m.message->value(sip::hdr::reason);
  if (f->started)
    return run(*f, sip::fork_event::of(sip::fork_event::kind::cancel));
  // Still on its way through the roles: nothing has left.
  deliver(*f, sip::make_response(*f->request, 487, new_tag()), 0);
}

void call::on(to_call::response& m) {
  auto [f, at] = find_branch(m.branch);
  if (!f)
    return forward_late(*m.message);
  at_work_ = f->server;
  at_work_request_ = f->request;
  disarm(to_call::timer::silence, m.branch);
  auto& b = *f->branches[at];
  if (m.message->status() >= 200 && f->begun)
    b.charging_vector = m.message->value(sip::hdr::p_charging_vector);
  if (m.message->status() == 503 && b.over) // who is there and refuses need not be asked by another transport
    std::erase_if(b.candidates, [&](const candidate& c) { return c.to == b.over->peer; });
  if (m.message->status() == 503 && !b.candidates.empty()) // RFC 3263 clause 4.3
    return run(*f, sip::fork_event::failed(at, 503, true));
  response_walk w;
  w.forwarding = f->number;
  w.branch = at;
  w.left = b.suffix.size();
  w.response = *m.message;
  if (m.message->status() == 100)
    return run(*f, sip::fork_event::response(at, 100), std::move(w.response));
  advance(std::move(w));
}

void call::on(to_call::branch_failed& m) {
  auto [f, at] = find_branch(m.branch);
  if (!f)
    return;
  at_work_ = f->server;
  at_work_request_ = f->request;
  auto& b = *f->branches[at];
  disarm(to_call::timer::silence, m.branch);
  // RFC 5626 clause 5.3.1: the flow to a UE is gone; who knows its other flows may try them.
  auto lost = b.by_flow && !f->in_dialog;
  run(*f, sip::fork_event::failed(at, m.timeout ? 408 : lost ? 430 : 503, !b.candidates.empty()));
}

void call::on(to_call::resume& m) {
  auto found = waiting_.find(m.ticket);
  if (found == waiting_.end())
    return;
  auto [what, how] = std::move(found->second);
  waiting_.erase(found);
  if (auto* w = std::get_if<request_walk>(&what.what)) {
    how->put(w->facts);
    advance(std::move(*w));
  } else if (auto* back = std::get_if<response_walk>(&what.what)) {
    how->put(back->facts);
    advance(std::move(*back));
  } else {
    std::get<std::function<void()>>(what.what)();
  }
}

void call::on(to_call::timer& m) {
  switch (m.which) {
  case to_call::timer::timer_c:
    if (auto [f, at] = find_branch(m.of); f)
      run(*f, sip::fork_event::timer_c(at));
    break;
  case to_call::timer::silence: on_silence(m.of); break;
  case to_call::timer::release: {
    constexpr auto reason = "SIP;cause=503;text=\"registration ended\"";
    stop_ringing(reason);
    release_all(ims::charging_cause::released, reason);
    break;
  }
  case to_call::timer::wake: {
    // An ACK that has not come within 64*T1 comes no more (RFC 3261 clause 13.3.1.4).
    auto patience = table_.own().times.t1 * 64;
    open_.remove_if([&](const forwarding& f) { return f.answered && home().now() - f.answered_at > patience; });
    release_overdue();
    break;
  }
  }
  // Quiet since the last message, and nothing is under way: the value in the store is all that is needed.
  if (m.which == to_call::timer::wake && !has_mail() && open_.empty() && waiting_.empty() && !value_.dialogs.empty()) {
    table_.put_away(id_);
    return quit();
  }
  settle();
}

void call::on_failure(std::exception_ptr& thrown) {
  idle_.reset();
  alarms_.clear();
  if (!stored_)
    for (auto& holder : held_by_)
      table_.let_go(id_, holder);
  table_.failed(id_, at_work_, at_work_request_.get(), doing_, describe(thrown));
}

forwarding* call::find(std::uint32_t number) {
  for (auto& f : open_)
    if (f.number == number)
      return &f;
  return nullptr;
}

forwarding* call::find_server(const sip::transaction_key& server) {
  for (auto& f : open_)
    if (f.server == server)
      return &f;
  return nullptr;
}

std::pair<forwarding*, std::size_t> call::find_branch(std::uint32_t number) {
  for (auto& f : open_)
    for (std::size_t i = 0; i < f.branches.size(); ++i)
      if (f.branches[i]->number == number)
        return {&f, i};
  return {nullptr, 0};
}

void call::close(forwarding& f) {
  open_.remove_if([&](const forwarding& other) { return &other == &f; });
}

// -- the stored value -------------------------------------------------------------------------------------------

instant call::deadline() const {
  auto at = home().now() + table_.own().longest_call;
  if (!value_.open.empty()) // after a restart it has to be looked at at once
    return home().now();
  for (auto& d : value_.dialogs)
    if (d.state.deadline)
      at = std::min(at, *d.state.deadline);
  return at;
}

void call::persist() {
  put_charged();
  value_.open.clear();
  std::size_t ringing = 0;
  for (auto& f : open_) {
    if (f.method() != sip::method::invite || !f.started || f.answered || f.server == sip::transaction_key{})
      continue;
    auto& o = value_.open.emplace_back();
    o.number = f.number;
    o.pass = f.pass;
    o.began = f.began;
    o.server = f.server;
    if (!f.octets)
      f.octets = make_packet(*f.request);
    o.request = f.octets;
    o.by = f.by;
    o.fork = f.fork;
    for (auto& p : f.prefix)
      o.hops.push_back(p.own);
    for (auto& b : f.branches) {
      auto& s = o.branches.emplace_back();
      s.number = b->number;
      s.via_branch = b->via_branch;
      if (b->sent && !b->octets)
        b->octets = make_packet(*b->sent);
      s.sent = b->octets;
      if (b->over)
        s.over = *b->over;
      for (auto& p : b->suffix)
        s.hops.push_back(p.own);
    }
    ringing += 1 + o.branches.size();
  }
  holders_changed_ |= std::exchange(ringing_, ringing) != ringing;
  note_holders();
  if (value_.empty()) {
    if (std::exchange(stored_, false))
      table_.erase(id_);
    return;
  }
  thread_local std::string octets;
  octets.clear();
  encode(octets, value_);
  table_.put(id_, deadline(), octets);
  stored_ = true;
}

void call::restore() {
  auto octets = table_.stored(id_);
  if (octets.empty()) {
    // A call-id comes again, in the next REGISTER at the latest; its branches must not (RFC 3261 clause 8.1.1.7).
    value_.next_number = 1 + static_cast<std::uint32_t>(home().random().next() & 0xffffff);
    return;
  }
  if (!decode(octets, value_))
    throw std::runtime_error("the stored value cannot be read");
  stored_ = true;
  held_by_ = holders_of(value_, table_.own().roles);
  for (auto& o : value_.open) {
    auto& f = open_.emplace_back();
    f.number = o.number;
    f.pass = o.pass;
    f.server = o.server;
    f.octets = o.request;
    f.request = sip::parse(o.request ? o.request->octets : std::string_view{}).msg;
    f.by = o.by;
    f.began = o.began == instant{} ? home().now() : o.began;
    f.fork = o.fork;
    f.started = true;
    f.in_dialog = !sip::to_tag(*f.request).empty();
    if (f.in_dialog) {
      if (auto* record = find_dialog(*f.request, f.pass, f.sender))
        f.dialog_tag = record->state.end(sip::leg::callee).tag;
    } else {
      f.begun = sip::begin_dialog(*f.request);
    }
    auto hops_of = [&](std::vector<roles::hop>& hops, const sip::message& request, std::vector<passed>& out) {
      for (auto& h : hops)
        if (auto* role = table_.own().roles.find(h.role))
          out.push_back({role, std::move(h), request});
    };
    hops_of(o.hops, *f.request, f.prefix);
    for (auto& s : o.branches) {
      auto& b = *f.branches.emplace_back(std::make_unique<branch>());
      b.number = s.number;
      b.via_branch = s.via_branch;
      b.over = s.over;
      if (s.sent) {
        b.octets = s.sent;
        b.sent = sip::parse(s.sent->octets).msg;
        b.request = *b.sent;
      }
      hops_of(s.hops, b.request, b.suffix);
    }
  }
  value_.open.clear();
  resume_transactions();
}

/// After the death of a process the transactions are gone too. An INVITE that is sent again with the same branch is a
/// retransmission to the next hop; the peer's own retransmission finds its transaction again.
void call::resume_transactions() {
  auto& transactions = table_.transactions();
  for (auto& f : open_) {
    if (!transactions.find_server(f.server))
      transactions.make_server(f.server, f.request, dispatcher::reply_flow(*f.request, f.by), id_);
    for (std::size_t i = 0; i < f.branches.size(); ++i) {
      auto& b = *f.branches[i];
      auto& state = f.fork.branches[i];
      if (!state.pending() || !b.sent || !b.over)
        continue;
      arm(to_call::timer::timer_c, b, milliseconds(f.fork.timer_c_ms));
      if (!transactions.has_client(b.via_branch, "INVITE"))
        transactions.make_client(b.via_branch, b.sent, b.octets, *b.over, id_, b.number);
    }
  }
}

void call::await_store(std::function<void(store::outcome)> act) {
  auto out = std::make_shared<store::outcome>();
  auto ticket = next_ticket_++;
  table_.after_commit([out, ticket, table = &table_, id = id_](store::outcome o) {
    *out = o;
    table->tell(id, to_call::resume{ticket});
  });
  waiting_.emplace(ticket, std::pair{waiting{[out, act = std::move(act)] { act(*out); }}, nullptr});
}

void call::settle() {
  at_work_ = {};
  at_work_request_ = {};
  if (open_.empty() && waiting_.empty() && value_.dialogs.empty() && !has_mail()) {
    value_.open.clear();
    note_holders();
    put_charged();
    idle_.reset();
    table_.forget(id_);
    return quit();
  }
  if (idle_)
    home().timers().arm(*idle_, home().now() + table_.own().put_away_after);
}

} // namespace troupe
