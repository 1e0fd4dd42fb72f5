#include "actors/roles/transit/transit.hpp"

namespace troupe::roles::transit {
namespace {

/// The route set brings it on: a further Route stands in the request, or it came back by a Record-Route of ours.
bool is_routed(const sip::message& request, const context& ctx) {
  return request.has(sip::hdr::route) || ctx.in_dialog || (ctx.token && ctx.token->use == sip::token_use::record_route);
}

} // namespace

decision role::on_request(sip::message& request, const context& ctx, hop&) const {
  if (is_routed(request, ctx))
    return pass_on{{}, options_.record_route, {}};
  return pass_on{{}, options_.record_route, options_.next_hop};
}

decision role::on_response(sip::message&, const sip::message&, const context&, hop&) const { return pass_back{}; }

} // namespace troupe::roles::transit
