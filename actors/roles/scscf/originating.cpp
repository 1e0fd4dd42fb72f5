#include <algorithm>

#include "actors/contracts/answer.hpp"
#include "actors/roles/scscf/steps.hpp"
#include "protocols/base/text.hpp"
#include "protocols/ims/identity.hpp"
#include "protocols/ims/trust.hpp"
#include "protocols/sip/values.hpp"

namespace troupe::roles::scscf {
namespace {

/// Clause 5.4.3.2: with a SIP URI goes the tel URI of the same user, and the reverse.
void assert_alias(const passage& p, sip::message& request) {
  auto values = sip::values(request, sip::hdr::p_asserted_identity);
  if (values.size() != 1)
    return;
  auto asserted = ims::canonical_identity_of_value(values.front());
  auto known = asserted ? p.profile.find(*asserted) : ims::profile_snapshot::hit{};
  if (!known)
    return;
  if (auto alias = p.profile.alias_of(*known.identity))
    request.add(sip::hdr::p_asserted_identity, "<" + alias->uri + ">");
}

/// What only we and our application servers need to know.
void keep_inside(sip::message& request) {
  for (auto id : {sip::hdr::p_served_user, sip::hdr::p_charging_function_addresses, sip::hdr::p_profile_key,
                  sip::hdr::p_user_database})
    request.remove(id);
}

/// A number goes to the home domain, where the I-CSCF finds who has it: there is no ENUM here.
std::string routable(const options& o, std::string_view request_uri) {
  return ims::sip_of(request_uri, o.home_domain).value_or(std::string(request_uri));
}

/// The host that the request goes to next; empty for a number that is not global.
std::string_view next_domain(const sip::message& request, std::string_view request_uri) {
  auto top = sip::first_value(request, sip::hdr::route);
  auto route = sip::parse_name_addr(top);
  auto uri = sip::parse_uri(!top.empty() && route ? route->uri : request_uri);
  return uri ? uri->host : std::string_view{};
}

} // namespace

bool is_trusted(const options& o, std::string_view domain) {
  return domain.empty() || equal_nocase(domain, o.home_domain) ||
         std::any_of(o.trust_domain.begin(), o.trust_domain.end(), [&](auto& d) { return equal_nocase(d, domain); });
}

void write_charging(const options& o, sip::message& request, const note& n, ims::ioi_type type) {
  auto before = ims::parse_charging_vector(request.value(sip::hdr::p_charging_vector));
  ims::charging_vector vector;
  vector.icid = n.icid;
  vector.generated_at = n.generated_at;
  vector.orig_ioi = ims::make_ioi(type, o.ioi);
  if (before && type != ims::ioi_type::home_to_home) // access-network-charging-info stays at home
    vector.others = before->others;
  request.set(sip::hdr::p_charging_vector, ims::to_string(vector));
}

decision leave_network(passage& p, sip::message& request) {
  auto uri = sip::parse_uri(request.uri());
  if (!uri || (uri->kind == sip::scheme::other && !request.has(sip::hdr::route)))
    return refuse(request, p.ctx, 416);
  auto to = routable(p.o, request.uri());
  auto domain = std::string(next_domain(request, to));
  p.remembered.foreign = !is_trusted(p.o, domain);
  if (p.remembered.foreign && ims::asks_privacy(request, "critical")) {
    auto probe = request;
    if (!ims::apply_privacy(probe, ims::crossing::to_others))
      return refuse(request, p.ctx, 500, "privacy is critical and cannot be given");
  }
  p.own.note = encode(p.remembered);
  keep_inside(request);
  assert_alias(p, request);
  write_charging(p.o, request, p.remembered, ims::ioi_type::home_to_home);
  if (!request.has(sip::hdr::route))
    request.set_uri(to);
  if (p.remembered.foreign) {
    ims::strip(request, ims::crossing::to_others);
    ims::apply_privacy(request, ims::crossing::to_others);
  }
  auto home = domain.empty() || equal_nocase(domain, p.o.home_domain);
  if (home && !request.has(sip::hdr::route))
    return pass_on{{}, true, p.o.icscf};
  return pass_on{};
}

} // namespace troupe::roles::scscf
