// A response on its way back through the roles of this half.
#include "actors/dialog/call.hpp"
#include "protocols/base/text.hpp"
#include "protocols/sip/proxy.hpp"
#include "protocols/sip/values.hpp"

namespace troupe {

roles::context call::context_of(const response_walk& w, const forwarding& f) const {
  roles::context ctx;
  ctx.now = home().now();
  ctx.random = &home().random();
  auto last = w.branch ? w.left == f.branches[*w.branch]->suffix.size() : w.left == f.prefix.size();
  const flow* over = nullptr;
  if (last && w.branch && f.branches[*w.branch]->over)
    over = &*f.branches[*w.branch]->over;
  ctx.side = over && over->transport != transport::local ? over->side : sip::side::core;
  ctx.from = over && over->transport != transport::local ? over : nullptr;
  ctx.in_dialog = f.in_dialog;
  ctx.half = id_.half;
  ctx.call = id_.key;
  ctx.facts = &w.facts;
  ctx.make_uri = &call::make_uri;
  ctx.shell = this;
  return ctx;
}

/// From the fork back to who sent the request.
void call::go_back(forwarding& f, sip::message response, std::size_t from_branch, bool best) {
  response_walk w;
  w.forwarding = f.number;
  w.left = f.prefix.size();
  w.from_branch = from_branch;
  w.best = best;
  w.response = std::move(response);
  advance(std::move(w));
}

void call::advance(response_walk w) {
  auto* f = find(w.forwarding);
  if (!f)
    return;
  while (w.left > 0) {
    auto& steps = w.branch ? f->branches[*w.branch]->suffix : f->prefix;
    auto& p = steps[w.left - 1];
    auto decided = p.role->on_response(w.response, p.request, context_of(w, *f), p.own);
    if (auto* a = std::get_if<roles::ask>(&decided)) {
      if (ask(std::move(a->question), w))
        continue;
      return;
    }
    if (auto* onward = std::get_if<roles::pass_on>(&decided); onward && !w.branch)
      return retry(*f, w.left, std::move(*onward));
    if (auto* r = std::get_if<roles::reply>(&decided)) {
      w.response = std::move(r->response);
      w.best = false;
    }
    if (std::get_if<roles::drop>(&decided)) {
      table_.counts().add(metric::dropped_by_role);
      return;
    }
    w.facts = {};
    --w.left;
  }
  // A 503 would make the one before us avoid us for all (RFC 3261 clause 16.7 step 6).
  if (w.best && w.response.status() == 503)
    w.response.set_status(500);
  if (!w.branch)
    return deliver(*f, std::move(w.response), w.from_branch);
  auto status = w.response.status();
  auto& b = *f->branches[*w.branch];
  // A response of a role behind the fork is ours and has no Via of this hop.
  if (b.sent)
    sip::pop_via(w.response);
  if (status >= 300)
    b.response = w.response;
  run(*f, sip::fork_event::response(*w.branch, status), std::move(w.response));
}

bool call::ask(roles::question q, response_walk& w) {
  auto cell = std::make_shared<answer>();
  auto ticket = next_ticket_++;
  table_.facts().find(std::move(q), [cell, ticket, table = &table_, id = id_](fact_finder::put put) {
    cell->put = std::move(put);
    cell->come = true;
    if (cell->late)
      table->tell(id, to_call::resume{ticket});
  });
  if (cell->come) {
    cell->put(w.facts);
    return true;
  }
  cell->late = true;
  waiting_.emplace(ticket, std::pair{waiting{std::move(w)}, cell});
  return false;
}

/// A role gives up on this response and tries other targets: an I-CSCF's next S-CSCF.
void call::retry(forwarding& f, std::size_t keep, roles::pass_on onward) {
  f.prefix.resize(keep);
  f.fork = {};
  for (auto& gone : f.branches)
    for (auto which : {to_call::timer::timer_c, to_call::timer::silence})
      disarm(which, gone->number);
  f.branches.clear();
  request_walk w;
  w.forwarding = f.number;
  w.request = f.prefix.back().request;
  f.prefix.back().request = onward.targets.empty() ? w.request : onward.targets.front().request;
  if (onward.targets.size() == 1 && !onward.targets.front().over && onward.targets.front().next_hop.empty()) {
    w.request = std::move(onward.targets.front().request);
    onward.targets.clear();
    if (next_role(w))
      return advance(std::move(w));
  }
  follow(std::move(w), std::move(onward));
}

/// To the server transaction, once what it says is stored.
void call::deliver(forwarding& f, sip::message response, std::size_t from_branch) {
  auto status = response.status();
  auto final = status >= 200;
  auto invite = f.method() == sip::method::invite;
  if (final && f.answered && !(invite && status < 300))
    return;
  if (status >= 200 && status < 300 && (invite || f.method() == sip::method::update))
    f.agreed = sip::settle_session_timer(response, f.offer);
  note_response(f, response, from_branch);
  if (status >= 300 && f.begun && invite)
    charge_attempt(f, status, from_branch);
  if (final && !f.answered) {
    f.answered = true;
    f.answered_at = home().now();
    auto took = (home().now() - f.began).count();
    if (invite && status < 300 && !f.in_dialog)
      table_.counts().call_setup.observe(took);
    else if (f.method() == sip::method::register_)
      table_.counts().registration.observe(took);
  }
  auto server = f.server;
  // A 2xx to INVITE may be repeated, and others may follow, until the ACK has passed.
  if (final && !(invite && status < 300))
    close(f);
  auto out = make_ref<const sip::message>(std::move(response));
  if (server == sip::transaction_key{})
    return;
  auto go = [table = &table_, server, out](store::outcome how) {
    if (how == store::outcome::fenced)
      return; // another node has the call
    if (how == store::outcome::failed)
      table->counts().add(metric::sent_unstored);
    table->transactions().respond(server, out);
  };
  if (!invite && value_.dialogs.empty() && !stored_)
    return go(store::outcome::stored);
  auto was_stored = stored_;
  persist();
  if (!was_stored && !stored_) // a charging record of an attempt, at most: the answer need not wait for it
    return go(store::outcome::stored);
  after_store(go);
}

/// A 2xx whose request is no longer known here (its ACK was lost behind us): RFC 3261 clause 16.7 step 5 sends it on.
void call::forward_late(const sip::message& response) {
  if (response.status() < 200 || response.status() >= 300)
    return table_.counts().add(metric::dropped_unmatched_response);
  auto out = response;
  if (!sip::pop_via(out))
    return;
  auto top = sip::top_via(out);
  if (!top)
    return;
  auto to = sip::response_destination(*top);
  if (equal_nocase(top->host, table_.own().local_host))
    return table_.out().send_local(make_ref<const sip::message>(std::move(out)));
  auto address = parse_address(to.host, to.port.value_or(5060));
  auto way = equal_nocase(to.transport, "UDP")   ? transport::udp
             : equal_nocase(to.transport, "TLS") ? transport::tls
                                                 : transport::tcp;
  if (!address)
    return;
  for (auto where : {sip::side::access, sip::side::core})
    if (auto over = table_.net().flow_to(way, where, *address))
      return table_.out().send(*over, make_packet(out), {});
}

} // namespace troupe
