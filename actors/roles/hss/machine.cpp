#include "actors/roles/hss/machine.hpp"

#include <algorithm>

#include "protocols/base/text.hpp"

namespace troupe::hss {

namespace {

std::optional<cx::server_capabilities> capabilities_of(const subscriber& who) {
  return who.capabilities == cx::server_capabilities() ? std::nullopt : std::optional(who.capabilities);
}

bool may_roam(const subscriber& who, std::string_view network) {
  return network.empty() || who.visited_networks.empty() ||
         std::any_of(who.visited_networks.begin(), who.visited_networks.end(),
                     [&](auto& allowed) { return equal_nocase(allowed, network); });
}

} // namespace

cx::result_code identify(const void* by_impi, const void* by_impu, std::string_view impi,
                         std::string_view impu) noexcept {
  if ((!impi.empty() && !by_impi) || (!impu.empty() && !by_impu))
    return cx::user_unknown;
  if (!impi.empty() && !impu.empty() && by_impi != by_impu)
    return cx::identities_dont_match;
  return impi.empty() && impu.empty() ? cx::missing_avp : cx::success;
}

static bool has_just_left(const assignment& now, instant at) noexcept {
  return !now.left.empty() && at - now.left_at >= milliseconds(0) && at - now.left_at <= leaves_for;
}

cx::uaa on(const subscriber& who, const assignment& now, const cx::uar& request, instant at) {
  auto set = *who.find_set(request.impu);
  auto leaving = request.type == cx::authorization_type::de_registration;
  // Step 3: a barred identity may be registered for the sake of the others of its set.
  if (!request.emergency && !who.sets[set].default_identity())
    return {cx::authorization_rejected, {}, {}};
  // Step 4.
  if (!request.emergency && !leaving && !may_roam(who, request.visited_network))
    return {cx::roaming_not_allowed, {}, {}};
  if (request.type == cx::authorization_type::registration_and_capabilities)
    return {cx::success, {}, who.capabilities};
  // Step 5.
  if (leaving && now.sets[set].state != registration_state::not_registered)
    return {cx::success, now.server_name, {}};
  if (leaving)
    return has_just_left(now, at) ? cx::uaa{cx::success, now.left, {}} : cx::uaa{cx::identity_not_registered, {}, {}};
  if (!now.server_name.empty())
    return {cx::subsequent_registration, now.server_name, {}};
  return {cx::first_registration, {}, capabilities_of(who)};
}

cx::lia on(const subscriber& who, const assignment& now, const cx::lir& request) {
  if (request.capabilities)
    return {cx::success, {}, who.capabilities, {}};
  auto set = *who.find_set(request.impu);
  if (now.sets[set].state != registration_state::not_registered)
    return {cx::success, now.server_name, {}, {}};
  auto& services = who.sets[set].services;
  if (!request.originating && !(services && services->for_unregistered))
    return {cx::identity_not_registered, {}, {}, {}};
  // One S-CSCF serves the whole subscription (clause 6.7).
  if (!now.server_name.empty())
    return {cx::success, now.server_name, {}, {}};
  return {cx::unregistered_service, {}, capabilities_of(who), {}};
}

} // namespace troupe::hss
