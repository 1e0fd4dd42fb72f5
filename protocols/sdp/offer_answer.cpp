#include "protocols/sdp/offer_answer.hpp"

#include <algorithm>

#include "protocols/base/text.hpp"

namespace troupe::sdp {

namespace {

bool is_nowhere(const connection& c) noexcept {
  constexpr std::string_view suffix = ".invalid";
  auto& a = c.address;
  return a == "0.0.0.0" || a == "::" ||
         (a.size() >= suffix.size() && equal_nocase(a.substr(a.size() - suffix.size()), suffix));
}

} // namespace

bool is_on_hold(const description& d, const media& m) {
  auto direction = d.direction_of(m);
  if (direction == direction::sendonly || direction == direction::inactive)
    return true;
  auto at = d.connection_of(m);
  return at && is_nowhere(*at);
}

bool is_on_hold(const description& d) {
  bool active = false;
  for (auto& m : d.media) {
    if (m.rejected())
      continue;
    if (!is_on_hold(d, m))
      return false;
    active = true;
  }
  return active;
}

std::optional<std::string> objection(const description& offer, const description& answer) {
  if (offer.media.size() != answer.media.size())
    return "an answer with another number of media than the offer";
  for (std::size_t i = 0; i < offer.media.size(); ++i) {
    auto& offered = offer.media[i];
    auto& answered = answer.media[i];
    if (answered.type != offered.type)
      return "an answer with media of another type";
    if (answered.rejected())
      continue;
    if (offered.rejected())
      return "an answer that accepts media which the offer rejects";
    if (answered.protocol != offered.protocol)
      return "an answer with another transport protocol";
    if (!may_answer(offer.direction_of(offered), answer.direction_of(answered)))
      return "an answer with a direction that the offer does not allow";
  }
  return std::nullopt;
}

bool is_unchanged(const description& previous, const description& next) {
  auto a = previous.origin();
  auto b = next.origin();
  return a && b && a->user == b->user && a->session_id == b->session_id && a->version == b->version &&
         a->network_type == b->network_type && a->address_type == b->address_type && a->address == b->address;
}

} // namespace troupe::sdp
