#include "actors/roles/hss/changes.hpp"

#include <algorithm>

namespace troupe::hss {

namespace {

bool is_served(const assignment& state, std::size_t set) {
  return state.sets[set].state != registration_state::not_registered;
}

cx::rtr terminate(const subscriber& who, const assignment& state, const std::string& impi) {
  cx::rtr out;
  out.server_name = state.server_name;
  out.impi = impi;
  out.reason = cx::deregistration_reason::permanent_termination;
  out.info = "the subscription has been changed";
  for (auto& other : who.privates)
    if (other.impi != impi)
      out.associated_impis.push_back(other.impi);
  return out;
}

/// Public identities of served sets that are no more.
std::vector<std::string> lost_identities(const subscriber& before, const assignment& state, const subscriber& after) {
  std::vector<std::string> lost;
  for (std::size_t i = 0; i < before.sets.size(); ++i)
    for (auto& id : before.sets[i].identities)
      if (is_served(state, i) && !after.find_identity(id.canonical))
        lost.push_back(id.uri);
  return lost;
}

bool is_registered_by(const assignment& state, std::size_t private_index) {
  return std::any_of(state.sets.begin(), state.sets.end(),
                     [&](auto& set) { return (set.registered_by >> private_index & 1) != 0; });
}

/// The served set of `before` that became this one.
std::optional<std::size_t> origin_of(const implicit_set& set, const subscriber& before, const assignment& state) {
  for (auto& id : set.identities)
    if (auto from = before.find_set(id.canonical); from && is_served(state, *from))
      return from;
  return std::nullopt;
}

} // namespace

notices notices_of(const subscriber& before, const assignment& state, const subscriber* after,
                   const std::function<std::shared_ptr<const std::string>(std::size_t)>& user_data) {
  notices out;
  auto served = false;
  for (std::size_t i = 0; i < before.sets.size(); ++i)
    served |= is_served(state, i);
  if (!served || state.server_name.empty())
    return out;
  out.to = end_of(state, state.server_name);
  if (!after) {
    out.terminations.push_back(terminate(before, state, before.privates.front().impi));
    return out;
  }
  for (std::size_t i = 0; i < before.privates.size(); ++i)
    if (!after->find_private(before.privates[i].impi) && is_registered_by(state, i)) {
      out.terminations.push_back(terminate(before, state, before.privates[i].impi));
      out.terminations.back().associated_impis.clear(); // the others stay
    }
  if (auto lost = lost_identities(before, state, *after); !lost.empty()) {
    out.terminations.push_back(terminate(before, state, before.privates.front().impi));
    out.terminations.back().impus = std::move(lost);
  }
  for (std::size_t i = 0; i < after->sets.size(); ++i) {
    auto from = origin_of(after->sets[i], before, state);
    if (!from)
      continue;
    auto changed = before.sets[*from] != after->sets[i];
    if (changed || before.charging != after->charging)
      out.profiles.push_back(
          {state.server_name, after->privates.front().impi, changed ? user_data(i) : nullptr, after->charging});
  }
  return out;
}

} // namespace troupe::hss
