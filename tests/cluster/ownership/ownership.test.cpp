#include <catch2/catch.hpp>

#include <algorithm>

#include "cluster/ownership/ownership.hpp"

using namespace troupe;
using namespace troupe::cluster;
using namespace troupe::cluster::owner_event;
namespace effect = troupe::cluster::owner_effect;
using phase = holding::phase;
using asking = ownership::asking;
using outcome = map_changed::outcome;

namespace {

const node_id a{1}, b{2};
const group_id one{0};
const token granted_token{1, 1, 5};

instant at(std::int64_t ms) { return {100'000 + ms}; }

ownership_policy policy_of(std::size_t groups = 1) {
  ownership_policy p;
  p.members = {{a, 1, false}, {b, 1, false}};
  p.groups = groups;
  return p;
}
const ownership_policy policy = policy_of();

ownership_step step(ownership s, const ownership_event& e, std::int64_t when = 2000) {
  return on(std::move(s), e, at(when), policy);
}

template <class Effect>
std::optional<Effect> find(const ownership_step& s) {
  for (const auto& e : s.effects)
    if (auto found = std::get_if<Effect>(&e))
      return *found;
  return std::nullopt;
}

cluster_map map_with(std::uint64_t version, node_id owner, const token& by) {
  auto map = make_map(policy.members, 1);
  map.version = version;
  map.groups[0] = {owner, by};
  return map;
}

/// Joined, alone, with the map read.
ownership with_map(const cluster_map& map, std::vector<node_id> live = {a}) {
  auto s = step(make_ownership(a, 5, policy), new_generation{1, at(1000)}, 0).next;
  s.live = std::move(live);
  s.serving = true;
  return step(s, map_read{s.request, map}).next;
}

/// The group in each phase, by a claim of our own.
ownership state(phase at_phase) {
  auto s = with_map({});
  if (at_phase == phase::none)
    return s;
  s = step(s, map_changed{s.request, outcome::done}).next;
  if (at_phase == phase::granted)
    return s;
  s = step(s, replicated{s.request, 1}).next;
  if (at_phase == phase::opening)
    return s;
  s = step(s, opened{one, granted_token, granted_token}).next;
  if (at_phase == phase::owned)
    return s;
  s = step(s, new_generation{2, at(3000)}).next;
  s = step(s, map_read{s.request, map_with(1, a, granted_token)}).next;
  return step(s, map_changed{s.request, outcome::done}).next;
}

/// Owned, and the grant to b asked for.
ownership handing() {
  auto s = state(phase::owned);
  s = step(s, tick{{a, b}, true, 1}, 2000).next;
  s.map.members[0].draining = s.drain = true; // so that the proposal is b
  s = step(s, tick{{a, b}, true, 1}, 5000).next;
  s = step(s, content{one, "all"}, 5000).next;
  s = step(s, owner_event::heard{b, {handover_message::kind::acknowledge, one, 1, 1, {0, 0, 8}, {}, {}}}, 5010).next;
  return step(s, owner_event::flushed{one}, 5020).next;
}

} // namespace

TEST_CASE("without a map the first one is made, with what the node claims for itself") {
  auto s = with_map({});
  CHECK(s.asked == asking::change);
  CHECK(s.proposed == map_with(1, a, granted_token));
}

TEST_CASE("a grant is served when it is replicated, the fence raised and the values read") {
  auto s = step(state(phase::none), map_changed{state(phase::none).request, outcome::done});
  CHECK(s.next.groups[0].at == phase::granted);
  REQUIRE(find<effect::store_wait>(s));
  auto none = step(s.next, replicated{s.next.request, 0});
  CHECK(none.next.groups[0].at == phase::granted);
  s = step(s.next, replicated{s.next.request, 1});
  CHECK(find<effect::open_group>(s) == effect::open_group{one, granted_token, false});
  CHECK(route(s.next, one, 0).what == direction::kind::not_owner);
  s = step(s.next, opened{one, granted_token, granted_token});
  CHECK(find<effect::take_group>(s) == effect::take_group{one, granted_token});
  CHECK(find<effect::install_addresses>(s));
  CHECK(route(s.next, one, 0).what == direction::kind::serve);
}

TEST_CASE("whether a change's answer was lost does not matter: the stored map says who was granted") {
  auto s = state(phase::none);
  auto late = step(s, tick{{a}, true, 0}, 2400); // beyond the patience
  REQUIRE(find<effect::store_read_map>(late));
  auto read = step(late.next, map_read{late.next.request, s.proposed}, 2401);
  CHECK(read.next.groups[0].at == phase::granted);
}

TEST_CASE("an entry that names a former life or a former generation is no grant, it is claimed anew") {
  auto by = GENERATE(token{1, 4, 4}, token{0, 4, 5});
  auto s = with_map(map_with(7, a, by));
  CHECK(s.groups[0].at == phase::none);
  CHECK(s.proposed.groups[0] == map_entry{a, {1, 5, 5}});
}

TEST_CASE("a group of a living node is left alone; of one that is gone, claimed with the proof") {
  auto s = with_map(map_with(7, b, {1, 4, 3}));
  CHECK(s.asked == asking::nothing);
  SECTION("a proof binds the victim's counter") {
    auto claim = step(s, gone{{b, 3, 17, false}});
    auto change = find<effect::store_compare_and_set>(claim);
    REQUIRE(change);
    CHECK(change->generation == 1);
    CHECK(change->map.version == 8);
    CHECK(change->map.groups[0] == map_entry{a, {1, 5, 5}});
    CHECK(change->proofs == std::vector{evidence{b, 3, 17, false}});
    auto refused = step(claim.next, map_changed{claim.next.request, outcome::moved});
    CHECK(refused.next.gone.empty());
  }
  SECTION("a certain one needs none") {
    auto change = find<effect::store_compare_and_set>(step(s, gone{{b, 3, 0, true}}));
    REQUIRE(change);
    CHECK(change->proofs.empty());
  }
  SECTION("an earlier life's end says nothing of this one") {
    CHECK_FALSE(find<effect::store_compare_and_set>(step(s, gone{{b, 2, 0, true}})));
  }
  SECTION("not within a second of a new generation, nor while this node does not serve") {
    auto early = s;
    early.claims_after = at(2500);
    CHECK_FALSE(find<effect::store_compare_and_set>(step(early, gone{{b, 3, 0, true}})));
    s.serving = false;
    CHECK_FALSE(find<effect::store_compare_and_set>(step(s, gone{{b, 3, 0, true}})));
  }
}

TEST_CASE("another generation has an owner's entry written anew, and its values, while it goes on serving") {
  auto s = step(state(phase::owned), new_generation{2, at(3000)});
  REQUIRE(find<effect::store_read_map>(s));
  s = step(s.next, map_read{s.next.request, map_with(1, a, granted_token)});
  auto change = find<effect::store_compare_and_set>(s);
  REQUIRE(change);
  CHECK(change->map.groups[0] == map_entry{a, {2, 2, 5}});
  s = step(s.next, map_changed{s.next.request, outcome::done});
  CHECK(find<effect::rewrite_group>(s) == effect::rewrite_group{one, {2, 2, 5}});
  CHECK(route(s.next, one, 0).what == direction::kind::serve);
  s = step(s.next, opened{one, {2, 2, 5}, {2, 2, 5}});
  CHECK(find<effect::take_group>(s) == effect::take_group{one, {2, 2, 5}});
  CHECK(s.next.groups[0].at == phase::owned);
}

TEST_CASE("whoever remembers a newer entry than the store has puts it back") {
  auto s = with_map(map_with(7, b, {1, 4, 3}));
  s = step(s, new_generation{2, at(3000)}).next;
  auto lost = step(s, map_read{s.request, map_with(6, a, {1, 3, 5})});
  auto change = find<effect::store_compare_and_set>(lost);
  REQUIRE(change);
  CHECK(change->map.groups[0] == map_entry{b, {1, 4, 3}});
}

TEST_CASE("a grant that the former store made last is not taken up under another generation") {
  auto s = step(state(GENERATE(phase::granted, phase::opening)), new_generation{2, at(3000)}).next;
  CHECK(s.groups[0].at == phase::none);
  CHECK(s.groups[0].ended == granted_token);
}

TEST_CASE("a newer token in any answer ends a group here, in every phase") {
  auto from = GENERATE(phase::granted, phase::opening, phase::owned, phase::renewing);
  auto s = step(state(from), overtaken{one, {9, 9, 9}});
  CHECK(s.next.groups[0].at == phase::none);
  bool served = from == phase::owned || from == phase::renewing;
  CHECK(find<effect::give_up_group>(s).has_value() == served);
  CHECK(find<effect::remove_addresses>(s).has_value() == served);
  CHECK(step(state(from), overtaken{one, granted_token}).next.groups[0].at == from);
}

TEST_CASE("a group that ended here is released in the map, so that others may have it") {
  auto s = step(state(phase::owned), overtaken{one, {1, 2, 9}}).next;
  s.claims_after = at(9000);
  auto read = step(s, map_read{s.request, map_with(1, a, granted_token)});
  auto change = find<effect::store_compare_and_set>(read);
  REQUIRE(change);
  CHECK(change->map.groups[0] == map_entry{node_id::none, granted_token});
}

TEST_CASE("a hand-over is granted by the map; its outcome decides who serves") {
  auto s = handing();
  REQUIRE(s.proposed.groups.size() == 1);
  CHECK(s.proposed.groups[0] == map_entry{b, {1, 2, 8}});
  SECTION("made") {
    auto done = step(s, map_changed{s.request, outcome::done}, 5030);
    CHECK(find<effect::give_up_group>(done) == effect::give_up_group{one, b});
    CHECK(find<effect::remove_addresses>(done));
    CHECK(route(done.next, one, 0) == direction{direction::kind::forward, b, 0});
    CHECK(route(done.next, one, 2).what == direction::kind::not_owner);
  }
  SECTION("refused") {
    auto refused = step(s, map_changed{s.request, outcome::other_version}, 5030);
    CHECK(find<effect::resume_group>(refused) == effect::resume_group{one, granted_token});
  }
  SECTION("unknown: nothing is served before a late grant is excluded by a higher epoch") {
    auto late = step(s, tick{{a, b}, true, 1}, 5400);
    REQUIRE(find<effect::store_read_map>(late));
    auto read = step(late.next, map_read{late.next.request, map_with(1, a, granted_token)}, 5401);
    CHECK_FALSE(find<effect::resume_group>(read));
    auto change = find<effect::store_compare_and_set>(read);
    REQUIRE(change);
    CHECK(change->map.groups[0] == map_entry{a, {1, 2, 5}});
    auto excluded = step(read.next, map_changed{read.next.request, outcome::done}, 5402);
    CHECK(find<effect::resume_group>(excluded));
    CHECK(find<effect::rewrite_group>(excluded));
  }
  SECTION("unknown, and then found to be made") {
    auto late = step(s, tick{{a, b}, true, 1}, 5400);
    auto read = step(late.next, map_read{late.next.request, map_with(2, b, {1, 2, 8})}, 5401);
    CHECK(find<effect::give_up_group>(read));
  }
}

TEST_CASE("a target serves from what was streamed only if the grant follows the source's token") {
  auto offer = owner_event::heard{b, {handover_message::kind::snapshot, one, 1, 1, {1, 4, 3}, "all", {}}};
  auto s = step(with_map(map_with(7, b, {1, 4, 3})), offer).next;
  SECTION("granted by the source") {
    s = step(s, tick{{a, b}, true, 8}).next;
    s = step(s, map_read{s.request, map_with(8, a, {1, 5, 5})}).next;
    CHECK(find<effect::open_group>(step(s, replicated{s.request, 1})) == effect::open_group{one, {1, 5, 5}, true});
  }
  SECTION("claimed: what was streamed may be half of it") {
    s.live = {a};
    s = step(s, gone{{b, 3, 0, true}}).next;
    s = step(s, map_changed{s.request, outcome::done}).next;
    CHECK(find<effect::open_group>(step(s, replicated{s.request, 1})) == effect::open_group{one, {1, 5, 5}, false});
  }
  SECTION("granted to another: forgotten") {
    s = step(s, tick{{a, b}, true, 8}).next;
    CHECK(find<effect::forget_values>(step(s, map_read{s.request, map_with(8, node_id{3}, {1, 5, 9})})));
  }
}

TEST_CASE("a draining node marks itself, claims nothing and hands its groups over") {
  auto s = step(state(phase::owned), drain{});
  auto change = find<effect::store_compare_and_set>(s);
  REQUIRE(change);
  CHECK(change->map.members[0].draining);
  auto free = with_map(map_with(7, node_id::none, {1, 4, 3}));
  free.asked = asking::nothing;
  free.map.members[0].draining = free.drain = true;
  CHECK_FALSE(find<effect::store_compare_and_set>(step(free, tick{{a, b}, true, 7})));
}

TEST_CASE("what a former life of a draining node had is released, for those who have no proof of its end") {
  auto s = step(make_ownership(a, 5, policy), new_generation{2, at(1000)}, 0).next;
  s.live = {a, b};
  s.serving = s.drain = true;
  const token former{1, 7, 4};
  auto asked = find<effect::store_compare_and_set>(step(s, map_read{s.request, map_with(3, a, former)}));
  REQUIRE(asked);
  CHECK(asked->map.groups[0] == map_entry{node_id::none, former});
}

TEST_CASE("the life after a drain takes the mark back and claims again") {
  auto map = map_with(7, node_id::none, {1, 4, 3});
  map.members[0].draining = true;
  auto s = with_map(map);
  s.asked = asking::nothing;
  auto change = find<effect::store_compare_and_set>(step(s, tick{{a}, true, 7}));
  REQUIRE(change);
  CHECK_FALSE(change->map.members[0].draining);
  CHECK(change->map.groups[0].owner == a);
}

TEST_CASE("a node that does not serve leaves its mark as it is") {
  auto map = map_with(7, b, {1, 4, 3});
  map.members[0].draining = true;
  auto s = with_map(map);
  s.asked = asking::nothing;
  CHECK_FALSE(find<effect::store_compare_and_set>(step(s, tick{{b}, false, 7})));
}

TEST_CASE("a node and groups that are new to the configuration are added to the map, and nothing is taken out") {
  auto map = map_with(7, b, {1, 4, 3});
  map.members = {{b, 1, false}, {node_id{9}, 1, false}};
  auto wider = policy_of(3);
  auto s = on(make_ownership(a, 5, wider), new_generation{1, at(0)}, at(0), wider).next;
  s = on(s, map_read{s.request, map}, at(1900), wider).next;
  s.asked = asking::nothing;
  auto change = find<effect::store_compare_and_set>(on(s, tick{{a, b}, true, 7}, at(2000), wider));
  REQUIRE(change);
  REQUIRE(change->map.members.size() == 3);
  CHECK(change->map.members[2] == map_member{a, 1, false});
  REQUIRE(change->map.groups.size() == 3);
  CHECK(change->map.groups[0] == map.groups[0]);
}

TEST_CASE("answers to what was not asked change nothing") {
  auto from = GENERATE(phase::none, phase::granted, phase::opening, phase::owned, phase::renewing);
  auto s = state(from);
  auto event = GENERATE(ownership_event(map_read{999, map_with(9, b, {9, 9, 9})}),
                        ownership_event(map_changed{999, outcome::done}), ownership_event(replicated{999, 1}),
                        ownership_event(opened{one, {1, 0, 5}, {1, 0, 5}}), ownership_event(owner_event::flushed{one}),
                        ownership_event(content{one, "x"}));
  auto after = step(s, event);
  CHECK(after.next.groups == s.groups);
  CHECK_FALSE(find<effect::take_group>(after));
}
