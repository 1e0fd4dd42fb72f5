#include "protocols/sip/session_timer.hpp"

#include <algorithm>

#include "protocols/base/text.hpp"
#include "protocols/sip/values.hpp"

namespace troupe::sip {

namespace {

/// The value with another number in front of its parameters: the refresher stays as it is (clause 8.1).
void set_seconds(message& m, std::uint32_t seconds) {
  auto value = m.value(hdr::session_expires);
  auto digits = value.find_first_not_of("0123456789");
  auto rest = digits == value.npos ? std::string_view{} : value.substr(digits);
  m.set(hdr::session_expires, std::to_string(seconds) + std::string(rest));
}

/// A caller that does not know session timers would only lose the call by a 422.
void raise(message& request, std::uint32_t minimum) {
  if (number_of(request, hdr::min_se).value_or(0) < minimum)
    request.set(hdr::min_se, std::to_string(minimum));
  set_seconds(request, minimum);
}

} // namespace

std::optional<refusal> adjust_session_timer(message& request, const session_timer_rules& rules, session_offer& offer) {
  offer = {};
  if (request.method() != method::invite && request.method() != method::update)
    return std::nullopt;
  auto least = std::max<std::uint32_t>(rules.min_se, 90);
  auto asked_least = number_of(request, hdr::min_se);
  if (request.has(hdr::min_se) && !asked_least)
    return refusal{400, "malformed Min-SE", hdr::other, {}};
  auto floor = std::max(least, asked_least.value_or(0));
  offer.caller_supports = lists_token(request, hdr::supported, "timer");
  if (!request.has(hdr::session_expires)) {
    if (rules.insert == 0)
      return std::nullopt;
    offer.seconds = std::max(rules.insert, floor);
    request.add(hdr::session_expires, std::to_string(offer.seconds));
    return std::nullopt;
  }
  auto asked = parse_session_expires(request.value(hdr::session_expires));
  if (!asked)
    return refusal{400, "malformed Session-Expires", hdr::other, {}};
  offer.seconds = asked->seconds;
  if (asked->seconds < least && offer.caller_supports)
    return refusal{422, "session interval too small", hdr::min_se, std::to_string(least)};
  if (asked->seconds < least)
    raise(request, offer.seconds = floor);
  else if (rules.longest != 0 && asked->seconds > std::max(rules.longest, floor))
    set_seconds(request, offer.seconds = std::max(rules.longest, floor));
  return std::nullopt;
}

session_agreement settle_session_timer(message& response, const session_offer& offer) {
  if (response.has(hdr::session_expires)) {
    auto agreed = parse_session_expires(response.value(hdr::session_expires));
    if (!agreed)
      return {};
    return {agreed->seconds, equal_nocase(agreed->refresher, "uac")};
  }
  if (!offer.caller_supports || offer.seconds == 0)
    return {};
  response.set(hdr::session_expires, std::to_string(offer.seconds) + ";refresher=uac");
  if (!lists_token(response, hdr::require, "timer"))
    response.add(hdr::require, "timer");
  return {offer.seconds, true};
}

std::optional<instant> session_deadline(const session_agreement& agreed, instant answered) noexcept {
  if (agreed.seconds == 0)
    return std::nullopt;
  return answered + milliseconds(std::int64_t{agreed.seconds} * 1000);
}

} // namespace troupe::sip
