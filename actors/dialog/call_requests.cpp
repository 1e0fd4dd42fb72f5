// A request on its way through the roles of this half.
#include "actors/dialog/call.hpp"
#include "actors/dialog/entrance.hpp"
#include "protocols/base/text.hpp"
#include "protocols/sip/make.hpp"
#include "protocols/sip/proxy.hpp"
#include "protocols/sip/values.hpp"

namespace troupe {

using roles::role_id;

namespace {

/// Of the schemes that are neither sip nor tel, only service URNs lead anywhere (RFC 5031).
/// What the P-CSCF agrees on with a UE (RFC 3329) is for it to judge.
const sip::proxy_rules& rules_for(const sip::message& request, std::optional<role_id> first) {
  static const std::vector<std::string> understood{"path", "100rel", "precondition", "timer"},
      of_ues{"path", "100rel", "precondition", "timer", "sec-agree"};
  static const sip::proxy_rules rules[2][2] = {{{understood, false}, {understood, true}},
                                               {{of_ues, false}, {of_ues, true}}};
  return rules[first == role_id::pcscf][starts_with_nocase(request.uri(), "urn:service:")];
}

} // namespace

void call::begin_initial(forwarding& f, to_call::request& m) {
  request_walk w;
  w.forwarding = f.number;
  w.request = *f.request;
  w.role = table_.own().roles.find(*m.role);
  w.own.role = *m.role;
  w.token = m.token;
  w.own_route = m.own_route;
  if (auto why = sip::check_request(w.request, rules_for(w.request, m.role)))
    return refuse(w, sip::make_refusal(w.request, *why, new_tag()));
  if (sip::makes_dialog(f.method()) && sip::to_tag(*f.request).empty()) {
    f.begun = sip::begin_dialog(*f.request);
    if (auto why = sip::adjust_session_timer(w.request, table_.own().session_timers, f.offer))
      return refuse(w, sip::make_refusal(w.request, *why, new_tag()));
  }
  // A spiral through an application server comes back with another Request-URI, half, or Route of ours, and is no loop.
  f.loop_hash = loop_hash(w.request, m.own_route);
  if (sip::loops(w.request, f.loop_hash, table_.own().secret))
    return refuse(w, sip::make_response(w.request, 482, new_tag()));
  if (!w.role)
    return refuse(w, sip::make_response(w.request, 404, new_tag()));
  if (m.token && m.token->use == sip::token_use::path && m.own_route.empty())
    return notify_binding(f, *m.token);
  advance(std::move(w));
}

/// The P-CSCF is this request's user agent: a NOTIFY of its own subscription (TS 24.229 clause 5.2.3).
void call::notify_binding(forwarding& f, const sip::token& binding) {
  if (f.method() != sip::method::notify)
    return go_back(f, sip::make_response(*f.request, 405, new_tag()), 0);
  request_walk w;
  w.forwarding = f.number;
  w.request = *f.request;
  if (ask(roles::ask_subscriber{*f.request, binding.key}, w))
    go_back(f, w.facts.response ? *w.facts.response : sip::make_response(*f.request, 481, new_tag()), 0);
}

/// What decides where a request goes from here is not only what is in it, but which half, and which role, sees it.
std::string call::loop_hash(const sip::message& request, std::string_view own_route) const {
  std::string where{static_cast<char>(id_.half), static_cast<char>(id_.stage)};
  return sip::loop_hash(request, where.append(own_route), table_.own().secret);
}

std::vector<roles::hop> call::default_hops() const {
  std::vector<roles::hop> hops;
  auto add = [&](role_id id) {
    auto here = table_.own().fused || id_.stage == static_cast<std::uint8_t>(id);
    if (here && table_.own().roles.has(id))
      hops.push_back({id, {}});
  };
  add(role_id::transit);
  add(id_.half == sip::half::terminating ? role_id::scscf : role_id::pcscf);
  add(id_.half == sip::half::terminating ? role_id::pcscf : role_id::scscf);
  return hops;
}

void call::begin_in_dialog(forwarding& f, sip::message request, dialog_record* record) {
  f.in_dialog = true;
  f.stay = false;
  request_walk w;
  w.forwarding = f.number;
  w.request = std::move(request);
  // cluster.md 19: a valid token without a record is forwarded, never answered 481. The roles then know the half alone.
  w.rest = record ? record->hops : default_hops();
  if (f.sender == sip::leg::caller)
    std::reverse(w.rest.begin(), w.rest.end());
  // A release of ours begins at the core: the P-CSCF sees what goes to its UE, not what goes away from it.
  auto away_from_ue = (id_.half == sip::half::originating) == (f.sender == sip::leg::caller);
  auto ours = f.server == sip::transaction_key{} && f.method() != sip::method::ack;
  if (ours && away_from_ue && !w.rest.empty() && w.rest.back().role == role_id::pcscf)
    w.rest.pop_back();
  if (f.method() != sip::method::ack) {
    auto first = w.rest.empty() ? std::nullopt : std::optional(w.rest.back().role);
    if (auto why = sip::check_request(w.request, rules_for(w.request, first)))
      return refuse(w, sip::make_refusal(w.request, *why, new_tag()));
    if (auto why = sip::adjust_session_timer(w.request, table_.own().session_timers, f.offer))
      return refuse(w, sip::make_refusal(w.request, *why, new_tag()));
  }
  if (!next_role(w))
    return follow(std::move(w), {});
  advance(std::move(w));
}

roles::context call::context_of(const request_walk& w, const forwarding& f) const {
  roles::context ctx;
  ctx.now = home().now();
  ctx.random = &home().random();
  // Behind the first role of a fused half the request comes from within: from the core.
  auto first = f.prefix.empty() && !w.branch;
  ctx.side = first && f.by.transport != transport::local ? f.by.side : sip::side::core;
  ctx.from = first && f.by.transport != transport::local ? &f.by : nullptr;
  ctx.token = w.token;
  ctx.own_route = w.own_route;
  ctx.in_dialog = f.in_dialog;
  ctx.half = id_.half;
  ctx.call = id_.key;
  ctx.facts = &w.facts;
  ctx.make_uri = &call::make_uri;
  ctx.shell = this;
  return ctx;
}

void call::advance(request_walk w) {
  for (;;) {
    auto* f = find(w.forwarding);
    if (!f || f->answered)
      return;      // cancelled meanwhile
    if (!w.role) { // asked for by notify_binding
      auto found = w.facts.response ? *w.facts.response : sip::make_response(*f->request, 481, new_tag());
      return go_back(*f, std::move(found), 0);
    }
    auto decided = w.role->on_request(w.request, context_of(w, *f), w.own);
    if (auto* a = std::get_if<roles::ask>(&decided)) {
      if (ask(std::move(a->question), w))
        continue;
      return;
    }
    if (auto* r = std::get_if<roles::reply>(&decided))
      return refuse(w, std::move(r->response));
    if (std::get_if<roles::drop>(&decided)) {
      table_.counts().add(metric::dropped_by_role);
      return close(*f);
    }
    auto* onward = std::get_if<roles::pass_on>(&decided);
    if (!onward)
      throw std::logic_error("a role passed a request back");
    auto& steps = w.branch ? f->branches[*w.branch]->suffix : f->prefix;
    steps.push_back({w.role, w.own, w.request});
    if (!onward->stay && !w.branch)
      f->stay = f->stay && f->prefix.size() > 1; // an I-CSCF in front does not take the others out of the path
    else if (onward->stay)
      f->stay = f->stay || !f->in_dialog;
    if (!onward->targets.empty() || !onward->next_hop.empty() || !next_role(w))
      return follow(std::move(w), std::move(*onward));
  }
}

/// The role of this half that sees the request next; false when it leaves.
bool call::next_role(request_walk& w) {
  auto* f = find(w.forwarding);
  w.facts = {};
  w.token.reset();
  w.own_route.clear();
  if (f->in_dialog) {
    while (!w.rest.empty()) {
      w.own = std::move(w.rest.back());
      w.rest.pop_back();
      w.role = table_.own().roles.find(w.own.role);
      if (w.role)
        return true;
    }
    return false;
  }
  auto place = next_here(w.request, table_.own());
  if (!place || place->half != id_.half || (place->token && place->token->use == sip::token_use::record_route))
    return false;
  // P, S; or P, I, S of a REGISTER; or I, S, P: a role comes once.
  auto& steps = w.branch ? f->branches[*w.branch]->suffix : f->prefix;
  for (auto& p : steps)
    if (p.own.role == place->role)
      return false;
  if (w.branch)
    for (auto& p : f->prefix)
      if (p.own.role == place->role)
        return false;
  w.token = place->token;
  w.own_route = sip::next_hop(w.request);
  if (w.request.has(sip::hdr::route))
    w.request.remove_first_value(sip::hdr::route);
  w.role = table_.own().roles.find(place->role);
  w.own = {place->role, {}};
  return w.role != nullptr;
}

/// Who answers for a role here makes the dialog behind the roles before it, which stay in its path as if it came by SIP.
void call::record_route_to_here(const forwarding& f, sip::message& request) const {
  if (!f.begun || !f.stay || f.prefix.empty() || !table_.own().record_route)
    return;
  sip::token t{sip::token_use::record_route,
               id_.half,
               f.by.transport == transport::local ? sip::side::core : f.by.side,
               id_.stage,
               f.pass,
               id_.key};
  auto from = own_uri(t, &f.by);
  t.side = sip::side::core;
  sip::add_record_route(request, from, own_uri(t, nullptr));
}

bool call::ask(roles::question q, request_walk& w) {
  if (auto* subscribing = std::get_if<roles::ask_notifier>(&q))
    record_route_to_here(*find(w.forwarding), subscribing->request);
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

/// The roles are through: the request gets its branches.
void call::follow(request_walk w, roles::pass_on onward) {
  auto& f = *find(w.forwarding);
  if (w.branch) { // behind the fork: this branch is ready to go
    auto& b = *f.branches[*w.branch];
    if (!onward.targets.empty()) {
      b.over = onward.targets.front().over;
      b.by_flow = b.over.has_value();
      b.next_hop = std::move(onward.targets.front().next_hop);
      b.request = std::move(onward.targets.front().request);
    } else {
      b.request = std::move(w.request);
    }
    b.has_alternative = onward.has_alternative;
    return locate(f, *w.branch);
  }
  if (onward.targets.empty()) {
    auto* b = add_branch(f, std::move(w.request), 0);
    b->next_hop = std::string(onward.next_hop);
    b->has_alternative = onward.has_alternative;
  }
  for (auto& t : onward.targets) {
    auto* b = add_branch(f, std::move(t.request), t.group);
    if (!b)
      break; // more contacts than a fork may have: the best ones are tried
    b->over = t.over;
    b->by_flow = t.over.has_value();
    b->next_hop = std::move(t.next_hop);
    b->has_alternative = onward.has_alternative;
  }
  start(f);
}

/// A role answers by itself: its response goes back through the roles before it.
void call::refuse(request_walk& w, sip::message response) {
  auto& f = *find(w.forwarding);
  if (f.method() == sip::method::ack)
    return close(f);
  if (w.branch) {
    response_walk back;
    back.forwarding = f.number;
    back.branch = w.branch;
    back.left = f.branches[*w.branch]->suffix.size();
    back.response = std::move(response);
    return advance(std::move(back));
  }
  // A stranger's INVITE leaves no state behind: its refusal is sent once (RFC 3261 clause 8.2.7).
  auto stranger =
      f.prefix.empty() && !f.in_dialog && f.by.transport == transport::udp && f.by.side == sip::side::access;
  if (stranger && f.method() == sip::method::invite && response.status() >= 400) {
    table_.transactions().reject(f.server, make_ref<const sip::message>(std::move(response)));
    return close(f);
  }
  if (w.role && f.begun)
    f.refused_by = passed{w.role, std::move(w.own), {}};
  go_back(f, std::move(response), 0);
}

std::string call::make_uri(const roles::context& ctx, const sip::token& t) {
  return static_cast<const call*>(ctx.shell)->own_uri(t, ctx.from);
}

std::string call::own_uri(sip::token t, const flow* by) const {
  auto& net = table_.net();
  const listener* at = by && by->side == t.side && by->transport != transport::local ? &net.of(*by) : nullptr;
  for (auto way : {transport::udp, transport::tcp, transport::tls})
    for (bool v6 : {false, true})
      if (!at)
        at = net.find_listener(way, t.side, v6);
  std::string uri = "sip:";
  sip::encode_to(uri, t, table_.own().secret);
  uri += '@';
  if (!at)
    return uri += table_.own().local_host + ";lr";
  uri += at->public_host;
  (uri += ':') += std::to_string(at->public_port);
  if (at->transport == transport::tcp)
    uri += ";transport=tcp";
  else if (at->transport == transport::tls)
    uri += ";transport=tls";
  return uri += ";lr";
}

} // namespace troupe
