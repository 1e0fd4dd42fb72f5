// What an S-CSCF must be told when a subscription is changed: TS 29.228 clauses 6.1.3 (RTR) and 6.2.2 (PPR).
#pragma once

#include <functional>

#include "actors/roles/hss/subscriber.hpp"

namespace troupe::hss {

struct notices {
  diameter_end to{}; ///< where the S-CSCF of all of them is
  std::vector<cx::rtr> terminations;
  std::vector<cx::ppr> profiles;

  bool empty() const noexcept { return terminations.empty() && profiles.empty(); }
};

/// `after` null: the subscription is removed. An RTR for identities that are gone, a PPR for each set that is served and
/// whose profile or charging addresses have changed. `user_data` makes the new profile of a set.
notices notices_of(const subscriber& before, const assignment& state, const subscriber* after,
                   const std::function<std::shared_ptr<const std::string>(std::size_t set)>& user_data);

} // namespace troupe::hss
