#include "protocols/ims/snapshot.hpp"

#include "protocols/base/text.hpp"

namespace troupe::ims {

namespace {

bool usable(const public_identity& id) { return !id.barred && id.type == identity_type::public_user_identity; }

bool is_tel(const public_identity& id) { return starts_with_nocase(id.canonical, "tel:"); }

} // namespace

profile_snapshot::hit profile_snapshot::find(std::string_view canonical) const {
  if (!user)
    return {};
  for (auto& profile : user->profiles)
    for (auto& id : profile.identities)
      if (!id.is_wildcard() && id.canonical == canonical)
        return {&id, &profile};
  for (auto& profile : user->profiles)
    for (auto& id : profile.identities)
      if (id.is_wildcard() && id.wildcard_pattern.matches_whole(canonical))
        return {&id, &profile};
  return {};
}

const public_identity* profile_snapshot::default_identity() const {
  if (user)
    for (auto& profile : user->profiles)
      for (auto& id : profile.identities)
        if (usable(id))
          return &id;
  return nullptr;
}

std::vector<const public_identity*> profile_snapshot::usable_identities() const {
  std::vector<const public_identity*> out;
  if (user)
    for (auto& profile : user->profiles)
      for (auto& id : profile.identities)
        if (usable(id))
          out.push_back(&id);
  return out;
}

const public_identity* profile_snapshot::alias_of(const public_identity& id) const {
  auto home = find(id.canonical).profile;
  if (!home)
    return nullptr;
  for (auto& other : home->identities)
    if (usable(other) && is_tel(other) != is_tel(id) && other.alias_group == id.alias_group)
      return &other;
  return nullptr;
}

} // namespace troupe::ims
