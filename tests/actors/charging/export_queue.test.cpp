#include "actors/charging/export_queue.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using store::outcome;

namespace {

constexpr instant now{1'000'000};
using keys = std::vector<std::string>;

keys keys_of(const export_queue::flight* of) {
  keys out;
  if (of)
    for (auto& each : of->records)
      out.push_back(each.key);
  return out;
}

export_queue filled(milliseconds settles, int count, std::size_t most = 10) {
  export_queue out(settles, most);
  for (int i = 0; i < count; ++i)
    out.add(std::to_string(i), false);
  return out;
}

} // namespace

TEST_CASE("records are written in their order, so many at once, one write after the other") {
  auto queue = filled(milliseconds(0), 3, 2);
  CHECK(keys_of(queue.take_off(now)) == keys{"0", "1"});
  CHECK(queue.take_off(now) == nullptr);
  CHECK(queue.unwritten() == 3);
  CHECK_FALSE(queue.next(now));
  CHECK(queue.land(outcome::stored, 2, now) == keys{"0", "1"});
  CHECK(queue.next(now) == now);
  CHECK(keys_of(queue.take_off(now)) == keys{"2"});
  CHECK(queue.land(outcome::stored, 1, now) == keys{"2"});
  CHECK(queue.unwritten() == 0);
  CHECK_FALSE(queue.next(now));
}

TEST_CASE("what could not be written comes again first, in its order, as seen") {
  auto queue = filled(milliseconds(0), 3, 2);
  queue.take_off(now);
  CHECK(queue.land(outcome::failed, 0, now).empty());
  auto* again = queue.take_off(now);
  REQUIRE(keys_of(again) == keys{"0", "1"});
  CHECK(again->records[0].seen);
  CHECK(queue.land(outcome::stored, 0, now) == keys{"0", "1"});
  CHECK_FALSE(queue.take_off(now)->records[0].seen);
}

TEST_CASE("where a fail-over can forget what was written, it is written once more after a while, and only then done") {
  auto queue = filled(seconds(12), 1);
  queue.take_off(now);
  CHECK(queue.land(outcome::stored, 1, now).empty());
  CHECK(queue.settling() == 1);
  CHECK(queue.next(now) == now + seconds(12));
  CHECK(queue.take_off(now + seconds(11)) == nullptr);
  auto* again = queue.take_off(now + seconds(12));
  REQUIRE(keys_of(again) == keys{"0"});
  CHECK(again->again);
  CHECK(queue.land(outcome::stored, 0, now + seconds(12)) == keys{"0"});
  CHECK(queue.settling() == 0);
}

TEST_CASE("what a fail-over had forgotten has to settle anew") {
  auto queue = filled(seconds(12), 1);
  queue.take_off(now);
  queue.land(outcome::stored, 1, now);
  queue.take_off(now + seconds(12));
  CHECK(queue.land(outcome::stored, 1, now + seconds(12)).empty());
  CHECK(queue.next(now + seconds(12)) == now + seconds(24));
}

TEST_CASE("what settles does not wait behind what is new, nor what is new behind what settles") {
  auto queue = filled(seconds(12), 1);
  queue.take_off(now);
  queue.land(outcome::stored, 1, now);
  queue.add("new", false);
  CHECK(keys_of(queue.take_off(now + seconds(1))) == keys{"new"});
  queue.land(outcome::stored, 1, now + seconds(1));
  queue.add("newer", false);
  CHECK(keys_of(queue.take_off(now + seconds(12))) == keys{"0"});
  CHECK(queue.land(outcome::failed, 0, now + seconds(12)).empty());
  CHECK(queue.settling() == 2);
  CHECK(keys_of(queue.take_off(now + seconds(12))) == keys{"0"});
}

TEST_CASE("what another node has got meanwhile is none of ours any more") {
  auto queue = filled(seconds(12), 2);
  queue.take_off(now);
  CHECK(queue.land(outcome::fenced, 0, now).empty());
  CHECK(queue.unwritten() == 0);
  CHECK(queue.settling() == 0);
}
