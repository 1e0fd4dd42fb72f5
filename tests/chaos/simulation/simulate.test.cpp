#include <catch2/catch.hpp>

#include <iostream>
#include <random>

#include "chaos/simulation/simulate.hpp"

using namespace troupe::simulation;

namespace {

void run(std::uint64_t from, std::uint64_t count, unsigned nodes) {
  for (auto seed = from; seed < from + count; ++seed) {
    auto v = simulate(seed, {nodes, plant::none, false});
    INFO("troupe_simulate --replay " << seed << " --nodes " << nodes);
    REQUIRE(v.violated == "");
  }
}

} // namespace

TEST_CASE("one seed gives one schedule: the same events in the same order") {
  auto first = simulate(17, {}), again = simulate(17, {}), traced = simulate(17, {3, plant::none, true});
  CHECK(first.hash == again.hash);
  CHECK(first.hash == traced.hash);
  CHECK(first.events == traced.events);
  CHECK(first.trace.empty());
  CHECK_FALSE(traced.trace.empty());
  CHECK(first.hash != simulate(18, {}).hash);
}

TEST_CASE("in 300 fixed schedules every invariant holds") {
  run(1, 180, 3);
  run(1000, 40, 2);
  run(2000, 40, 4);
  run(3000, 40, 5);
}

TEST_CASE("in 200 fresh schedules every invariant holds") {
  std::uint64_t from = std::random_device{}();
  std::cout << "fresh seeds from " << from << std::endl;
  run(from, 200, 3);
}

TEST_CASE("each planted fault is found within 500 seeds") {
  auto planted = GENERATE(plant::fencing_off, plant::epoch_inverted, plant::lost_handover_update, plant::early_100,
                          plant::frozen_gate, plant::reused_epoch, plant::lost_delete, plant::lease_from_reply);
  auto seed = first_found({3, planted, false}, 1, 500);
  INFO(plant_names[static_cast<std::size_t>(planted)]);
  REQUIRE(seed);
  std::cout << plant_names[static_cast<std::size_t>(planted)] << ": found by seed " << *seed << std::endl;
}
