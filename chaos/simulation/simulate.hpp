// One seeded schedule of a whole cluster in virtual time, and what came of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "chaos/simulation/world.hpp"

namespace troupe::simulation {

struct verdict {
  std::string violated; ///< empty: every invariant held
  std::uint64_t hash = 0;
  std::uint64_t events = 0;
  std::vector<std::string> trace; ///< with settings::keep_trace
};

/// The same seed and settings give the same hash.
verdict simulate(std::uint64_t seed, const settings& given);

/// The first of `most` seeds from `from` in which an invariant does not hold.
std::optional<std::uint64_t> first_found(const settings& given, std::uint64_t from, std::uint64_t most);

std::optional<plant> plant_of(std::string_view name);

} // namespace troupe::simulation
