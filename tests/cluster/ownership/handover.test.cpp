#include <catch2/catch.hpp>

#include "cluster/ownership/handover.hpp"

using namespace troupe;
using namespace troupe::cluster;
using namespace troupe::cluster::handover_event;
namespace effect = troupe::cluster::handover_effect;
using phase = handover_source::phase;
using kind = handover_message::kind;

namespace {

const handover_policy policy;
const group_id group{3};
const token by{1, 7, 5};
const node_id source{1}, target{2}, stranger{9};

instant at(std::int64_t ms) { return {100'000 + ms}; }

source_step step(const handover_source& s, const source_event& e, std::int64_t when = 0) {
  return on(s, e, group, by, at(when), policy);
}

handover_message message(kind what, std::uint64_t sequence, token from = by) {
  return {what, group, 1, sequence, from, {}, {}};
}
heard ack(std::uint64_t sequence) { return {target, message(kind::acknowledge, sequence, {0, 0, 8})}; }

handover_source state(phase at_phase) {
  handover_source s;
  if (at_phase == phase::none)
    return s;
  s = step(s, begin{target}).next;
  if (at_phase == phase::snapshotting)
    return s;
  s = step(s, content{"all"}).next;
  if (at_phase == phase::streaming)
    return s;
  s = step(s, ack(1), 10).next;
  if (at_phase == phase::holding)
    return s;
  return step(s, flushed{}, 20).next;
}

bool has(const handover_effects& effects, const handover_effects::value_type& e) {
  return std::find(effects.begin(), effects.end(), e) != effects.end();
}

} // namespace

TEST_CASE("a hand-over streams, holds when the target has caught up, and asks for the grant when all is stored") {
  auto s = step({}, begin{target});
  CHECK(s.effects == handover_effects{effect::snapshot{}});
  s = step(s.next, content{"all"});
  CHECK(s.effects == handover_effects{effect::send{target, {kind::snapshot, group, 1, 1, by, "all", {}}}});
  s = step(s.next, content{"one"});
  CHECK(s.effects == handover_effects{effect::send{target, {kind::change, group, 1, 2, by, "one", {}}}});
  s = step(s.next, ack(1));
  CHECK(s.effects.empty());
  s = step(s.next, ack(2), 10);
  CHECK(s.effects == handover_effects{effect::hold{}});
  s = step(s.next, content{"last"}, 11);
  s = step(s.next, flushed{}, 12);
  CHECK(s.effects.empty());
  s = step(s.next, ack(3), 13);
  CHECK(s.effects == handover_effects{effect::grant{}});
  CHECK(s.next.target_life == 8);
  s = step(s.next, decided{true}, 20);
  CHECK(has(s.effects, effect::send{target, message(kind::granted, 3)}));
  CHECK(s.next.at == phase::none);
}

TEST_CASE("a hand-over that takes too long is called off; while held, with what was queued going on") {
  struct row {
    phase from;
    std::int64_t when;
    bool sends, resumes;
  };
  auto r = GENERATE(values<row>({{phase::none, 5000, false, false},
                                 {phase::snapshotting, 999, false, false},
                                 {phase::snapshotting, 1000, true, false},
                                 {phase::streaming, 1000, true, false},
                                 {phase::holding, 59, false, false},
                                 {phase::holding, 60, true, true},
                                 {phase::granting, 5000, false, false}}));
  auto s = step(state(r.from), tick{}, r.when);
  CHECK(has(s.effects, effect::send{target, message(kind::call_off, 0)}) == r.sends);
  CHECK(has(s.effects, effect::resume{}) == r.resumes);
  CHECK((s.next.at == phase::none) == (r.sends || r.from == phase::none));
}

TEST_CASE("the target may call it off until the grant is asked for; then only the map decides") {
  auto from = GENERATE(phase::snapshotting, phase::streaming, phase::holding, phase::granting);
  auto s = step(state(from), heard{target, message(kind::call_off, 0)}, 15);
  CHECK(s.next.at == (from == phase::granting ? phase::granting : phase::none));
  CHECK(has(s.effects, effect::resume{}) == (from == phase::holding));
  CHECK(step(state(from), heard{stranger, message(kind::call_off, 0)}, 15).next == state(from));
}

TEST_CASE("a grant that was not made is called off and the group resumed") {
  auto s = step(state(phase::granting), decided{false}, 30);
  CHECK(has(s.effects, effect::resume{}));
  CHECK(has(s.effects, effect::send{target, message(kind::call_off, 1)}));
  CHECK(s.next.at == phase::none);
}

TEST_CASE("events that a source's state does not wait for change nothing") {
  auto s = GENERATE(phase::none, phase::snapshotting, phase::streaming, phase::holding, phase::granting);
  if (s != phase::granting)
    CHECK(step(state(s), decided{true}, 15).next == state(s));
  if (s != phase::holding)
    CHECK(step(state(s), flushed{}, 15).next == state(s));
  if (s != phase::none)
    CHECK(step(state(s), begin{stranger}, 15).next == state(s));
  auto other = ack(1);
  other.message.stream = 4;
  CHECK(step(state(s), other, 15).next == state(s));
  CHECK(step(state(s), ack(99), 15).next == state(s)); // never sent
  if (s == phase::none || s == phase::granting)
    CHECK(step(state(s), content{"x"}, 15).effects.empty());
}

TEST_CASE("a target takes what comes in sequence and calls off what has a gap") {
  auto t = on({}, {source, message(kind::snapshot, 1)}, 8);
  CHECK(has(t.effects, effect::apply{true, ""}));
  CHECK(t.next.received == 1);
  auto more = on(t.next, {source, message(kind::change, 2)}, 8);
  CHECK(more.next.received == 2);
  CHECK(has(more.effects, effect::apply{false, ""}));
  SECTION("a repeated one is ignored") {
    CHECK(on(more.next, {source, message(kind::change, 2)}, 8).next == more.next);
    CHECK(on(more.next, {source, message(kind::snapshot, 1)}, 8).effects.empty());
  }
  SECTION("a missed one ends it") {
    auto off = on(more.next, {source, message(kind::change, 4)}, 8);
    CHECK(off.next == handover_target{});
    CHECK(has(off.effects, effect::forget{}));
    CHECK(std::get<effect::send>(off.effects[0]).message.what == kind::call_off);
  }
  SECTION("another token of the source is another hand-over") {
    auto off = on(more.next, {source, message(kind::change, 3, {1, 8, 5})}, 8);
    CHECK(off.next == more.next);
    CHECK(std::get<effect::send>(off.effects[0]).message.what == kind::call_off);
  }
  SECTION("the source calls it off") {
    auto off = on(more.next, {source, message(kind::call_off, 0)}, 8);
    CHECK(off.next == handover_target{});
    CHECK(has(off.effects, effect::forget{}));
    CHECK(on(more.next, {stranger, message(kind::call_off, 0)}, 8).next == more.next);
  }
  SECTION("the other direction's messages are none of its business") {
    CHECK(on(more.next, {source, message(kind::acknowledge, 1)}, 8).effects.empty());
    CHECK(on(more.next, {source, message(kind::granted, 1)}, 8).next == more.next);
  }
}

TEST_CASE("a change without a snapshot is refused") {
  auto t = on({}, {source, message(kind::change, 1)}, 8);
  CHECK(t.next == handover_target{});
  CHECK(std::get<effect::send>(t.effects.at(0)).message.what == kind::call_off);
}

TEST_CASE("a hand-over's message is read back, a later version's fields and all, and damage never crashes") {
  handover_message m{kind::change, group, 2, 300, by, "values", "later"};
  CHECK(decode_handover_message(encode(m)) == m);
  m.unknown.clear();
  auto octets = encode(m);
  for (std::size_t i = 0; i < octets.size(); ++i) {
    CHECK_FALSE(decode_handover_message(std::string_view(octets).substr(0, i)));
    auto turned = octets;
    turned[i] = static_cast<char>(turned[i] ^ 0xff);
    if (auto read = decode_handover_message(turned))
      CHECK(decode_handover_message(encode(*read)) == read);
  }
}
