#include "protocols/sip/proxy.hpp"

#include <algorithm>

#include "protocols/base/text.hpp"
#include "protocols/sip/make.hpp"

namespace troupe::sip {

namespace {

std::optional<refusal> check_uri(const message& request, const proxy_rules& rules) {
  auto target = parse_uri(request.uri());
  if (!target)
    return refusal{400, "malformed Request-URI", hdr::other, {}};
  if (target->kind == scheme::other && !rules.takes_other_schemes)
    return refusal{416, "unknown scheme in Request-URI", hdr::other, {}};
  return std::nullopt;
}

std::optional<refusal> check_hops(const message& request) {
  if (!request.has(hdr::max_forwards))
    return std::nullopt;
  auto hops = number_of(request, hdr::max_forwards);
  if (!hops || *hops > 255)
    return refusal{400, "malformed Max-Forwards", hdr::other, {}};
  if (*hops == 0)
    return refusal{483, "Max-Forwards used up", hdr::other, {}};
  return std::nullopt;
}

std::optional<refusal> check_extensions(const message& request, const proxy_rules& rules) {
  if (request.method() == method::ack || request.method() == method::cancel)
    return std::nullopt;
  std::string unsupported;
  for_each_value(request, hdr::proxy_require, [&](std::string_view tag) {
    auto known = std::any_of(rules.proxy_require.begin(), rules.proxy_require.end(),
                             [tag](auto& mine) { return equal_nocase(mine, tag); });
    if (!known && !tag.empty())
      (unsupported += unsupported.empty() ? "" : ", ") += tag;
    return true;
  });
  if (unsupported.empty())
    return std::nullopt;
  return refusal{420, "unknown option in Proxy-Require", hdr::unsupported, std::move(unsupported)};
}

} // namespace

message make_refusal(const message& request, const refusal& why, std::string_view to_tag) {
  auto made = make_response(request, why.status, to_tag);
  if (why.field != hdr::other)
    made.add(why.field, why.value);
  return made;
}

std::optional<refusal> check_request(const message& request, const proxy_rules& rules) {
  if (auto wrong = check_uri(request, rules))
    return wrong;
  if (auto wrong = check_hops(request))
    return wrong;
  return check_extensions(request, rules);
}

void count_hop(message& request) {
  auto hops = number_of(request, hdr::max_forwards);
  request.set(hdr::max_forwards, hops && *hops > 0 ? std::to_string(*hops - 1) : "70");
}

void add_record_route(message& request, std::string_view came_in_by, std::string_view leaves_by) {
  request.prepend(hdr::record_route, request.keep({"<", came_in_by, ">"}));
  if (!leaves_by.empty() && leaves_by != came_in_by)
    request.prepend(hdr::record_route, request.keep({"<", leaves_by, ">"}));
}

void push_via(message& request, std::string_view transport, std::string_view sent_by, std::string_view branch,
              bool rport) {
  request.prepend(hdr::via,
                  request.keep({"SIP/2.0/", transport, " ", sent_by, ";branch=", branch, rport ? ";rport" : ""}));
}

bool pop_via(message& response) { return response.remove_first_value(hdr::via) && response.has(hdr::via); }

void add_challenges(message& best, const message& other) {
  for (auto& f : other.fields())
    if (f.id == hdr::www_authenticate || f.id == hdr::proxy_authenticate)
      best.add(f.id, f.value);
}

} // namespace troupe::sip
