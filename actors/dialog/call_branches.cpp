// The branches of a forwarded request: where they go, and what leaves when. RFC 3261 clauses 16.6 to 16.10.
#include "actors/dialog/call.hpp"
#include "actors/dialog/call_alarm.hpp"
#include "actors/dialog/entrance.hpp"
#include "protocols/sip/make.hpp"
#include "protocols/sip/proxy.hpp"
#include "protocols/sip/reason.hpp"
#include "protocols/sip/values.hpp"

namespace troupe {

branch* call::add_branch(forwarding& f, sip::message request, std::uint32_t group) {
  auto at = f.fork.add(static_cast<std::uint8_t>(std::min<std::uint32_t>(group, 255)));
  if (!at)
    return nullptr;
  f.branches.resize(std::max(f.branches.size(), *at + 1));
  auto& place = f.branches[*at];
  place = std::make_unique<branch>();
  place->number = value_.next_number++;
  place->request = std::move(request);
  return place.get();
}

void call::start(forwarding& f) {
  f.started = true;
  f.fork.invite = f.method() == sip::method::invite;
  f.fork.timer_c_ms = static_cast<std::uint32_t>(table_.own().timer_c.count());
  run(f, sip::fork_event::of(sip::fork_event::kind::start));
}

void call::run(forwarding& f, const sip::fork_event& e, std::optional<sip::message> response) {
  auto number = f.number;
  auto [next, todo] = sip::on(f.fork, e);
  f.fork = next;
  for (auto& effect : todo) {
    auto* still = find(number); // an effect may have ended it
    if (!still)
      return;
    carry_out(*still, effect, response);
  }
}

void call::carry_out(forwarding& f, const sip::fork_effect& e, std::optional<sip::message>& response) {
  using kind = sip::fork_effect::kind;
  switch (e.what) {
  case kind::start: return start_branch(f, e.branch);
  case kind::retry: return send_next(f, e.branch);
  case kind::cancel: {
    auto reason = e.status == 0 ? f.cancel_reason : sip::cancel_reason(e.status);
    return table_.transactions().cancel(f.branches[e.branch]->via_branch, std::move(reason));
  }
  case kind::abandon: return table_.transactions().abandon(f.branches[e.branch]->via_branch, f.request->method_name());
  case kind::arm_c: return arm(to_call::timer::timer_c, *f.branches[e.branch], milliseconds(e.after_ms));
  case kind::disarm_c: return disarm(to_call::timer::timer_c, f.branches[e.branch]->number);
  case kind::forward:
    if (response)
      go_back(f, std::move(*response), e.branch);
    return;
  case kind::forward_best: {
    auto& best = f.branches[e.branch];
    auto back = best->response ? std::move(*best->response) : sip::make_response(*f.request, e.status, new_tag());
    if (back.status() == 401 || back.status() == 407)
      for (std::size_t i = 0; i < f.branches.size(); ++i)
        if (i != e.branch && f.branches[i]->response && f.fork.challenged(i))
          sip::add_challenges(back, *f.branches[i]->response);
    return go_back(f, std::move(back), e.branch, true);
  }
  case kind::answer: return go_back(f, sip::make_response(*f.request, e.status, new_tag()), e.branch, true);
  case kind::done:
    if (f.server == sip::transaction_key{}) // a request of our own
      close(f);
    return;
  }
}

void call::arm(to_call::timer::kind which, const branch& b, milliseconds after) {
  disarm(which, b.number);
  auto& a = alarms_.emplace_back(std::make_unique<alarm>(this, to_call::timer{which, b.number}));
  home().timers().arm(*a, home().now() + after);
}

void call::disarm(to_call::timer::kind which, std::uint32_t branch) {
  std::erase_if(alarms_, [&](auto& a) { return a->tells.which == which && a->tells.of == branch; });
}

/// The next hop is as good as gone: to the next address, or back to the role that knows another.
void call::on_silence(std::uint32_t number) {
  auto [f, at] = find_branch(number);
  if (!f || f->fork.branches[at].at != sip::fork_branch::state::trying)
    return;
  auto& b = *f->branches[at];
  table_.transactions().abandon(b.via_branch, f->request->method_name());
  run(*f, sip::fork_event::failed(at, 503, !b.candidates.empty()));
}

void call::start_branch(forwarding& f, std::size_t at) {
  auto& b = *f.branches[at];
  if (f.in_dialog || b.over || !b.next_hop.empty())
    return locate(f, at);
  // Behind the fork there may be roles of this half: the P-CSCF of each contact.
  request_walk w;
  w.forwarding = f.number;
  w.branch = at;
  w.request = b.request;
  if (!next_role(w))
    return locate(f, at);
  advance(std::move(w));
}

void call::locate(forwarding& f, std::size_t at) {
  auto& b = *f.branches[at];
  if (b.over && !table_.net().is_open(*b.over)) { // RFC 5626 clause 5.3: the flow is gone
    b.response = sip::make_response(*f.request, 430, new_tag());
    return run(f, sip::fork_event::response(at, 430), b.response);
  }
  if (b.over)
    return send(f, at, *b.over);
  if (b.next_hop.empty() && next_here(b.request, table_.own()))
    return send(f, at, flow{transport::local, sip::side::core, 0, home().index(), 0, 0, {}});
  auto uri = b.next_hop.empty() ? sip::next_hop(b.request) : std::string_view(b.next_hop);
  auto number = f.number;
  struct cell {
    std::vector<candidate> found;
    bool late = false, come = false;
  };
  auto shared = std::make_shared<cell>();
  auto ticket = next_ticket_++;
  auto now = table_.addresses().locate(uri, b.request.size_hint() + 200, shared->found,
                                       [shared, ticket, table = &table_, id = id_](std::vector<candidate> found) {
                                         shared->found = std::move(found);
                                         shared->come = true;
                                         if (shared->late)
                                           table->tell(id, to_call::resume{ticket});
                                       });
  auto go = [this, shared, number, at] {
    auto* still = find(number);
    if (!still)
      return;
    still->branches[at]->candidates.assign(shared->found.rbegin(), shared->found.rend());
    send_next(*still, at);
  };
  if (now || shared->come)
    return go();
  shared->late = true;
  waiting_.emplace(ticket, std::pair{waiting{std::function<void()>(go)}, nullptr});
}

/// To the next of the addresses that RFC 3263 gave. None left: the branch has failed.
void call::send_next(forwarding& f, std::size_t at) {
  auto& b = *f.branches[at];
  while (!b.candidates.empty()) {
    auto next = std::move(b.candidates.back());
    b.candidates.pop_back();
    if (b.sent) { // a new server is a new transaction
      disarm(to_call::timer::silence, b.number);
      b.number = value_.next_number++;
    }
    for (auto where : {sip::side::core, sip::side::access})
      if (auto over = table_.net().flow_to(next.by, where, next.to, next.host))
        return send(f, at, *over);
  }
  if (f.method() == sip::method::ack)
    return close(f);
  table_.counts().add(metric::dropped_dns);
  run(f, sip::fork_event::failed(at, 503));
}

/// One value for each side that the dialog's requests will come from: RFC 5658.
void call::record_route(sip::message& request, const forwarding& f, sip::side leaves_by, const flow* over) const {
  auto came_by = f.by.transport == transport::local ? sip::side::core : f.by.side;
  sip::token t{sip::token_use::record_route, id_.half, came_by, id_.stage, f.pass, id_.key};
  auto from = own_uri(t, &f.by);
  t.side = leaves_by;
  sip::add_record_route(request, from, own_uri(t, over));
}

void call::send(forwarding& f, std::size_t at, const flow& over) {
  auto& b = *f.branches[at];
  auto& own = table_.own();
  b.over = over;
  auto request = b.candidates.empty() ? std::move(b.request) : b.request;
  sip::count_hop(request);
  if (f.begun && f.stay && own.record_route)
    record_route(request, f, over.transport == transport::local ? sip::side::core : over.side, &over);
  sip::serve_strict_router(request);
  auto is_ack = f.method() == sip::method::ack;
  auto hash = f.begun && f.loop_hash.empty() ? loop_hash(*f.request, {}) : f.loop_hash;
  b.via_branch = sip::make_branch({sip::token_use::via, id_.half, sip::side::core, id_.stage, b.number, id_.key},
                                  own.secret, hash);
  std::string sent_by;
  if (over.transport == transport::local) {
    sent_by = own.local_host;
  } else {
    auto& from = table_.net().of(over);
    sent_by = from.public_host + ':' + std::to_string(from.public_port);
  }
  sip::push_via(request, via_name(over.transport), sent_by, b.via_branch, over.transport == transport::udp);
  b.sent = make_ref<const sip::message>(std::move(request));
  b.octets = {};
  if (is_ack)
    return send_ack(f, b, over);
  if (over.transport != transport::local && (b.has_alternative || !b.candidates.empty()))
    arm(to_call::timer::silence, b, table_.own().times.t1 * table_.own().silence_in_t1);
  if (f.method() != sip::method::invite && !f.in_dialog)
    return table_.transactions().make_client(b.via_branch, b.sent, {}, over, id_, b.number);
  // Before the 100 and before it is forwarded: what CANCEL and ACK are made from, the target, timer C's deadline.
  persist();
  after_store([this, number = f.number, branch = b.number](store::outcome how) {
    auto [still, where] = find_branch(branch);
    if (!still || still->number != number || how == store::outcome::fenced)
      return;
    auto& ready = *still->branches[where];
    if (how == store::outcome::failed && !still->in_dialog &&
        !table_.own().goes_on_unstored) { // what is new is not begun: cluster.md 14
      ready.response = sip::make_response(*still->request, 500, new_tag());
      ready.response->set(sip::hdr::retry_after, std::to_string(table_.own().retry_after.count()));
      return run(*still, sip::fork_event::response(where, 500), ready.response);
    }
    if (how == store::outcome::failed)
      table_.counts().add(metric::sent_unstored);
    if (still->method() == sip::method::invite && still->server != sip::transaction_key{})
      table_.transactions().respond(still->server,
                                    make_ref<const sip::message>(sip::make_response(*still->request, 100)));
    table_.transactions().make_client(ready.via_branch, ready.sent, ready.octets, *ready.over, id_, ready.number);
  });
}

/// An ACK to a 2xx has no transaction: it is stored that it passed, and it goes.
void call::send_ack(forwarding& f, branch& b, const flow& over) {
  persist();
  after_store([this, sent = b.sent, over](store::outcome how) {
    if (how == store::outcome::fenced)
      return;
    if (how == store::outcome::failed)
      table_.counts().add(metric::sent_unstored);
    if (over.transport == transport::local)
      table_.out().send_local(sent);
    else
      table_.out().send(over, make_packet(*sent), {});
  });
  close(f);
}

} // namespace troupe
