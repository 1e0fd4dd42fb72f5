#include <catch2/catch.hpp>

#include "cluster/membership/membership.hpp"

using namespace troupe;
using namespace troupe::cluster;
using namespace troupe::cluster::member_event;
namespace effect = troupe::cluster::member_effect;
using phase = membership::phase;
using kind = member_message::kind;

namespace {

const lease_policy policy;
const node_id a{1}, b{2}, c{3};
constexpr std::uint64_t run = 77;

instant at(std::int64_t ms) { return {100'000 + ms}; }

renewed answer(std::uint64_t sequence, std::vector<life_record> records = {}) {
  return {sequence, run, 1, run, 1, false, std::move(records)};
}

template <class Effect>
std::vector<Effect> all(const membership_step& step) {
  std::vector<Effect> out;
  for (const auto& e : step.effects)
    if (auto found = std::get_if<Effect>(&e))
      out.push_back(*found);
  return out;
}

membership fresh(std::vector<node_id> view = {a, b, c}) {
  return make_membership(a, 5, std::move(view), at(0), policy);
}

/// Renews every 200 ms until `until`; the others' counters stand except where `moving`.
membership serving(std::int64_t until, bool moving, std::vector<node_id> view = {a, b, c}) {
  auto m = fresh(std::move(view));
  for (std::int64_t t = 0; t <= until; t += 200) {
    m = on(m, tick{}, at(t), policy).next;
    auto counter = moving ? static_cast<std::uint64_t>(t) : 1;
    m = on(m, renewed{answer(m.own.sequence, {{a, 5, 1}, {b, 3, counter}, {c, 4, static_cast<std::uint64_t>(t)}})},
           at(t + 1), policy)
            .next;
  }
  return m;
}

membership stopped() { return on(serving(0, true), tick{}, at(701), policy).next; }

heard word(node_id from, kind what, node_id about, incarnation life, std::uint64_t number) {
  return {from, {what, about, life, number, {}}};
}

} // namespace

TEST_CASE("a node joins with its first confirmed renewal and is told until when it may serve") {
  auto step = on(fresh(), tick{}, at(0), policy);
  CHECK(all<effect::store_renew>(step) == std::vector{effect::store_renew{1}});
  CHECK(all<effect::send_link>(step).empty());
  step = on(step.next, answer(1), at(150), policy);
  CHECK(step.next.at == phase::serving);
  CHECK(all<effect::new_generation>(step) == std::vector{effect::new_generation{1, at(1150)}});
  CHECK(all<effect::extend>(step) == std::vector{effect::extend{at(700), 1}});
}

TEST_CASE("it renews every 200 ms, and only while every shard ticks") {
  auto m = serving(0, true);
  CHECK(all<effect::store_renew>(on(m, tick{}, at(199), policy)).empty());
  CHECK(all<effect::store_renew>(on(m, tick{false}, at(200), policy)).empty());
  auto step = on(m, tick{}, at(200), policy);
  CHECK(all<effect::store_renew>(step).size() == 1);
  CHECK(all<effect::send_link>(step).size() == 2);
}

TEST_CASE("past its deadline a life stops, whatever event it wakes up to") {
  auto m = serving(0, true);
  auto event =
      GENERATE(membership_event(tick{}), membership_event(answer(2)), membership_event(word(b, kind::promise, a, 5, 1)),
               membership_event(word(b, kind::ask_vote, c, 4, 1)));
  CHECK(on(m, event, at(699), policy).next.at == phase::serving);
  auto step = on(m, event, at(700), policy);
  CHECK(step.next.at == phase::stopped);
  CHECK(step.effects == std::vector<membership_effect>{effect::discard_and_restart{}});
}

TEST_CASE("a stopped life does nothing more") {
  auto event = GENERATE(
      membership_event(tick{}), membership_event(answer(9)), membership_event(word(b, kind::dead, b, 3, 0)),
      membership_event(word(b, kind::ask_promise, b, 3, 1)), membership_event(word(b, kind::ask_vote, c, 4, 1)));
  auto step = on(stopped(), event, at(800), policy);
  CHECK(step.next.at == phase::stopped);
  CHECK(step.next == on(stopped(), tick{}, at(800), policy).next);
}

TEST_CASE("a life that was replaced or marked dead stops at once") {
  auto e = answer(2);
  e.replaced = true;
  CHECK(on(serving(0, true), e, at(100), policy).next.at == phase::stopped);
}

TEST_CASE("a renewal that no replica has does not count") {
  auto m = on(fresh(), tick{}, at(0), policy).next;
  auto e = answer(1);
  e.replicas = 0;
  e.generation = 9;
  auto step = on(m, e, at(1), policy);
  CHECK(step.next.at == phase::joining);
  CHECK(step.next.generation == 0);
  CHECK(step.effects.empty());
}

TEST_CASE("answers out of order, too old or unasked change nothing") {
  auto m = serving(400, true);
  auto number = GENERATE(1, 2, 3);
  CHECK(on(m, answer(static_cast<std::uint64_t>(number)), at(450), policy).next == m);
  CHECK(all<effect::extend>(on(m, answer(99), at(450), policy)).empty());
}

TEST_CASE("another server process, or a generation lower than was seen, has the generation raised") {
  auto m = on(serving(0, true), tick{}, at(200), policy).next;
  auto e = answer(2);
  SECTION("another run") { e.run = 78; }
  SECTION("a lower generation") {
    m.generation = 4;
    e.generation = 3;
  }
  auto step = on(m, e, at(201), policy);
  auto above = std::max(m.generation, e.generation);
  CHECK(step.effects == std::vector<membership_effect>{effect::store_raise_generation{e.run, above}});
  CHECK(step.next.own.store == m.own.store);
}

TEST_CASE("a new generation forbids claims for a second and begins every observation anew") {
  auto m = on(serving(1200, false), tick{}, at(1400), policy).next;
  REQUIRE_FALSE(m.ballots.empty());
  auto e = answer(m.own.sequence, {{b, 3, 1}});
  e.generation = 2;
  auto step = on(m, e, at(1401), policy);
  CHECK(all<effect::new_generation>(step) == std::vector{effect::new_generation{2, at(2401)}});
  CHECK(step.next.ballots.empty());
  CHECK(all<effect::send_link>(on(step.next, tick{}, at(1402), policy)).empty());
}

TEST_CASE("promises are given only while the store is away, so that who alone cannot reach it can be claimed from") {
  auto m = serving(0, true);
  auto ask = word(b, kind::ask_promise, b, 3, 9);
  CHECK(all<effect::send_link>(on(m, ask, at(300), policy)).empty());
  auto step = on(m, ask, at(500), policy);
  CHECK(all<effect::send_link>(step) == std::vector{effect::send_link{b, {kind::promise, b, 3, 9, {}}}});
}

TEST_CASE("a peer's promise extends the lease of this life, counted from the asking") {
  auto m = on(serving(0, true), tick{}, at(200), policy).next;
  CHECK(all<effect::extend>(on(m, word(b, kind::promise, a, 5, 2), at(300), policy)) ==
        std::vector{effect::extend{at(900), 1}});
  CHECK(all<effect::extend>(on(m, word(b, kind::promise, a, 4, 2), at(300), policy)).empty());
  CHECK(all<effect::extend>(on(m, word(b, kind::promise, a, 5, 7), at(300), policy)).empty());
}

TEST_CASE("a counter that stood for a second is put to the vote, and the majority's yes makes it gone") {
  auto m = serving(1000, false);
  auto step = on(m, tick{}, at(1050), policy);
  CHECK(all<effect::gone>(step) ==
        std::vector{effect::gone{{b, 2, 0, true}}, effect::gone{{c, 3, 0, true}}}); // earlier lives
  m = serving(1200, false);
  step = on(m, tick{}, at(1250), policy);
  REQUIRE(step.next.ballots.size() == 1);
  auto number = step.next.ballots[0].number;
  auto yes = word(c, kind::vote, b, 3, number);
  SECTION("in time") {
    auto counted = on(step.next, yes, at(1300), policy);
    CHECK(all<effect::gone>(counted) == std::vector{effect::gone{{b, 3, 1, false}}});
    CHECK(all<effect::gone>(on(counted.next, yes, at(1301), policy)).empty());
  }
  SECTION("too late: its giver may have promised again") {
    auto late = step.next;
    late.own.store = at(1900);
    CHECK(all<effect::gone>(on(late, yes, at(1950), policy)).empty());
  }
  SECTION("of another ballot") {
    CHECK(all<effect::gone>(on(step.next, word(c, kind::vote, b, 3, number + 1), at(1300), policy)).empty());
  }
}

TEST_CASE("of two members the one that reads the store decides alone") {
  auto step = on(serving(1200, false, {a, b}), tick{}, at(1250), policy);
  CHECK(all<effect::gone>(step).back() == effect::gone{{b, 3, 1, false}});
  CHECK(step.next.ballots.empty());
}

TEST_CASE("nobody is suspected whose counter moves, nor within a second of the start") {
  CHECK(on(serving(1200, true), tick{}, at(1250), policy).next.ballots.empty());
  CHECK(all<effect::gone>(on(serving(800, false), tick{}, at(850), policy)).empty());
}

TEST_CASE("a parent's word permits a claim at once and once, by link or by store") {
  auto m = on(serving(1200, true), tick{}, at(1250), policy).next;
  auto dead = word(c, kind::dead, b, 3, 0);
  auto step = on(m, dead, at(1260), policy);
  CHECK(all<effect::gone>(step) == std::vector{effect::gone{{b, 3, 0, true}}});
  CHECK(all<effect::gone>(on(step.next, dead, at(1270), policy)).empty());
}

TEST_CASE("the victim is on neither side of its own ballot") {
  auto m = serving(1200, true);
  CHECK(all<effect::send_link>(on(m, word(b, kind::ask_vote, a, 5, 1), at(1210), policy)).empty());
  CHECK(all<effect::send_link>(on(m, word(b, kind::ask_vote, c, 4, 1), at(1210), policy)) ==
        std::vector{effect::send_link{b, {kind::vote, c, 4, 1, {}}}});
}

TEST_CASE("live nodes are those whose counters move, and the node itself while it serves") {
  CHECK(live_nodes(serving(1200, true), policy) == std::vector{a, b, c});
  CHECK(live_nodes(serving(1200, false), policy) == std::vector{a, c});
  CHECK(live_nodes(fresh(), policy).empty());
}

TEST_CASE("a member's message is read back, a later version's fields and all, and damage never crashes") {
  member_message m{kind::ask_vote, b, 300, 70'000, "later"};
  auto octets = encode(m);
  CHECK(decode_member_message(octets) == m);
  m.unknown.clear();
  octets = encode(m);
  for (std::size_t i = 0; i < octets.size(); ++i) {
    CHECK_FALSE(decode_member_message(std::string_view(octets).substr(0, i)));
    auto turned = octets;
    turned[i] = static_cast<char>(turned[i] ^ 0xff);
    if (auto read = decode_member_message(turned))
      CHECK(decode_member_message(encode(*read)) == read);
  }
}
