// Whether and when a process that died is started again: a value, time passed in.
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "protocols/base/time.hpp"

namespace troupe::cluster {

struct restart_policy {
  /// Doubling with each death that is remembered. Not at once: a new life may claim nothing for a second, and would be in
  /// the way of others who may.
  milliseconds first{500}, longest{5'000};
  std::size_t deaths = 5; ///< so many within `within`, and it is given up
  milliseconds within{60'000};
};

struct restarts {
  std::vector<instant> deaths; ///< those within `within`
};

/// Notes a death at `now`: how long to wait before the next start, or nothing, when that is to be given up.
inline std::optional<milliseconds> next_start(restarts& r, instant now, const restart_policy& policy) {
  std::erase_if(r.deaths, [&](instant at) { return at + policy.within <= now; });
  r.deaths.push_back(now);
  if (r.deaths.size() >= policy.deaths)
    return std::nullopt;
  auto wait = policy.first;
  for (auto again = r.deaths.size(); again > 1 && wait < policy.longest; --again)
    wait *= 2;
  return std::min(wait, policy.longest);
}

} // namespace troupe::cluster
