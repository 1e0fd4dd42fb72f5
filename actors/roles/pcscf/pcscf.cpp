#include "actors/roles/pcscf/pcscf.hpp"

#include "actors/contracts/answer.hpp"
#include "actors/roles/pcscf/note.hpp"
#include "actors/roles/pcscf/steps.hpp"
#include "protocols/ims/access.hpp"
#include "protocols/ims/trust.hpp"

namespace troupe::roles::pcscf {

decision role::on_request(sip::message& request, const context& ctx, hop& own) const {
  auto from_ue = ctx.side == sip::side::access;
  if (request.method() == sip::method::register_)
    return from_ue ? register_request(options_, request, ctx, own) : refuse(request, ctx, 403);
  return from_ue ? request_from_ue(options_, request, ctx, own) : request_to_ue(options_, request, ctx, own);
}

/// Which way the request went shows in itself: what comes from a UE leaves with a charging vector, what goes to one
/// never has one.
decision role::on_response(sip::message& response, const sip::message& request, const context& ctx, hop& own) const {
  if (request.method() == sip::method::register_)
    return register_response(response, request, ctx, own);
  if (request.has(sip::hdr::p_charging_vector))
    return response_to_ue(response);
  return response_from_ue(options_, response, request, ctx, own);
}

void vouch_for_access(const options& o, sip::message& m) {
  ims::strip(m, ims::crossing::from_ue);
  ims::strip_network_provided(m);
  if (!o.access_network_info.empty())
    ims::add_network_provided(m, o.access_network_info);
}

std::string role::holder(const hop& own) const {
  auto n = decode_dialog_note(own.note);
  return n ? held_by(n->binding) : std::string();
}

} // namespace troupe::roles::pcscf
