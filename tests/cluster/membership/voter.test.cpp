#include <catch2/catch.hpp>

#include "cluster/membership/voter.hpp"
#include "cluster/membership/watch.hpp"

using namespace troupe;
using namespace troupe::cluster;

namespace {

const lease_policy policy;
const node_id a{1}, b{2};

instant at(std::int64_t ms) { return {100'000 + ms}; }

} // namespace

TEST_CASE("a promise and a vote against the same life exclude each other for a second") {
  voter v;
  SECTION("no vote after a promise") {
    CHECK(promise_to(v, a, 1, at(0), policy));
    CHECK_FALSE(vote_against(v, a, 1, false, at(999), policy));
    CHECK(vote_against(v, a, 1, false, at(1000), policy));
  }
  SECTION("no promise after a vote") {
    CHECK(vote_against(v, a, 1, false, at(0), policy));
    CHECK_FALSE(promise_to(v, a, 1, at(999), policy));
    CHECK(promise_to(v, a, 1, at(1000), policy));
  }
  SECTION("another node's or life's promise is another matter") {
    CHECK(promise_to(v, a, 1, at(0), policy));
    CHECK(promise_to(v, a, 2, at(0), policy));
    CHECK(vote_against(v, b, 1, false, at(0), policy));
    CHECK_FALSE(vote_against(v, a, 1, false, at(1), policy));
    CHECK_FALSE(vote_against(v, a, 2, false, at(1), policy));
  }
  SECTION("a promise to a life that has ended for certain binds nobody") {
    CHECK(promise_to(v, a, 1, at(0), policy));
    CHECK(vote_against(v, a, 1, true, at(1), policy));
  }
}

TEST_CASE("a node that has just started votes on nobody: it does not know what it promised before") {
  voter v;
  v.silent_until = at(1000);
  CHECK_FALSE(vote_against(v, a, 1, false, at(999), policy));
  CHECK_FALSE(vote_against(v, a, 1, true, at(999), policy));
  CHECK(vote_against(v, a, 1, false, at(1000), policy));
}

TEST_CASE("words whose time is over are not kept") {
  voter v;
  for (int i = 0; i < 100; ++i)
    promise_to(v, a, static_cast<incarnation>(i), at(2000 * i), policy);
  CHECK(v.promises.size() == 1);
}

TEST_CASE("a counter's second runs from the answer that showed it to the asking of the one that still shows it") {
  watch w;
  observe(w, {a}, {{a, 1, 5}}, at(0), at(90), policy);
  for (int t = 200; t <= 1000; t += 200) {
    observe(w, {a}, {{a, 1, 5}}, at(t), at(t + 90), policy);
    CHECK(is_live(*find(w, a), w.last_asked, policy)); // asked at 1000 it has stood 910 ms
  }
  observe(w, {a}, {{a, 1, 5}}, at(1200), at(1290), policy);
  CHECK_FALSE(is_live(*find(w, a), w.last_asked, policy));
  observe(w, {a}, {{a, 1, 6}}, at(1400), at(1410), policy);
  CHECK(is_live(*find(w, a), w.last_asked, policy));
}

TEST_CASE("who could not read the store begins every second anew") {
  watch w;
  observe(w, {a}, {{a, 1, 5}}, at(0), at(1), policy);
  observe(w, {a}, {{a, 1, 5}}, at(1500), at(1501), policy);
  CHECK(is_live(*find(w, a), w.last_asked, policy));
}

TEST_CASE("a member without a record is not live, and a record that the store lost is remembered") {
  watch w;
  observe(w, {a, b}, {{a, 3, 5}}, at(0), at(1), policy);
  CHECK_FALSE(is_live(*find(w, b), w.last_asked, policy));
  observe(w, {a, b}, {{a, 2, 9}}, at(200), at(201), policy);
  CHECK(find(w, a)->last == life_record{a, 3, 5});
}

TEST_CASE("a life that was said to be dead stays dead, its successor is live") {
  watch w;
  observe(w, {a}, {{a, 1, 5}}, at(0), at(1), policy);
  note_dead(w, a, 1);
  observe(w, {a}, {{a, 1, 6}}, at(200), at(201), policy);
  CHECK_FALSE(is_live(*find(w, a), w.last_asked, policy));
  observe(w, {a}, {{a, 2, 1}}, at(400), at(401), policy);
  CHECK(is_live(*find(w, a), w.last_asked, policy));
}
