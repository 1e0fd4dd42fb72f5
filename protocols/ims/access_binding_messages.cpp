// What the P-CSCF reads from a 200 to REGISTER, and its SUBSCRIBE: TS 24.229 clauses 5.2.2.1 and 5.2.3.
#include <algorithm>

#include "protocols/ims/access_binding.hpp"
#include "protocols/ims/same_address.hpp"
#include "protocols/sip/values.hpp"

namespace troupe::ims {

register_outcome read_register_outcome(const sip::message& response, std::string_view contact) {
  register_outcome out;
  sip::for_each_value(response, sip::hdr::contact, [&](std::string_view value) {
    auto c = sip::parse_name_addr(value);
    if (!c || !same_address(c->uri, contact))
      return true;
    out.expires = sip::contact_expires(response, *c).value_or(3'600);
    return false;
  });
  out.identities = read_p_associated_uri(response);
  for (auto value : sip::values(response, sip::hdr::service_route))
    out.service_route.emplace_back(value);
  if (auto charging = parse_charging_addresses(response.value(sip::hdr::p_charging_function_addresses)))
    out.charging = std::move(*charging);
  return out;
}

bool follows_service_route(const access_binding& binding, const std::vector<std::string_view>& routes) {
  auto same = [](std::string_view a, const std::string& b) {
    auto one = sip::parse_name_addr(a);
    auto two = sip::parse_name_addr(b);
    return one && two && same_address(one->uri, two->uri);
  };
  return routes.size() == binding.service_route.size() &&
         std::equal(routes.begin(), routes.end(), binding.service_route.begin(), same);
}

sip::message make_subscribe(const access_effect::subscribe& s, std::string_view self, std::string_view contact) {
  auto& d = s.with;
  auto m = sip::message::request("SUBSCRIBE", d.target.empty() ? s.resource : d.target);
  for (auto& route : d.routes)
    m.add(sip::hdr::route, route);
  auto me = "<" + std::string(self) + ">";
  m.add(sip::hdr::from, me + ";tag=" + d.local_tag);
  m.add(sip::hdr::to, "<" + s.resource + ">" + (d.remote_tag.empty() ? "" : ";tag=" + d.remote_tag));
  m.add(sip::hdr::call_id, d.call_id);
  m.add(sip::hdr::cseq, std::to_string(d.local_cseq) + " SUBSCRIBE");
  m.add(sip::hdr::contact, "<" + std::string(contact) + ">");
  m.add(sip::hdr::event, "reg");
  m.add(sip::hdr::accept, reginfo::content_type);
  m.add(sip::hdr::expires, std::to_string(s.expires));
  m.add(sip::hdr::p_asserted_identity, me);
  return m;
}

} // namespace troupe::ims
