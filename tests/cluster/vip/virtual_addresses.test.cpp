#include <catch2/catch.hpp>

#include "cluster/vip/virtual_addresses.hpp"

using namespace troupe;
using namespace troupe::cluster;
using namespace troupe::cluster::vip_event;
namespace effect = troupe::cluster::vip_effect;
using phase = virtual_address::phase;
using outcome = vip_answer::outcome;
using effects = std::vector<virtual_address_effect>;

namespace {

const group_id ours{0}, others{1};
const vip_policy policy{{{ours, *parse_ip("192.0.2.10"), ""}}, milliseconds(200), vip_policy{}.announce_after};

instant at(std::int64_t ms) { return {100'000 + ms}; }

answered answer(outcome what, std::string why = {}) { return {0, {what, std::move(why)}}; }

/// One address, stepped through events.
struct run {
  virtual_addresses state = make_virtual_addresses(policy);

  effects give(const virtual_address_event& event, std::int64_t ms) {
    auto step = on(std::move(state), event, at(ms), policy);
    state = std::move(step.next);
    return step.effects;
  }
  const virtual_address& now() const { return state[0]; }
};

/// Held at 0 with a deadline of 700, created at once, announced once.
run installed() {
  run r;
  r.give(hold{ours, at(700)}, 0);
  r.give(answer(outcome::created), 0);
  return r;
}

run reach(phase wanted) {
  auto r = installed();
  switch (wanted) {
  case phase::installed: return r;
  case phase::unknown: return {};
  case phase::installing: r.give(extend{ours, at(1200)}, 500); return r;
  case phase::removing: r.give(release{ours}, 0); return r;
  case phase::absent:
    r.give(release{ours}, 0);
    r.give(answer(outcome::removed), 0);
    return r;
  case phase::foreign:
    r = {};
    r.give(hold{ours, at(700)}, 0);
    r.give(answer(outcome::foreign, "another's"), 0);
    return r;
  }
  return r;
}

const effect::install for_a_second{0, seconds(1)};
const effect::remove removal{0};
const effect::announce announcement{0};

} // namespace

TEST_CASE("every phase of a service address takes every event") {
  struct row {
    phase from;
    virtual_address_event event;
    std::int64_t when;
    phase to;
    effects expected;
  };
  const virtual_address_event held = hold{ours, at(2000)}, extended = extend{ours, at(2000)}, released = release{ours},
                              ticked = tick{};
  auto r = GENERATE_COPY(values<row>({
      {phase::unknown, ticked, 0, phase::removing, {removal}},
      {phase::unknown, held, 1100, phase::installing, {for_a_second}},
      {phase::unknown, extended, 0, phase::removing, {removal}},
      {phase::unknown, released, 0, phase::removing, {removal}},
      {phase::unknown, answer(outcome::created), 0, phase::removing, {removal}},
      {phase::absent, ticked, 0, phase::absent, {}},
      {phase::absent, held, 1100, phase::installing, {for_a_second}},
      {phase::absent, extended, 0, phase::absent, {}},
      {phase::absent, released, 0, phase::absent, {}},
      {phase::absent, answer(outcome::removed), 0, phase::absent, {}},
      {phase::installing, ticked, 600, phase::installing, {}},
      {phase::installing, held, 600, phase::installing, {}},
      {phase::installing, extended, 600, phase::installing, {}},
      {phase::installing, released, 600, phase::installing, {}},
      {phase::installing, answer(outcome::refreshed), 600, phase::installed, {}},
      {phase::installing, answer(outcome::created), 600, phase::installed, {announcement}},
      {phase::installing, answer(outcome::foreign, "so"), 600, phase::foreign, {effect::report{0, "so"}}},
      {phase::installing, answer(outcome::failed, "so"), 600, phase::installed, {effect::report{0, "so"}}},
      {phase::installing, answer(outcome::announced), 600, phase::installing, {}},
      {phase::installing, answer(outcome::not_announced, "so"), 600, phase::installing, {effect::report{0, "so"}}},
      {phase::installed, ticked, 50, phase::installed, {}},
      {phase::installed, ticked, 100, phase::installed, {announcement}},
      {phase::installed, ticked, 700, phase::removing, {removal}},
      {phase::installed, held, 50, phase::installed, {}},
      {phase::installed, extended, 499, phase::installed, {announcement}},
      {phase::installed, extended, 50, phase::installed, {}},
      {phase::installed, released, 50, phase::removing, {removal}},
      {phase::installed, answer(outcome::failed, "so"), 50, phase::installed, {}},
      {phase::foreign, ticked, 50, phase::foreign, {}},
      {phase::foreign, ticked, 200, phase::installing, {announcement, for_a_second}},
      {phase::foreign, ticked, 700, phase::absent, {effect::report{0, ""}}},
      {phase::foreign, held, 1100, phase::installing, {announcement, for_a_second}},
      {phase::foreign, extended, 50, phase::foreign, {}},
      {phase::foreign, released, 50, phase::absent, {effect::report{0, ""}}},
      {phase::foreign, answer(outcome::removed), 50, phase::foreign, {}},
      {phase::removing, ticked, 50, phase::removing, {}},
      {phase::removing, held, 1100, phase::removing, {}},
      {phase::removing, extended, 50, phase::removing, {}},
      {phase::removing, released, 50, phase::removing, {}},
      {phase::removing, answer(outcome::removed), 50, phase::absent, {}},
      {phase::removing, answer(outcome::failed, "so"), 50, phase::unknown, {effect::report{0, "so"}}},
  }));
  auto from = reach(r.from);
  CAPTURE(static_cast<int>(r.from), r.event.index(), r.when);
  REQUIRE(from.now().at == r.from);
  CHECK(from.give(r.event, r.when) == r.expected);
  CHECK(from.now().at == r.to);
}

TEST_CASE("an address lives for the rest of the deadline, rounded up to whole seconds") {
  run r;
  auto rest = GENERATE(table<std::int64_t, int>({{1, 1}, {700, 1}, {1000, 1}, {1001, 2}, {3000, 3}}));
  CHECK(r.give(hold{ours, at(std::get<0>(rest))}, 0) == effects{effect::install{0, seconds(std::get<1>(rest))}});
}

TEST_CASE("it is refreshed when half of its life is over and it would not outlive the deadline anyway") {
  auto r = installed();
  r.give(tick{}, 499);
  CHECK(r.give(tick{}, 500).empty());
  CHECK(r.give(extend{ours, at(1000)}, 550).empty());
  CHECK(r.give(extend{ours, at(1001)}, 560) == effects{for_a_second});
  CHECK(r.give(answer(outcome::refreshed), 561).empty());
  CHECK(r.now().ends == at(1560));
}

TEST_CASE("while the lease is renewed the address never runs out") {
  auto r = installed();
  std::int64_t asked = 0;
  for (std::int64_t ms = 50; ms < 20'000; ms += 50) {
    if (ms % 200 == 50)
      r.give(extend{ours, at(ms - 50 + 700)}, ms); // answered after 50 ms
    r.give(tick{}, ms);
    if (r.now().at == phase::installing) {
      CHECK(ms - asked >= 500);
      CHECK(ms - asked < 750);
      asked = ms;
      r.give(answer(outcome::refreshed), ms);
    }
    REQUIRE(r.now().at == phase::installed);
  }
}

TEST_CASE("another group's events change nothing") {
  auto r = installed();
  auto before = r.state;
  r.give(hold{others, at(5000)}, 50);
  r.give(extend{others, at(5000)}, 50);
  r.give(release{others}, 50);
  CHECK(r.state == before);
}

TEST_CASE("past its deadline an address is removed, and comes back when the lease does") {
  auto r = installed();
  CHECK(r.give(tick{}, 700) == effects{removal});
  CHECK(r.give(answer(outcome::removed), 701).empty());
  CHECK(r.give(extend{ours, at(1500)}, 800) == effects{for_a_second});
  CHECK(r.give(answer(outcome::created), 801) == effects{announcement});
}

TEST_CASE("what was installed too late, after a pause, is removed as soon as the kernel has answered") {
  run r;
  r.give(hold{ours, at(700)}, 0);
  CHECK(r.give(answer(outcome::created), 5000) == effects{removal});
}

TEST_CASE("a release that meets an installing waits for the kernel's answer") {
  auto r = reach(phase::installing);
  CHECK(r.give(release{ours}, 550).empty());
  CHECK(r.give(answer(outcome::refreshed), 560) == effects{removal});
}

TEST_CASE("a hold that meets a removing waits for the kernel's answer") {
  auto r = reach(phase::removing);
  CHECK(r.give(hold{ours, at(700)}, 10).empty());
  CHECK(r.give(answer(outcome::removed), 20) == effects{for_a_second});
}

TEST_CASE("it is announced at once and seven times more within ten seconds") {
  auto r = installed();
  std::vector<std::int64_t> heard;
  for (std::int64_t ms = 50; ms <= 12'000; ms += 50) {
    for (const auto& e : r.give(extend{ours, at(ms + 700)}, ms))
      if (e == virtual_address_effect(announcement))
        heard.push_back(ms);
    if (r.now().at == phase::installing)
      r.give(answer(outcome::refreshed), ms);
  }
  CHECK(heard == std::vector<std::int64_t>{100, 300, 1000, 2000, 4000, 7000, 10'000});
}

TEST_CASE("announcements that a pause has made late are one") {
  auto r = installed();
  CHECK(r.give(extend{ours, at(900)}, 450) == effects{announcement});
  CHECK(r.give(tick{}, 460).empty());
}

TEST_CASE("an announcement that could not be made is reported once and repeated until it works, then all follow") {
  auto r = installed();
  CHECK(r.give(answer(outcome::not_announced, "no carrier"), 0) == effects{effect::report{0, "no carrier"}});
  for (std::int64_t ms = 200; ms < 20'000; ms += 200) {
    r.give(extend{ours, at(ms + 700)}, ms);
    if (r.now().at == phase::installing)
      r.give(answer(outcome::refreshed), ms);
    REQUIRE(r.now().announced == 1);
    CHECK(r.give(answer(outcome::not_announced, "no carrier"), ms).empty());
  }
  CHECK(r.give(tick{}, 20'000) == effects{announcement});
  CHECK(r.give(answer(outcome::announced), 20'000) == effects{effect::report{0, ""}});
  CHECK(r.give(tick{}, 20'100) == effects{announcement});
}

TEST_CASE("an announcement that could not be made is no fault any more when the group is given up") {
  auto r = installed();
  r.give(answer(outcome::not_announced, "no carrier"), 0);
  CHECK(r.give(release{ours}, 50) == effects{effect::report{0, ""}, removal});
}

TEST_CASE("an address that was gone in between is announced anew") {
  auto r = reach(phase::installing);
  r.give(answer(outcome::created), 510);
  CHECK(r.now().announced == 1);
  CHECK(r.give(tick{}, 610) == effects{announcement});
}

TEST_CASE("an address is not announced when it has run out because refreshing fails") {
  auto r = installed();
  r.give(extend{ours, at(5000)}, 600);
  r.give(answer(outcome::failed, "no"), 990);
  CHECK(r.now().at == phase::installed);
  r.give(tick{}, 1190);
  CHECK(r.give(answer(outcome::failed, "no"), 1191).empty());
  CHECK(r.now().at == phase::unknown);
  CHECK(r.give(tick{}, 2100) == effects{effect::install{0, seconds(3)}});
}

TEST_CASE("a failure is tried again, reported once, and reported as over") {
  run r;
  r.give(hold{ours, at(9000)}, 0);
  CHECK(r.give(answer(outcome::failed, "no"), 1) == effects{effect::report{0, "no"}});
  CHECK(r.give(tick{}, 200).empty());
  CHECK(r.give(tick{}, 201) == effects{effect::install{0, seconds(9)}});
  CHECK(r.give(answer(outcome::failed, "no"), 202).empty());
  r.give(tick{}, 402);
  CHECK(r.give(answer(outcome::created), 403) == effects{effect::report{0, ""}, announcement});
}

TEST_CASE("a removal that failed is tried again, and a new hold does not wait for that") {
  auto r = reach(phase::removing);
  r.give(answer(outcome::failed, "no"), 10);
  CHECK(r.give(tick{}, 200).empty());
  SECTION("again") { CHECK(r.give(tick{}, 210) == effects{removal}); }
  SECTION("held") { CHECK(r.give(hold{ours, at(700)}, 100) == effects{for_a_second}); }
}

TEST_CASE("what a former life has left is taken up when it is held, and removed when it is not") {
  run r;
  SECTION("held") {
    r.give(hold{ours, at(700)}, 0);
    CHECK(r.give(answer(outcome::refreshed), 1) == effects{announcement});
  }
  SECTION("not held") {
    CHECK(r.give(tick{}, 0) == effects{removal});
    CHECK(r.give(answer(outcome::removed), 1).empty());
    CHECK(r.give(tick{}, 50).empty());
  }
}

TEST_CASE("an operator's own address is announced while the group is held, and never removed") {
  auto r = reach(phase::foreign);
  CHECK(r.now().announced == 1);
  CHECK(r.give(tick{}, 100) == effects{announcement});
  CHECK(r.give(release{ours}, 150) == effects{effect::report{0, ""}});
  CHECK(r.give(tick{}, 1000).empty());
}

TEST_CASE("when the operator takes his address away ours is installed") {
  auto r = reach(phase::foreign);
  r.give(tick{}, 200);
  CHECK(r.give(answer(outcome::created), 201) == effects{effect::report{0, ""}, announcement});
  CHECK(r.now().at == phase::installed);
}
