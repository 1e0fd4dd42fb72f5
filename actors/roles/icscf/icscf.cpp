#include "actors/roles/icscf/icscf.hpp"

#include "actors/contracts/answer.hpp"
#include "actors/roles/icscf/steps.hpp"
#include "protocols/sip/values.hpp"

namespace troupe::roles::icscf {
namespace {

bool is_trusted(const context& ctx) noexcept { return ctx.from == nullptr || ctx.side == sip::side::core; }

} // namespace

decision role::on_request(sip::message& request, const context& ctx, hop& own) const {
  if (request.method() == sip::method::register_) {
    if (!is_trusted(ctx))
      return refuse(request, ctx, 403); // clause 5.3.1.2
    return register_request(options_, request, ctx, own);
  }
  // A route set, or the dialog's own routing, says where it goes (clause 5.3.3).
  if (ctx.in_dialog || request.has(sip::hdr::route) || !sip::to_tag(request).empty())
    return pass_on{{}, false, {}};
  return initial_request(options_, request, ctx, own);
}

decision role::on_response(sip::message& response, const sip::message& request, const context& ctx, hop& own) const {
  if (own.note.empty())
    return pass_back{};
  if (request.method() == sip::method::register_)
    return register_response(options_, response, request, ctx, own);
  return initial_response(options_, response, request, ctx, own);
}

} // namespace troupe::roles::icscf
