#include "chaos/simulation/simulate.hpp"

#include <algorithm>
#include <iterator>

#include "chaos/simulation/node.hpp"

namespace troupe::simulation {

verdict simulate(std::uint64_t seed, const settings& given) {
  world w(seed, given);
  verdict out;
  try {
    w.run();
  } catch (const violation& v) {
    out.violated = v.what();
  }
  out.hash = w.log.hash();
  out.events = w.time.steps();
  out.trace = w.log.lines();
  return out;
}

std::optional<std::uint64_t> first_found(const settings& given, std::uint64_t from, std::uint64_t most) {
  for (auto seed = from; seed < from + most; ++seed)
    if (!simulate(seed, given).violated.empty())
      return seed;
  return std::nullopt;
}

std::optional<plant> plant_of(std::string_view name) {
  auto found = std::find(std::begin(plant_names), std::end(plant_names), name);
  if (found == std::end(plant_names))
    return std::nullopt;
  return static_cast<plant>(found - std::begin(plant_names));
}

} // namespace troupe::simulation
