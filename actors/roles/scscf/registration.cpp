#include "actors/contracts/answer.hpp"
#include "actors/roles/scscf/steps.hpp"
#include "protocols/base/text.hpp"
#include "protocols/sip/values.hpp"

namespace troupe::roles::scscf {
namespace {

/// Clause 5.4.1.2.2F: what the registrar has not said already. A user without contacts needs no way to us.
void complete(const options& o, sip::message& response, const sip::message& request, const context& ctx) {
  if (response.has(sip::hdr::contact) && !response.has(sip::hdr::service_route)) {
    sip::token t;
    t.use = sip::token_use::service_route;
    t.half = sip::half::originating;
    t.side = sip::side::core;
    response.add(sip::hdr::service_route, "<" + ctx.make_uri(ctx, t) + ">");
  }
  auto vector = ims::parse_charging_vector(request.value(sip::hdr::p_charging_vector));
  if (vector && !response.has(sip::hdr::p_charging_vector)) {
    vector->term_ioi = ims::make_ioi(ims::ioi_type::visited_to_home, o.ioi);
    response.add(sip::hdr::p_charging_vector, ims::to_string(*vector));
  }
}

} // namespace

decision register_request(const options& o, const sip::message& request, const context& ctx) {
  if (!ctx.facts->response)
    return ask{ask_registrar{request}};
  auto response = *ctx.facts->response;
  if (response.status() >= 200 && response.status() < 300)
    complete(o, response, request, ctx);
  return reply{std::move(response)};
}

bool is_reg_event(const sip::message& request) {
  return request.method() == sip::method::subscribe &&
         equal_nocase(sip::parse_token_value(request.value(sip::hdr::event)).token, "reg");
}

decision subscribe_request(const sip::message& request, const context& ctx) {
  if (!ctx.facts->response)
    return ask{ask_notifier{request}};
  return reply{*ctx.facts->response};
}

} // namespace troupe::roles::scscf
