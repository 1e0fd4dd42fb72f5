#include "actors/roles/scscf/steps.hpp"
#include "protocols/ims/identity.hpp"
#include "protocols/ims/trust.hpp"
#include "protocols/sip/values.hpp"

namespace troupe::roles::scscf {
namespace {

ims::ioi_type type_of(origin from) noexcept {
  switch (from) {
  case origin::pcscf: return ims::ioi_type::visited_to_home;
  case origin::server: return ims::ioi_type::home_to_service;
  case origin::network: break;
  }
  return ims::ioi_type::home_to_home;
}

/// Clause 5.4.3.3: the answering user's other identity, as for a caller's.
void assert_alias(sip::message& response, const note& n) {
  if (n.alias.empty() || sip::values(response, sip::hdr::p_asserted_identity).size() != 1)
    return;
  auto asserted = ims::canonical_identity_of_value(response.value(sip::hdr::p_asserted_identity));
  if (asserted && *asserted == n.served)
    response.add(sip::hdr::p_asserted_identity, "<" + n.alias + ">");
}

void leave_trust_domain(sip::message& m) {
  ims::strip(m, ims::crossing::to_others);
  ims::apply_privacy(m, ims::crossing::to_others);
}

bool is_terminating(const note& n) noexcept {
  return n.direction == ims::session_case::terminating_registered ||
         n.direction == ims::session_case::terminating_unregistered;
}

} // namespace

/// The ICID of the request goes back with both IOIs: the one that came, and ours of the same type.
decision response_back(const options& o, sip::message& response, const sip::message& request, const note& n) {
  if (response.status() == 100)
    return pass_back{};
  if (sip::to_tag(request).empty() && is_terminating(n))
    assert_alias(response, n);
  ims::charging_vector vector;
  vector.icid = n.icid;
  vector.generated_at = n.generated_at;
  vector.orig_ioi = n.orig_ioi;
  vector.term_ioi = ims::make_ioi(type_of(n.came_from), o.ioi);
  response.set(sip::hdr::p_charging_vector, ims::to_string(vector));
  response.remove(sip::hdr::p_charging_function_addresses);
  if (n.foreign && is_terminating(n))
    leave_trust_domain(response);
  return pass_back{};
}

/// Clauses 5.4.3.2 and 5.4.3.3, subsequent requests: what comes from a P-CSCF or AS gets our network's IOI.
decision request_in_dialog(const options& o, sip::message& request, const hop& own) {
  auto n = decode_note(own.note);
  if (request.method() == sip::method::ack || !n)
    return pass_on{};
  auto vector = ims::parse_charging_vector(request.value(sip::hdr::p_charging_vector));
  if (vector && vector->orig_ioi.starts_with("Type "))
    write_charging(o, request, *n, ims::ioi_type::home_to_home);
  if (n->foreign)
    leave_trust_domain(request);
  return pass_on{};
}

} // namespace troupe::roles::scscf
