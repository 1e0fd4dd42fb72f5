// What the S-CSCF says of a call for charging: TS 32.260 clause 5.2.1.
#include "protocols/ims/charging.hpp"
#include "actors/roles/scscf/steps.hpp"
#include "protocols/ims/identity.hpp"

namespace troupe::roles::scscf {

std::optional<ims::charged_party> role::charged(const hop& own, const charged_call& call) const {
  auto n = decode_note(own.note);
  if (!n || n->returned)
    return std::nullopt;
  auto terminating = n->direction == ims::session_case::terminating_registered ||
                     n->direction == ims::session_case::terminating_unregistered;
  ims::charged_party who;
  who.node = ims::node_functionality::s_cscf;
  who.role = terminating ? ims::role_of_node::terminating : ims::role_of_node::originating;
  who.served = n->served;
  who.calling = ims::asserted_identities(terminating ? call.received : call.sent);
  if (who.calling.empty()) // the next network is not told; ours is
    who.calling = ims::asserted_identities(call.received);
  if (who.calling.empty() && !terminating)
    who.calling.push_back(n->served);
  who.called = terminating ? call.received.uri() : call.sent.uri();
  who.icid = n->icid;
  auto left = ims::parse_charging_vector(call.sent.value(sip::hdr::p_charging_vector));
  auto back = ims::parse_charging_vector(call.answered_with);
  who.orig_ioi = !terminating && left ? left->orig_ioi : n->orig_ioi;
  who.term_ioi = terminating ? ims::make_ioi(ims::ioi_type::home_to_home, options_.ioi) : back ? back->term_ioi : "";
  if (!terminating)
    who.access_network = call.sent.value(sip::hdr::p_access_network_info);
  return who;
}

} // namespace troupe::roles::scscf
