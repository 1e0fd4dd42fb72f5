#include "actors/roles/hss/services.hpp"

#include <algorithm>

#include "actors/roles/hss/subscriber.hpp"
#include "protocols/base/text.hpp"

namespace troupe::hss {

namespace {

/// Stands in a text whose criteria are for every identity of the set.
constexpr std::string_view everyone = "sip:everyone@invalid";

ims::public_identity to_public_identity(const identity& id) {
  ims::public_identity out;
  out.uri = id.uri;
  out.canonical = id.canonical;
  out.barred = id.barred;
  out.display_name = id.display_name;
  return out;
}

bool names_only_everyone(const ims::subscription& s) {
  return s.profiles.size() == 1 && s.profiles[0].identities.size() == 1 && s.profiles[0].identities[0].uri == everyone;
}

/// Three-valued in effect: what is not about the session case might hold.
bool may_hold(const ims::service_point_trigger& spt, ims::session_case in) {
  auto* condition = std::get_if<ims::session_case_spt>(&spt.condition);
  return !condition || (condition->value == in) != spt.negated;
}

bool may_hold(const ims::trigger_point& trigger, ims::session_case in) {
  std::vector<std::uint32_t> groups;
  for (auto& spt : trigger.spts)
    groups.insert(groups.end(), spt.groups.begin(), spt.groups.end());
  auto group_may_hold = [&](std::uint32_t group) {
    auto of_group_and = [&](bool wanted) {
      return std::any_of(trigger.spts.begin(), trigger.spts.end(), [&](auto& spt) {
        return std::count(spt.groups.begin(), spt.groups.end(), group) != 0 && may_hold(spt, in) == wanted;
      });
    };
    return trigger.conjunctive ? of_group_and(true) : !of_group_and(false);
  };
  return trigger.conjunctive ? std::all_of(groups.begin(), groups.end(), group_may_hold)
                             : std::any_of(groups.begin(), groups.end(), group_may_hold);
}

/// The profile in `services` that names this identity, or the first.
const ims::service_profile& profile_of(const identity& id, const services& from) {
  for (auto& profile : from.parsed.profiles)
    for (auto& named : profile.identities)
      if (named.canonical == id.canonical)
        return profile;
  return from.parsed.profiles.front();
}

/// What the text says of an identity beyond the subscriber's own words: alias group, limits and the like.
ims::public_identity described(const identity& id, const services& from) {
  for (auto& profile : from.parsed.profiles)
    for (auto named : profile.identities)
      if (named.canonical == id.canonical) {
        named.uri = id.uri;
        named.barred = id.barred;
        if (!id.display_name.empty())
          named.display_name = id.display_name;
        return named;
      }
  return to_public_identity(id);
}

services_ref make_services(std::string text, ims::subscription parsed) {
  auto made = std::make_shared<services>();
  made->text = std::move(text);
  made->parsed = std::move(parsed);
  made->own_identities = !names_only_everyone(made->parsed);
  for (auto& profile : made->parsed.profiles)
    for (auto& criterion : profile.criteria)
      made->for_unregistered |= hss::may_hold(criterion, ims::session_case::terminating_unregistered);
  return made;
}

} // namespace

bool may_hold(const ims::filter_criterion& criterion, ims::session_case in) {
  auto unregistered =
      in == ims::session_case::terminating_unregistered || in == ims::session_case::originating_unregistered;
  if (criterion.part && (*criterion.part == ims::profile_part::unregistered) != unregistered)
    return false;
  if (!criterion.trigger)
    return true;
  return !criterion.trigger->malformed && may_hold(*criterion.trigger, in);
}

result<services_ref> services_pool::get(std::string_view text) {
  text = trim(text);
  if (text.empty())
    return services_ref();
  std::lock_guard hold(lock_);
  auto at = known_.find(text);
  if (at != known_.end())
    if (auto known = at->second.lock())
      return known;
  auto parsed = ims::parse_subscription(text);
  if (!parsed)
    return tl::unexpected(parsed.error());
  auto made = make_services(std::string(text), std::move(*parsed));
  known_[made->text] = made;
  return made;
}

services_ref services_pool::get(const std::vector<ims::filter_criterion>& criteria) {
  if (criteria.empty())
    return nullptr;
  ims::subscription s;
  s.private_id = "everyone@invalid";
  s.profiles.emplace_back();
  s.profiles[0].criteria = criteria;
  s.profiles[0].identities.emplace_back().uri = everyone;
  return get(ims::build_subscription(s)).value_or(nullptr);
}

std::string make_user_data(const std::string& impi, const std::vector<identity>& identities, const services* from) {
  ims::subscription s;
  s.private_id = impi;
  const ims::service_profile* open = nullptr; // identities of one profile that stand together share an element
  for (auto& id : identities) {
    auto* profile = from ? &profile_of(id, *from) : nullptr;
    if (s.profiles.empty() || profile != open) {
      s.profiles.push_back(profile ? *profile : ims::service_profile());
      s.profiles.back().identities.clear();
      open = profile;
    }
    s.profiles.back().identities.push_back(from ? described(id, *from) : to_public_identity(id));
  }
  return ims::build_subscription(s);
}

} // namespace troupe::hss
