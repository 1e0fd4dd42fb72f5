// Emergency calls at a P-CSCF that has no E-CSCF behind it: TS 24.229 clause 5.2.10, the body of clause 7.6.
#include <algorithm>

#include "actors/contracts/answer.hpp"
#include "actors/roles/pcscf/steps.hpp"
#include "protocols/base/text.hpp"
#include "protocols/sip/uri.hpp"

namespace troupe::roles::pcscf {
namespace {

constexpr std::string_view alternative_service = R"(<?xml version="1.0" encoding="UTF-8"?>
<ims-3gpp version="1"><alternative-service><type>emergency</type><reason>emergency calls are not served here</reason></alternative-service></ims-3gpp>
)";

std::string_view dialled(const sip::uri& uri) { return uri.user.substr(0, uri.user.find(';')); }

} // namespace

bool is_emergency(const options& o, std::string_view request_uri) {
  constexpr std::string_view sos = "urn:service:sos";
  if (starts_with_nocase(request_uri, sos))
    return request_uri.size() == sos.size() || request_uri[sos.size()] == '.';
  auto uri = sip::parse_uri(request_uri);
  if (!uri || uri->kind == sip::scheme::other)
    return false;
  return std::find(o.emergency_numbers.begin(), o.emergency_numbers.end(), dialled(*uri)) != o.emergency_numbers.end();
}

decision refer_to_another_domain(const sip::message& request, const context& ctx, const ims::access_snapshot* binding) {
  auto response = answer(request, ctx, 380);
  if (binding && !binding->path.empty())
    response.add(sip::hdr::p_asserted_identity, "<" + binding->path + ">");
  response.set_body("application/3gpp-ims+xml", alternative_service);
  return reply{std::move(response)};
}

} // namespace troupe::roles::pcscf
