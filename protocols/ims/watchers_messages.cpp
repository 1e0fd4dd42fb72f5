// SUBSCRIBE in and NOTIFY out: RFC 6665 clauses 4.1.2.1 and 4.2.2, RFC 3680 clauses 4.3 to 4.6.
#include "protocols/base/text.hpp"
#include "protocols/ims/identity.hpp"
#include "protocols/ims/watchers.hpp"
#include "protocols/sip/values.hpp"

namespace troupe::ims {

result<subscribe_request> read_subscribe(const sip::message& request, instant at, std::uint64_t ticket) {
  subscribe_request out;
  out.ticket = ticket;
  out.at = at;
  auto from = sip::parse_name_addr(request.value(sip::hdr::from));
  auto to = sip::parse_name_addr(request.value(sip::hdr::to));
  auto cseq = sip::cseq_of(request);
  if (!from || !to || !cseq)
    return fail("a SUBSCRIBE without readable From, To and CSeq");
  out.call_id = request.value(sip::hdr::call_id);
  out.remote_tag = from->tag();
  out.local_tag = to->tag();
  out.remote_uri = from->uri;
  out.local_uri = to->uri;
  out.cseq = cseq->number;
  if (auto contact = sip::parse_name_addr(sip::first_value(request, sip::hdr::contact)))
    out.target = contact->uri;
  for (auto value : sip::values(request, sip::hdr::record_route))
    out.routes.emplace_back(value);
  auto package = sip::parse_token_value(request.value(sip::hdr::event));
  out.package = package.token;
  out.event_id = package.params.find("id").value_or("");
  if (request.has(sip::hdr::accept)) {
    out.accepts_reginfo = false;
    sip::for_each_value(request, sip::hdr::accept, [&](std::string_view value) {
      auto type = sip::parse_token_value(value).token;
      out.accepts_reginfo = equal_nocase(type, reginfo::content_type) || type == "application/*" || type == "*/*";
      return !out.accepts_reginfo;
    });
  }
  out.expires = sip::number_of(request, sip::hdr::expires);
  out.resource = canonical_identity(request.uri()).value_or("");
  sip::for_each_value(request, sip::hdr::p_asserted_identity, [&](std::string_view value) {
    if (auto identity = canonical_identity_of_value(value))
      out.asserted.push_back(std::move(*identity));
    return true;
  });
  return out;
}

sip::message make_notify(const watcher_effect::notify& n) {
  auto m = sip::message::request("NOTIFY", n.to.target);
  for (auto& route : n.to.routes)
    m.add(sip::hdr::route, route);
  m.add(sip::hdr::from, "<" + n.to.local_uri + ">;tag=" + n.to.local_tag);
  m.add(sip::hdr::to, "<" + n.to.remote_uri + ">;tag=" + n.to.remote_tag);
  m.add(sip::hdr::call_id, n.to.call_id);
  m.add(sip::hdr::cseq, std::to_string(n.to.local_cseq) + " NOTIFY");
  m.add(sip::hdr::event, n.to.event_id.empty() ? "reg" : "reg;id=" + n.to.event_id);
  m.add(sip::hdr::subscription_state, n.subscription_state);
  m.set_body(reginfo::content_type, n.body);
  return m;
}

} // namespace troupe::ims
