#include "actors/roles/hss/subscriber.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace troupe::hss {

namespace {

std::uint32_t carry_mask(const subscriber& before, std::uint32_t mask, const subscriber& after) {
  std::uint32_t out = 0;
  for (std::size_t i = 0; i < before.privates.size(); ++i)
    if (auto to = after.find_private(before.privates[i].impi); to && (mask >> i & 1) != 0)
      out |= 1u << *to;
  return out;
}

} // namespace

const identity* implicit_set::default_identity() const noexcept {
  auto at = std::find_if(identities.begin(), identities.end(), [](auto& id) { return !id.barred; });
  return at == identities.end() ? nullptr : &*at;
}

std::optional<std::size_t> subscriber::find_private(std::string_view impi) const noexcept {
  for (std::size_t i = 0; i < privates.size(); ++i)
    if (privates[i].impi == impi)
      return i;
  return std::nullopt;
}

std::optional<std::size_t> subscriber::find_set(std::string_view impu) const noexcept {
  for (std::size_t i = 0; i < sets.size(); ++i)
    for (auto& id : sets[i].identities)
      if (id.canonical == impu)
        return i;
  return std::nullopt;
}

const identity* subscriber::find_identity(std::string_view impu) const noexcept {
  for (auto& set : sets)
    for (auto& id : set.identities)
      if (id.canonical == impu)
        return &id;
  return nullptr;
}

bool assignment::any_active() const noexcept {
  return std::any_of(sets.begin(), sets.end(),
                     [](auto& set) { return set.state != registration_state::not_registered || set.pending != 0; });
}

diameter_end end_of(const assignment& state, std::string_view server_name) {
  if (server_name.empty())
    return {};
  return server_name == state.server_name ? state.at
         : server_name == state.displaced ? state.displaced_at
                                          : diameter_end();
}

void place_servers(const assignment& before, assignment& next, std::string_view asking_name,
                   const diameter_end& asking) {
  auto place = [&](const std::string& name) {
    return !name.empty() && name == asking_name ? asking : end_of(before, name);
  };
  next.at = place(next.server_name);
  next.displaced_at = place(next.displaced);
}

assignment settled(const assignment& state) {
  auto out = state;
  if (!out.displaced.empty()) {
    out.server_name = std::exchange(out.displaced, {});
    out.at = std::exchange(out.displaced_at, {});
  }
  for (auto& set : out.sets)
    set.pending = 0;
  if (!out.any_active()) {
    out.server_name.clear();
    out.at = {};
  }
  return out;
}

bool equally_settled(const assignment& a, const assignment& b) {
  auto same_set = [](const set_state& one, const set_state& other) {
    return one.state == other.state && one.registered_by == other.registered_by;
  };
  if (!std::equal(a.sets.begin(), a.sets.end(), b.sets.begin(), b.sets.end(), same_set))
    return false;
  auto served = std::any_of(a.sets.begin(), a.sets.end(),
                            [](auto& set) { return set.state != registration_state::not_registered; });
  auto server = [](const assignment& of) {
    return of.displaced.empty() ? std::tie(of.server_name, of.at) : std::tie(of.displaced, of.displaced_at);
  };
  return !served || server(a) == server(b);
}

assignment carry_over(const subscriber& before, const assignment& state, const subscriber& after) {
  assignment out{state.server_name, state.displaced, std::vector<set_state>(after.sets.size()),
                 state.left,        state.left_at,   state.at,
                 state.displaced_at};
  for (std::size_t i = 0; i < after.sets.size(); ++i)
    for (auto& id : after.sets[i].identities)
      if (auto from = before.find_set(id.canonical)) {
        auto& old = state.sets[*from];
        out.sets[i] = {old.state, carry_mask(before, old.registered_by, after), carry_mask(before, old.pending, after)};
        if (old.state == registration_state::registered && out.sets[i].registered_by == 0)
          out.sets[i].state = registration_state::not_registered;
        break;
      }
  if (!out.any_active())
    out.server_name = out.displaced = {}, out.at = out.displaced_at = {};
  return out;
}

} // namespace troupe::hss
