#include <algorithm>
#include <catch2/catch.hpp>

#include "cluster/link/link.hpp"

using namespace troupe;
using namespace troupe::cluster;
using phase = node_link::phase;
namespace event = link_event;
namespace effect = link_effect;

namespace {

link_policy policy_of(std::uint16_t self, incarnation life = 10) {
  link_policy out;
  out.cluster = "c";
  out.self = node_id{self};
  out.life = life;
  return out;
}

const link_policy low = policy_of(1), high = policy_of(2);

instant at(std::int64_t ms) { return {100'000 + ms}; }

hello hello_of(std::uint16_t node, std::uint16_t to, incarnation life, incarnation known = 0) {
  hello h{1, 1, "c", node_id{node}, node_id{to}, life, known, {}};
  for (std::size_t i = 0; i < lanes; ++i)
    h.windows[i] = {0, low.limits[i].octets, low.limits[i].frames};
  return h;
}

std::string frame_of(frame_kind kind, const std::string& content) {
  std::string out;
  append_frame(out, kind, content);
  return out;
}

template <class Effect>
const Effect* find(const link_effects& effects) {
  for (auto& e : effects)
    if (auto* found = std::get_if<Effect>(&e))
      return found;
  return nullptr;
}

bool has(const link_effects& effects, const any_link_effect& wanted) {
  return std::find(effects.begin(), effects.end(), wanted) != effects.end();
}

/// The lower id's end, in each phase; connection 5, the peer's life 7.
node_link in_phase(phase want, std::int64_t ms = 0) {
  auto s = make_link(node_id{2}, 1);
  if (want == phase::idle)
    return s;
  s = on(s, event::start{}, at(ms), low).next;
  if (want == phase::connecting)
    return s;
  if (want == phase::waiting)
    return on(s, event::connect_failed{}, at(ms), low).next;
  s = on(s, event::connected{5}, at(ms), low).next;
  if (want == phase::greeting)
    return s;
  auto octets = frame_of(frame_kind::hello, encode(hello_of(2, 1, 7)));
  return on(s, event::received{5, octets}, at(ms), low).next;
}

outgoing message(std::string octets, std::uint64_t ticket = 0, frame_kind kind = frame_kind::entity) {
  return {kind, {}, ticket, std::move(octets)};
}

} // namespace

TEST_CASE("every event in every phase leads where it should") {
  auto hi = frame_of(frame_kind::hello, encode(hello_of(2, 1, 7)));
  auto bye = goodbye(farewell::stopping);
  constexpr auto idle = phase::idle, connecting = phase::connecting, greeting = phase::greeting, open = phase::open,
                 waiting = phase::waiting;
  struct row {
    any_link_event what;
    std::array<phase, 5> to; ///< from idle, connecting, greeting, open, waiting
  };
  auto keep = std::array{idle, connecting, greeting, open, waiting};
  const std::vector<row> table{
      {event::start{}, {connecting, connecting, greeting, open, waiting}},
      {event::stop{}, {idle, idle, idle, idle, idle}},
      {event::connected{6}, {idle, greeting, greeting, open, waiting}},
      {event::connect_failed{}, {idle, waiting, greeting, open, waiting}},
      {event::greeted{6, hello_of(2, 1, 8)}, keep}, // the higher id does not connect
      {event::received{5, hi}, {idle, connecting, open, waiting, waiting}},
      {event::received{4, hi}, keep}, // of an older connection
      {event::received{5, bye}, {idle, connecting, waiting, waiting, waiting}},
      {event::received{5, "rubbish, and enough of it"}, {idle, connecting, waiting, waiting, waiting}},
      {event::closed{5}, {idle, connecting, waiting, waiting, waiting}},
      {event::closed{4}, keep},
      {event::send{message("x")}, keep},
      {event::consumed{lane::data, 7, 10, 1}, keep},
      {event::drain{1000}, keep},
      {event::tick{}, keep},
  };
  for (auto& r : table)
    for (std::size_t from = 0; from < keep.size(); ++from) {
      INFO("event " << r.what.index() << " in " << to_string(keep[from]));
      CHECK(on(in_phase(keep[from]), r.what, at(1), low).next.at == r.to[from]);
    }
}

TEST_CASE("connections that come where none is wanted are closed") {
  auto p = GENERATE(phase::idle, phase::greeting, phase::open, phase::waiting);
  CHECK(has(on(in_phase(p), event::connected{6}, at(1), low).effects, effect::close{6, {}}));
  CHECK(has(on(in_phase(p), event::greeted{6, hello_of(2, 1, 8)}, at(1), low).effects,
            effect::close{6, goodbye(p == phase::idle ? farewell::stopping : farewell::wrong_node)}));
}

TEST_CASE("only the lower id connects; the other is open with the HELLO it accepts, and answers it") {
  CHECK(find<effect::connect>(on(make_link(node_id{2}, 1), event::start{}, at(0), low).effects));
  auto s = on(make_link(node_id{1}, 1), event::start{}, at(0), high);
  CHECK(s.effects.empty());
  CHECK(on(s.next, event::tick{}, at(5'000), high).effects.empty());
  s = on(s.next, event::greeted{3, hello_of(1, 2, 9)}, at(1), high);
  CHECK(s.effects == link_effects{effect::up{9}});
  auto wrote = on(s.next, event::drain{1'000}, at(1), high);
  REQUIRE(find<effect::write>(wrote.effects));
  frame_reader in;
  in.feed(find<effect::write>(wrote.effects)->octets);
  auto h = decode_hello(in.next()->content);
  REQUIRE(h);
  CHECK(h->node == node_id{2});
  CHECK(h->known == 9);
}

TEST_CASE("a HELLO of another cluster, node, version, an older life or of itself is refused, and why is said") {
  struct row {
    hello from;
    farewell why;
  };
  auto change = [](auto how) {
    auto h = hello_of(2, 1, 7);
    how(h);
    return h;
  };
  const std::vector<row> table{
      {change([](hello& h) { h.cluster = "other"; }), farewell::other_cluster},
      {change([](hello& h) { h.node = node_id{3}; }), farewell::wrong_node},
      {change([](hello& h) { h.to = node_id{3}; }), farewell::wrong_node},
      {change([](hello& h) { h.node = node_id{1}; }), farewell::itself},
      {change([](hello& h) { h.life = 6; }), farewell::older_life},
      {change([](hello& h) { h.least = 2, h.most = 3; }), farewell::version},
      {change([](hello& h) { h.known = 10, h.windows[0].seen = 1; }), farewell::malformed},
  };
  for (auto& r : table) {
    auto s = on(in_phase(phase::open), event::closed{5}, at(10), low).next;
    s = on(std::move(s), event::tick{}, at(3'000), low).next;
    s = on(std::move(s), event::connected{6}, at(3'000), low).next;
    auto octets = frame_of(frame_kind::hello, encode(r.from));
    auto got = on(std::move(s), event::received{6, octets}, at(3'001), low);
    INFO(to_string(r.why));
    CHECK(has(got.effects, effect::refused{r.why, false}));
    CHECK(has(got.effects, effect::close{6, goodbye(r.why)}));
    CHECK(got.next.retry == at(3'001) + low.retry_most);
  }
}

TEST_CASE("a later life of the peer replaces the older connection, and what was meant for the old one is lost") {
  auto s = on(make_link(node_id{1}, 1), event::start{}, at(0), high).next;
  s = on(std::move(s), event::greeted{3, hello_of(1, 2, 7)}, at(0), high).next;
  s = on(std::move(s), event::send{message("sent", 21)}, at(1), high).next;
  s = on(std::move(s), event::drain{1'000}, at(1), high).next;
  s = on(std::move(s), event::send{message("not sent", 22)}, at(1), high).next;
  auto got = on(s, event::greeted{4, hello_of(1, 2, 8)}, at(2), high);
  CHECK(got.effects ==
        link_effects{effect::close{3, {}}, effect::down{7}, effect::lost{loss::restarted, 2, {21, 22}}, effect::up{8}});
  auto older = on(got.next, event::greeted{5, hello_of(1, 2, 7)}, at(3), high);
  CHECK(has(older.effects, effect::refused{farewell::older_life, false}));
  CHECK(older.next.connection == 4);
  auto same = on(got.next, event::greeted{5, hello_of(1, 2, 8)}, at(3), high);
  CHECK(same.next.connection == 5);
  CHECK_FALSE(find<effect::lost>(same.effects));
}

TEST_CASE("silence is suspected after 600 ms, and after 3 s ends the connection and loses what waits; octets end it") {
  auto s = on(in_phase(phase::open), event::send{message("x", 9)}, at(0), low).next;
  for (std::int64_t ms = 100; ms < 600; ms += 100) {
    auto got = on(std::move(s), event::tick{}, at(ms), low);
    CHECK(got.effects.empty());
    s = std::move(got.next);
  }
  auto got = on(s, event::tick{}, at(600), low);
  CHECK(got.effects == link_effects{effect::suspect{7}});
  CHECK(on(got.next, event::tick{}, at(700), low).effects.empty());
  auto pong = frame_of(frame_kind::pong, std::string(1, '\1'));
  auto again = on(got.next, event::received{5, pong}, at(700), low);
  CHECK(again.effects == link_effects{effect::up{7, true}});
  s = std::move(got.next);
  for (std::int64_t ms = 700; ms < 3'000; ms += 100)
    s = on(std::move(s), event::tick{}, at(ms), low).next;
  got = on(std::move(s), event::tick{}, at(3'000), low);
  CHECK(has(got.effects, effect::down{7}));
  CHECK(has(got.effects, effect::close{5, {}}));
  CHECK_FALSE(find<effect::lost>(got.effects));
  CHECK(has(on(got.next, event::tick{}, at(3'050), low).effects, effect::lost{loss::no_link, 1, {9}}));
}

TEST_CASE("who did not run himself suspects nobody for it") {
  auto got = on(in_phase(phase::open), event::tick{}, at(60'000), low);
  CHECK_FALSE(find<effect::suspect>(got.effects));
  CHECK(got.next.at == phase::open);
}

TEST_CASE("a ping goes out every 200 ms, and its answer tells the round trip") {
  auto s = on(in_phase(phase::open), event::drain{1'000}, at(0), low).next;
  s = on(std::move(s), event::tick{}, at(199), low).next;
  CHECK_FALSE(wants_to_write(s));
  s = on(std::move(s), event::tick{}, at(200), low).next;
  auto wrote = on(std::move(s), event::drain{1'000}, at(200), low);
  frame_reader in;
  in.feed(find<effect::write>(wrote.effects)->octets);
  auto ping = in.next();
  REQUIRE(ping);
  CHECK(ping->kind == frame_kind::ping);
  auto pong = frame_of(frame_kind::pong, std::string(ping->content));
  s = on(std::move(wrote.next), event::received{5, pong}, at(203), low).next;
  CHECK(s.round_trip == milliseconds(3));
}

TEST_CASE("attempts back off with jitter from the seed, up to their bound; an open link forgets them") {
  auto s = in_phase(phase::connecting);
  std::int64_t ms = 0, longest = 0;
  for (int i = 0; i < 12; ++i) {
    s = on(std::move(s), event::connect_failed{}, at(ms), low).next;
    auto pause = (s.retry - at(ms)).count();
    auto most = std::min<std::int64_t>(1'000, 50LL << i);
    CHECK(pause >= most / 2);
    CHECK(pause <= most);
    longest = std::max(longest, pause);
    CHECK_FALSE(find<effect::connect>(on(s, event::tick{}, s.retry - milliseconds(1), low).effects));
    ms += pause;
    auto got = on(std::move(s), event::tick{}, at(ms), low);
    CHECK(find<effect::connect>(got.effects));
    s = std::move(got.next);
  }
  CHECK(longest > 500);
}

TEST_CASE("without a link messages wait for the link's patience, then are lost; later ones are refused at once") {
  auto s = on(in_phase(phase::waiting), event::send{message("x", 9)}, at(10), low).next;
  CHECK_FALSE(find<effect::lost>(on(s, event::tick{}, at(999), low).effects));
  auto got = on(s, event::tick{}, at(1'000), low);
  CHECK(has(got.effects, effect::lost{loss::no_link, 1, {9}}));
  CHECK(has(on(got.next, event::send{message("x", 10)}, at(1'001), low).effects, effect::lost{loss::no_link, 1, {10}}));
  CHECK(has(on(in_phase(phase::idle), event::send{message("x")}, at(1), low).effects,
            effect::lost{loss::no_link, 1, {}}));
}

TEST_CASE("a peer that sends more than the window allows is refused") {
  auto policy = low;
  policy.limits[index_of(lane::data)] = {500, 3, 1'000, 10};
  auto s = in_phase(phase::open);
  std::string octets;
  for (std::uint64_t i = 1; i <= 4; ++i)
    append_message(octets, frame_kind::entity, {}, i, "x");
  auto got = on(std::move(s), event::received{5, octets}, at(1), policy);
  CHECK(has(got.effects, effect::refused{farewell::overrun, false}));
  REQUIRE(find<effect::deliver>(got.effects));
  CHECK(find<effect::deliver>(got.effects)->messages.size() == 3);
}

TEST_CASE("messages of membership go before data that waits") {
  auto s = on(in_phase(phase::open), event::drain{1'000}, at(0), low).next;
  for (int i = 0; i < 100; ++i)
    s = on(std::move(s), event::send{message(std::string(1'000, 'd'))}, at(1), low).next;
  s = on(std::move(s), event::send{message("m", 0, frame_kind::membership)}, at(1), low).next;
  auto got = on(std::move(s), event::drain{4'000}, at(1), low);
  auto* write = find<effect::write>(got.effects);
  REQUIRE(write);
  CHECK(write->octets.size() < 6'000);
  frame_reader in(largest_frame);
  in.feed(write->octets);
  CHECK(in.next()->kind == frame_kind::membership);
}

TEST_CASE("unknown kinds of a later version are skipped; those of a lane count as seen") {
  auto s = in_phase(phase::open);
  std::string octets = frame_of(frame_kind{200}, "news");
  append_message(octets, frame_kind{99}, {}, 1, "news");
  auto got = on(std::move(s), event::received{5, octets}, at(1), low);
  CHECK(got.next.at == phase::open);
  CHECK(got.next.got[index_of(lane::data)].seen == 1);
  REQUIRE(find<effect::deliver>(got.effects));
  CHECK(find<effect::deliver>(got.effects)->messages.front().kind == frame_kind{99});
}
