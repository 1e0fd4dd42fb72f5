// What the P-CSCF says of a call for charging: TS 32.260 clause 5.2.1.
#include "protocols/ims/charging.hpp"
#include "actors/roles/pcscf/note.hpp"
#include "actors/roles/pcscf/steps.hpp"
#include "protocols/ims/identity.hpp"
#include "protocols/sip/values.hpp"

namespace troupe::roles::pcscf {

std::optional<ims::charged_party> role::charged(const hop& own, const charged_call& call) const {
  auto n = decode_dialog_note(own.note);
  if (!n)
    return std::nullopt;
  auto terminating = call.half == sip::half::terminating;
  ims::charged_party who;
  who.node = ims::node_functionality::p_cscf;
  who.role = terminating ? ims::role_of_node::terminating : ims::role_of_node::originating;
  who.calling = ims::asserted_identities(terminating ? call.received : call.sent);
  who.called = terminating ? call.received.uri() : call.sent.uri();
  if (auto called = sip::parse_name_addr(n->called_party); called && terminating)
    who.served = called->uri;
  else if (!terminating && !who.calling.empty())
    who.served = who.calling.front();
  who.icid = n->icid;
  who.orig_ioi = n->orig_ioi;
  if (auto back = ims::parse_charging_vector(call.answered_with))
    who.term_ioi = back->term_ioi;
  if (!terminating)
    who.access_network = call.sent.value(sip::hdr::p_access_network_info);
  return who;
}

} // namespace troupe::roles::pcscf
