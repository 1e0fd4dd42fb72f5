#include "actors/supervision/wheel.hpp"

#include <catch2/catch.hpp>
#include <map>
#include <memory>
#include <vector>

#include "protocols/base/random.hpp"

using namespace troupe;

namespace {

struct probe : wheel::entry {
  instant* now = nullptr;
  std::vector<instant> fired;
  void fire() override { fired.push_back(*now); }
};

} // namespace

TEST_CASE("a timer fires once, at most one tick late and never early") {
  instant now{1'000'000};
  wheel w(now);
  random_source random(7);
  std::vector<std::unique_ptr<probe>> probes;
  for (int i = 0; i < 5'000; ++i) {
    probes.push_back(std::make_unique<probe>());
    probes.back()->now = &now;
    w.arm(*probes.back(), now + milliseconds(static_cast<std::int64_t>(random.below(100'000'000))));
  }
  while (auto due = w.next_due()) {
    now = std::max(now, *due);
    w.advance(now);
  }
  for (auto& p : probes) {
    REQUIRE(p->fired.size() == 1);
    CHECK(p->fired[0] >= p->deadline());
    CHECK(p->fired[0] < p->deadline() + wheel::tick);
  }
}

TEST_CASE("a cancelled timer does not fire, and one that is armed again fires at its new time only") {
  instant now{0};
  wheel w(now);
  probe gone, moved;
  gone.now = moved.now = &now;
  w.arm(gone, {500});
  w.arm(moved, {500});
  gone.cancel();
  w.arm(moved, {5'000});
  CHECK(w.size() == 1);
  for (; now.ms <= 10'000; now.ms += 10)
    w.advance(now);
  CHECK(gone.fired.empty());
  CHECK(moved.fired == std::vector<instant>{{5'000}});
  CHECK(w.size() == 0);
}

TEST_CASE("a timer may arm itself and cancel others while it fires") {
  struct repeating : wheel::entry {
    wheel* w = nullptr;
    wheel::entry* victim = nullptr;
    int count = 0;
    void fire() override {
      victim->cancel();
      if (++count < 4)
        w->arm(*this, deadline() + milliseconds(2'560)); // the same slot of the lowest level
    }
  };
  instant now{0};
  wheel w(now);
  repeating r;
  probe victim;
  victim.now = &now;
  r.w = &w;
  r.victim = &victim;
  w.arm(r, {20});
  w.arm(victim, {20});
  for (; now.ms <= 20'000; now.ms += 10)
    w.advance(now);
  CHECK(r.count == 4);
  CHECK(victim.fired.empty());
}

TEST_CASE("a deadline in the past fires with the next advance, also after a long stop") {
  instant now{10'000};
  wheel w(now);
  w.advance(now);
  probe p;
  p.now = &now;
  w.arm(p, {2'000});
  now = {500'000'000};
  CHECK(w.advance(now) == 1);
}

TEST_CASE("a timer that is destroyed is no longer in the wheel") {
  wheel w({0});
  {
    probe p;
    w.arm(p, {100});
  }
  CHECK(w.size() == 0);
  CHECK(w.advance({1'000}) == 0);
}
