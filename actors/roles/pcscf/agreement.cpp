// Which security mechanism UE and P-CSCF agree on: RFC 3329; TS 24.229 clause 5.2.2.4 for SIP digest with TLS. TLS is the
// only one here, where there is a listener for it.
#include <algorithm>

#include "actors/contracts/answer.hpp"
#include "actors/roles/pcscf/steps.hpp"
#include "protocols/base/text.hpp"
#include "protocols/sip/values.hpp"

namespace troupe::roles::pcscf {
namespace {

constexpr std::string_view option_tag = "sec-agree";
constexpr std::string_view mechanism = "tls";

bool is_tls(std::string_view value) { return equal_nocase(sip::parse_token_value(value).token, mechanism); }

bool requires_agreement(const sip::message& request) {
  return sip::lists_token(request, sip::hdr::proxy_require, option_tag) ||
         sip::lists_token(request, sip::hdr::require, option_tag);
}

/// Security-Verify repeats what we offered: anything else was changed on the way (RFC 3329 clause 2.3.1).
bool verifies(const sip::message& request) {
  auto values = sip::values(request, sip::hdr::security_verify);
  return std::all_of(values.begin(), values.end(), is_tls);
}

/// Nothing is supported: RFC 3329 clause 2.3, RFC 3261 clause 16.3.
decision refuse_extension(const sip::message& request, const context& ctx) {
  auto response = answer(request, ctx, 420);
  response.add(sip::hdr::unsupported, option_tag);
  return reply{std::move(response)};
}

decision require_agreement(const sip::message& request, const context& ctx) {
  auto response = answer(request, ctx, 494);
  response.add(sip::hdr::security_server, mechanism);
  return reply{std::move(response)};
}

void remove_option_tag(sip::message& request, sip::hdr id) {
  if (!sip::lists_token(request, id, option_tag))
    return;
  std::string left;
  for (auto value : sip::values(request, id))
    if (!equal_nocase(value, option_tag))
      left.append(left.empty() ? "" : ", ").append(value);
  request.remove(id);
  if (!left.empty())
    request.add(id, left);
}

} // namespace

bool offers_tls(const sip::message& request) {
  auto values = sip::values(request, sip::hdr::security_client);
  return std::any_of(values.begin(), values.end(), is_tls);
}

std::optional<decision> refuse_agreement(const options& o, const sip::message& request, const context& ctx) {
  auto required = requires_agreement(request);
  if (!o.tls)
    return required ? std::optional(refuse_extension(request, ctx)) : std::nullopt;
  auto by_tls = ctx.from->transport == transport::tls;
  if (request.has(sip::hdr::security_verify) && !(by_tls && verifies(request)))
    return require_agreement(request, ctx);
  auto begins = request.method() == sip::method::register_ && offers_tls(request);
  if (required && !by_tls && !begins)
    return require_agreement(request, ctx);
  return std::nullopt;
}

void end_agreement(sip::message& request) {
  for (auto id : {sip::hdr::security_client, sip::hdr::security_verify})
    request.remove(id);
  for (auto id : {sip::hdr::require, sip::hdr::proxy_require})
    remove_option_tag(request, id);
}

void offer_agreement(sip::message& challenge) { challenge.set(sip::hdr::security_server, mechanism); }

} // namespace troupe::roles::pcscf
