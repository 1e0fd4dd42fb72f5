// SAR: TS 29.228 clause 6.1.2.1.
#include <algorithm>
#include <utility>

#include "actors/roles/hss/machine.hpp"

namespace troupe::hss {

namespace {

using type = cx::assignment_type;

bool is_deregistration(type t) noexcept {
  switch (t) {
  case type::timeout_deregistration:
  case type::user_deregistration:
  case type::timeout_deregistration_store_server_name:
  case type::user_deregistration_store_server_name:
  case type::administrative_deregistration:
  case type::deregistration_too_much_data: return true;
  default: return false;
  }
}

bool wants_name_kept(type t) noexcept {
  return t == type::timeout_deregistration_store_server_name || t == type::user_deregistration_store_server_name;
}

bool is_by_user(type t) noexcept {
  return t == type::user_deregistration || t == type::user_deregistration_store_server_name;
}

/// A request of one identity or, to end a registration, of several or none.
struct assigning {
  const subscriber& who;
  const assignment& now;
  const cx::sar& request;
  instant at;
  std::optional<std::size_t> private_index;

  std::uint32_t bit() const noexcept { return private_index ? 1u << *private_index : 0; }
  std::size_t set() const { return *who.find_set(request.impus.front()); }
  sar_step refuse(cx::result_code why) const {
    sar_step step;
    step.answer.result = why;
    step.answer.impi = request.impi;
    return step;
  }
  /// With profile and charging addresses of the set.
  sar_step give_profile(std::size_t of) const {
    sar_step step;
    step.answer.result = cx::success;
    step.answer.impi = request.impi.empty() ? who.privates.front().impi : request.impi;
    step.answer.charging = who.charging;
    if (!request.user_data_already_available)
      step.user_data_of = of;
    for (auto& other : who.privates)
      if (other.impi != step.answer.impi)
        step.answer.associated_impis.push_back(other.impi);
    return step;
  }
  bool is_assigned_elsewhere() const { return !now.server_name.empty() && now.server_name != request.server_name; }
};

/// Tells an S-CSCF that another has taken over: clause 6.1.3, NEW_SERVER_ASSIGNED.
void dismiss(const assigning& in, const std::string& server, std::size_t set, sar_step& step) {
  cx::rtr notice;
  notice.server_name = server;
  notice.impi = step.answer.impi;
  notice.reason = cx::deregistration_reason::new_server_assigned;
  notice.info = "another server has been assigned";
  for (auto& id : in.who.sets[set].identities)
    notice.impus.push_back(id.uri);
  step.notices.push_back(std::move(notice));
}

sar_step registration(const assigning& in) {
  if (!in.private_index)
    return in.refuse(cx::missing_avp);
  auto set = in.set();
  auto step = in.give_profile(set);
  auto next = in.now;
  auto& replaced = in.now.displaced.empty() && in.is_assigned_elsewhere() ? in.now.server_name : in.now.displaced;
  if (!replaced.empty() && replaced != in.request.server_name)
    dismiss(in, replaced, set, step);
  next.server_name = in.request.server_name;
  next.displaced.clear();
  next.left.clear();
  next.sets[set].state = registration_state::registered;
  next.sets[set].registered_by |= in.bit();
  next.sets[set].pending &= ~in.bit();
  step.next = std::move(next);
  return step;
}

/// A call for, or from an AS on behalf of, someone who is not registered: the S-CSCF serves him nonetheless.
sar_step unregistered_user(const assigning& in) {
  if (in.is_assigned_elsewhere()) {
    auto step = in.refuse(cx::identity_already_registered);
    step.answer.server_name = in.now.server_name;
    return step;
  }
  auto set = in.set();
  auto step = in.give_profile(set);
  auto next = in.now;
  next.server_name = in.request.server_name;
  next.sets[set].state = registration_state::unregistered;
  next.sets[set].registered_by = 0;
  step.next = std::move(next);
  return step;
}

/// The S-CSCF wants the profile again.
sar_step no_assignment(const assigning& in) {
  auto set = in.set();
  if (in.now.server_name != in.request.server_name || in.now.sets[set].state == registration_state::not_registered)
    return in.refuse(cx::unable_to_comply);
  return in.give_profile(set);
}

/// Only while other private identities are registered with it, or the name is kept, does a set stay assigned.
void end_registration(const assigning& in, std::size_t set, bool keep_name, set_state& state) {
  state.registered_by &= ~in.bit();
  state.pending &= ~in.bit();
  if (state.state == registration_state::registered && state.registered_by != 0)
    return;
  auto& services = in.who.sets[set].services;
  state.registered_by = 0;
  state.state = keep_name && services && services->for_unregistered ? registration_state::unregistered
                                                                    : registration_state::not_registered;
}

std::vector<std::size_t> named_sets(const assigning& in) {
  std::vector<std::size_t> sets;
  for (auto& impu : in.request.impus)
    if (auto set = in.who.find_set(impu); set && std::find(sets.begin(), sets.end(), *set) == sets.end())
      sets.push_back(*set);
  for (std::size_t i = 0; in.request.impus.empty() && i < in.who.sets.size(); ++i)
    sets.push_back(i);
  return sets;
}

sar_step deregistration(const assigning& in) {
  if (in.is_assigned_elsewhere())
    return in.refuse(cx::unable_to_comply); // clause 6.1.2.1: a server that was replaced ends nothing
  auto step = in.refuse(cx::success);
  auto next = in.now;
  auto keep_name = wants_name_kept(in.request.type);
  auto kept = false;
  for (auto set : named_sets(in)) {
    end_registration(in, set, keep_name, next.sets[set]);
    if (is_by_user(in.request.type) && in.now.sets[set].state == registration_state::registered)
      next.left = in.request.server_name, next.left_at = in.at;
    kept |= next.sets[set].state != registration_state::not_registered;
  }
  if (!next.any_active())
    next.server_name = next.displaced = {};
  if (keep_name && !kept)
    step.answer.result = cx::success_server_name_not_stored;
  step.next = std::move(next);
  return step;
}

/// AUTHENTICATION_FAILURE and AUTHENTICATION_TIMEOUT: what was before the challenge holds again.
sar_step authentication_ended(const assigning& in) {
  auto step = in.refuse(cx::success);
  auto next = in.now;
  auto& state = next.sets[in.set()];
  state.pending &= in.private_index ? ~in.bit() : 0;
  auto pending = std::any_of(next.sets.begin(), next.sets.end(), [](auto& set) { return set.pending != 0; });
  if (!pending && !next.displaced.empty() && in.now.server_name == in.request.server_name)
    next.server_name = std::exchange(next.displaced, {});
  if (!next.any_active())
    next.server_name = next.displaced = {};
  step.next = std::move(next);
  return step;
}

} // namespace

sar_step on(const subscriber& who, const assignment& now, const cx::sar& request, instant at) {
  assigning in{who, now, request, at, who.find_private(request.impi)};
  if (request.server_name.empty())
    return in.refuse(cx::missing_avp);
  if (is_deregistration(request.type))
    return deregistration(in);
  if (request.impus.empty())
    return in.refuse(cx::missing_avp);
  if (request.impus.size() > 1)
    return in.refuse(cx::avp_occurs_too_many_times);
  switch (request.type) {
  case type::registration:
  case type::re_registration: return registration(in);
  case type::unregistered_user: return unregistered_user(in);
  case type::no_assignment: return no_assignment(in);
  case type::authentication_failure:
  case type::authentication_timeout: return authentication_ended(in);
  default: return in.refuse(cx::in_assignment_type);
  }
}

} // namespace troupe::hss
