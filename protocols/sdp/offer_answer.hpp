// What a proxy has to know of offers and answers: RFC 3264.
#pragma once

#include <optional>
#include <string>

#include "protocols/sdp/description.hpp"

namespace troupe::sdp {

/// Seen from the other side: sendonly is recvonly there.
constexpr direction reversed(direction d) noexcept {
  if (d == direction::sendonly)
    return direction::recvonly;
  return d == direction::recvonly ? direction::sendonly : d;
}

/// The widest that may answer: what is offered, reversed; an answer may ask for less (RFC 3264 clause 6.1).
constexpr bool may_answer(direction offered, direction answered) noexcept {
  auto widest = static_cast<unsigned>(reversed(offered));
  return (static_cast<unsigned>(answered) & ~widest) == 0;
}

/// The media is not to be received from the peer: sendonly, inactive, or the old connection address 0.0.0.0 (RFC 3264
/// clause 8.4), or its likes of IPv6 ("::", and a name in .invalid: RFC 6157 clause 3.1).
bool is_on_hold(const description& d, const media& m);
/// All media that are not rejected are on hold, and there is one.
bool is_on_hold(const description& d);

/// What forbids `answer` as the answer to `offer`, as a sentence; nothing when nothing does. Looked at are the number of
/// media, their types and protocols, what was rejected in the offer, and directions.
std::optional<std::string> objection(const description& offer, const description& answer);

/// The same party says the same again, as in a refresh of the session: the origins are equal, version included, for a
/// version grows with each change (RFC 3264 clause 8).
bool is_unchanged(const description& previous, const description& next);

} // namespace troupe::sdp
