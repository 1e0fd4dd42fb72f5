#include "protocols/sip/dialog.hpp"

#include <algorithm>

#include "protocols/base/text.hpp"
#include "protocols/sip/make.hpp"
#include "protocols/sip/values.hpp"

namespace troupe::sip {

namespace {

std::string uri_text(std::string_view name_addr_value) {
  auto address = parse_name_addr(name_addr_value);
  return address ? std::string(address->uri) : std::string();
}

bool take_target(dialog_end& end, const message& m) {
  auto contact = uri_text(first_value(m, hdr::contact));
  if (contact.empty() || contact == "*" || contact == end.target)
    return false;
  end.target = std::move(contact);
  return true;
}

bool refreshes_target(method m) { return m == method::invite || m == method::update; }

bool is_initial(const message& request) { return makes_dialog(request.method()) && to_tag(request).empty(); }

bool carries_sdp(const message& m) {
  return !m.body().empty() && equal_nocase(parse_token_value(m.value(hdr::content_type)).token, "application/sdp");
}

/// The offer of an answered exchange says who holds; without one in the request, it is in the response (RFC 3264).
void take_hold(dialog& d, const message& request, const message& response, leg requester) {
  if (carries_sdp(request))
    d.end(requester).holds = is_hold(request.body());
  else if (carries_sdp(response))
    d.end(opposite(requester)).holds = is_hold(response.body());
}

/// RFC 5057 clause 5.1: the answers that end a usage or the dialog. 408 and 481 already by RFC 3261 clause 12.2.1.2.
bool tells_of_loss(int status) {
  static constexpr int fatal[] = {404, 408, 410, 416, 480, 481, 482, 483, 484, 485, 502, 604};
  return std::find(std::begin(fatal), std::end(fatal), status) != std::end(fatal);
}

dialog_change set_deadline(dialog& d, std::optional<instant> at) {
  dialog_change change;
  change.changed = change.deadline = d.deadline != at;
  d.deadline = at;
  return change;
}

dialog_change end_dialog(dialog& d) {
  dialog_change change;
  if (d.at == dialog::state::ended)
    return change;
  d.at = dialog::state::ended;
  change.changed = change.ended = true;
  return change;
}

dialog_change refresh(dialog& d, const message& request, const message& response, leg requester,
                      const session_agreement& agreed, instant now) {
  bool initial = is_initial(request);
  auto before = d;
  if (!initial)
    take_target(d.end(requester), request);
  take_target(d.end(opposite(requester)), response);
  take_hold(d, request, response, requester);
  d.session = agreed;
  // Stored as seen from the dialog's caller, whoever asked this time.
  if (requester == leg::callee && agreed.seconds != 0)
    d.session.caller_refreshes = !agreed.caller_refreshes;
  auto change = set_deadline(d, session_deadline(agreed, now));
  change.changed = change.changed || !(before == d);
  if (initial && d.at == dialog::state::early) {
    d.at = dialog::state::confirmed;
    change.confirmed = change.changed = true;
  }
  return change;
}

dialog_change provisional(dialog& d, const message& request, const message& response) {
  dialog_change change;
  if (request.method() != method::invite || response.status() == 100)
    return change;
  if (to_tag(request).empty())
    change.changed = take_target(d.end(leg::callee), response);
  auto rseq = number_of(response, hdr::rseq);
  if (!rseq || !lists_token(response, hdr::require, "100rel"))
    return change;
  change.repeated = d.rseq != 0 && *rseq <= d.rseq;
  if (!change.repeated) {
    d.rseq = *rseq;
    change.changed = true;
  }
  return change;
}

dialog_change failure(dialog& d, const message& request, int status, instant now) {
  if (request.method() == method::bye)
    return status == 401 || status == 407 ? dialog_change{} : end_dialog(d);
  if (is_initial(request))
    return end_dialog(d);
  bool asks_the_usage = refreshes_target(request.method()) || request.method() == method::notify ||
                        (d.subscription && request.method() == method::subscribe);
  if (!asks_the_usage || !tells_of_loss(status))
    return {};
  auto last = now + lost_grace;
  auto change = set_deadline(d, d.deadline ? std::min(*d.deadline, last) : last);
  change.lost = true;
  return change;
}

/// RFC 6665 clauses 4.1.2 and 4.4.1: SUBSCRIBE and NOTIFY refresh targets; the NOTIFY that says "terminated" is the last.
dialog_change subscribed(dialog& d, const message& request, const message& response, leg requester, instant now) {
  auto before = d;
  if (is_initial(request)) {
    d.at = dialog::state::confirmed;
    take_target(d.end(leg::callee), response);
  } else {
    take_target(d.end(requester), request);
    take_target(d.end(opposite(requester)), response);
  }
  dialog_change change;
  if (request.method() == method::subscribe) {
    auto left = milliseconds(std::int64_t{number_of(response, hdr::expires).value_or(3600)} * 1000);
    change = set_deadline(d, now + std::max(left, lost_grace));
  } else if (request.method() == method::notify && d.subscription &&
             equal_nocase(parse_token_value(request.value(hdr::subscription_state)).token, "terminated")) {
    return end_dialog(d);
  }
  change.confirmed = before.at == dialog::state::early && d.at == dialog::state::confirmed;
  change.changed = !(before == d);
  return change;
}

void encode(writer& out, const dialog_end& end) {
  out.text(end.tag);
  out.text(end.address);
  out.text(end.target);
  out.text(end.routes);
  out.number(end.cseq);
}

dialog_end decode_end(reader& in) {
  dialog_end end;
  end.tag = in.text();
  end.address = in.text();
  end.target = in.text();
  end.routes = in.text();
  end.cseq = static_cast<std::uint32_t>(in.number());
  return end;
}

void add_route(std::string& routes, std::string_view value) {
  if (!routes.empty())
    routes += ',';
  routes += value;
}

} // namespace

record_route_parts split_record_route(const message& m, const std::function<bool(const uri&)>& is_ours) {
  record_route_parts parts;
  for_each_value(m, hdr::record_route, [&](std::string_view value) {
    auto address = parse_name_addr(value);
    auto parsed = address ? parse_uri(address->uri) : parse_uri({});
    if (parsed && is_ours(*parsed)) {
      parts.found = true;
      parts.after.clear();
    } else {
      add_route(parts.found ? parts.after : parts.before, value);
    }
    return true;
  });
  return parts;
}

dialog begin_dialog(const message& request) {
  dialog d;
  d.subscription = request.method() == method::subscribe || request.method() == method::refer;
  d.call_id = request.value(hdr::call_id);
  auto& caller = d.end(leg::caller);
  caller.tag = from_tag(request);
  caller.address = uri_text(request.value(hdr::from));
  take_target(caller, request);
  for_each_value(request, hdr::record_route, [&](std::string_view value) {
    add_route(caller.routes, value);
    return true;
  });
  auto sequence = cseq_of(request);
  caller.cseq = sequence ? sequence->number : 0;
  d.end(leg::callee).address = uri_text(request.value(hdr::to));
  return d;
}

dialog fork_dialog(const dialog& begun, const message& response, const std::function<bool(const uri&)>& is_ours) {
  auto d = begun;
  auto& callee = d.end(leg::callee);
  callee.tag = to_tag(response);
  take_target(callee, response);
  // The callee's side stands first, the nearest to it on top: reversed, it is the way there (clause 12.1.2).
  auto beyond = split_record_route(response, is_ours).before;
  callee.routes.clear();
  for (std::string_view rest = beyond; !rest.empty();) {
    auto value = std::string(next_value(rest));
    callee.routes = callee.routes.empty() ? value : value + "," + callee.routes;
  }
  return d;
}

std::optional<leg> sender_of(const dialog& d, const message& request) {
  if (request.value(hdr::call_id) != d.call_id)
    return std::nullopt;
  auto from = from_tag(request), to = to_tag(request);
  auto& caller = d.end(leg::caller).tag;
  auto& callee = d.end(leg::callee).tag;
  if (from == caller && to == callee)
    return leg::caller;
  if (from == callee && to == caller)
    return leg::callee;
  return std::nullopt;
}

bool is_of(const dialog& d, const message& response, leg requester) {
  return !d.end(leg::callee).tag.empty() && response.value(hdr::call_id) == d.call_id &&
         from_tag(response) == d.end(requester).tag && to_tag(response) == d.end(opposite(requester)).tag;
}

dialog_change on_request(dialog& d, const message& request, leg sender) {
  dialog_change change;
  auto sequence = cseq_of(request);
  if (!sequence || request.method() == method::ack || request.method() == method::cancel)
    return change;
  auto& last = d.end(sender).cseq;
  change.repeated = last != 0 && sequence->number <= last;
  if (!change.repeated) {
    last = sequence->number;
    change.changed = true;
  }
  if (request.method() != method::prack || sender != leg::caller)
    return change;
  if (auto acked = parse_rack(request.value(hdr::rack)); acked && acked->rseq <= d.rseq && acked->rseq > d.rack) {
    d.rack = acked->rseq;
    change.changed = true;
  }
  return change;
}

dialog_change on_response(dialog& d, const message& request, const message& response, leg requester,
                          const session_agreement& session, instant now) {
  auto status = response.status();
  if (status < 200)
    return provisional(d, request, response);
  if (status >= 300)
    return failure(d, request, status, now);
  if (request.method() == method::bye)
    return end_dialog(d);
  if (d.at == dialog::state::ended)
    return {};
  switch (request.method()) {
  case method::invite:
  case method::update: return refresh(d, request, response, requester, session, now);
  case method::subscribe:
  case method::notify:
  case method::refer: return subscribed(d, request, response, requester, now);
  default: return {};
  }
}

std::optional<message> make_bye(dialog& d, leg to, std::string_view reason, std::uint32_t jump) {
  auto& target = d.end(to);
  auto& from = d.end(opposite(to));
  if (target.target.empty())
    return std::nullopt;
  from.cseq += 1 + jump;
  auto bye = message::request("BYE", target.target);
  bye.add(hdr::max_forwards, "70");
  for (std::string_view rest = target.routes; !rest.empty();)
    bye.add(hdr::route, next_value(rest));
  bye.add(hdr::from, bye.keep({"<", from.address, ">;tag=", from.tag}));
  bye.add(hdr::to, bye.keep({"<", target.address, ">", target.tag.empty() ? "" : ";tag=", target.tag}));
  bye.add(hdr::call_id, d.call_id);
  bye.add(hdr::cseq, std::to_string(from.cseq) + " BYE");
  if (!reason.empty())
    bye.add(hdr::reason, reason);
  return bye;
}

void encode(writer& out, const dialog& d) {
  out.u8(1); // the encoding's version
  auto flag = [](bool b, unsigned bit) { return static_cast<unsigned>(b) << bit; };
  out.u8(static_cast<std::uint8_t>(static_cast<unsigned>(d.at) | flag(d.ends[0].holds, 2) | flag(d.ends[1].holds, 3) |
                                   flag(d.session.caller_refreshes, 4) | flag(d.deadline.has_value(), 5) |
                                   flag(d.subscription, 6)));
  out.text(d.call_id);
  for (auto& end : d.ends)
    encode(out, end);
  out.number(d.rseq);
  out.number(d.rack);
  out.number(d.session.seconds);
  if (d.deadline)
    out.signed_number(d.deadline->ms);
}

bool decode(reader& in, dialog& d) {
  if (in.u8() != 1)
    return false;
  auto flags = in.u8();
  d.at = static_cast<dialog::state>(flags & 3);
  d.call_id = in.text();
  for (auto& end : d.ends)
    end = decode_end(in);
  d.ends[0].holds = flags & 4;
  d.ends[1].holds = flags & 8;
  d.rseq = static_cast<std::uint32_t>(in.number());
  d.rack = static_cast<std::uint32_t>(in.number());
  d.session = {static_cast<std::uint32_t>(in.number()), (flags & 16) != 0};
  d.deadline.reset();
  if (flags & 32)
    d.deadline = instant{in.signed_number()};
  d.subscription = flags & 64;
  return in.ok() && (flags & 3) <= 2 && flags < 128;
}

} // namespace troupe::sip
