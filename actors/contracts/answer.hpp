// The answers that roles give themselves: RFC 3261 clause 8.2.6.
#pragma once

#include <string>
#include <string_view>

#include "actors/contracts/role.hpp"
#include "protocols/sip/make.hpp"

namespace troupe::roles {

/// A response to `request` with a To-tag of its own. `why`, if any, goes into a Warning with code 399, as TS 24.229 puts it
/// ("may include a Warning header field containing the warn-code 399").
inline sip::message answer(const sip::message& request, const context& ctx, int status, std::string_view why = {}) {
  auto response = sip::make_response(request, status, status > 100 ? ctx.random->token(10) : std::string());
  if (!why.empty())
    response.add(sip::hdr::warning, "399 troupe \"" + std::string(why) + "\"");
  return response;
}

/// The end of a request here. An ACK is never answered (RFC 3261 clause 17).
inline decision refuse(const sip::message& request, const context& ctx, int status, std::string_view why = {}) {
  if (request.method() == sip::method::ack)
    return drop{"ack_not_for_a_dialog"};
  return reply{answer(request, ctx, status, why)};
}

} // namespace troupe::roles
