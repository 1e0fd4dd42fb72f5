// Two ends and a wire that is cut anywhere, with lives that end and messages that are cut in pieces.
#include <catch2/catch.hpp>
#include <deque>
#include <map>
#include <set>

#include "cluster/link/link.hpp"
#include "protocols/base/random.hpp"

using namespace troupe;
using namespace troupe::cluster;
namespace event = link_event;
namespace effect = link_effect;

namespace {

/// One node's end: what it sent, what became of it, and what it got.
struct end {
  link_policy policy;
  node_link state;
  std::uint64_t connection = 0; ///< 0: none
  std::deque<std::string> wire; ///< octets on their way from here
  std::set<std::uint64_t> lost;
  bool greeted = false;
};

struct delivery {
  incarnation from, to;
  lane of;
  std::uint64_t ticket;
};

class world {
public:
  explicit world(std::uint64_t seed) : random_(seed) {
    for (std::uint16_t i = 0; i < 2; ++i)
      start(i, 1'000);
  }

  void run(int events) {
    for (int i = 0; i < events; ++i)
      one(random_.below(100));
    settle();
  }

  std::array<end, 2> ends;
  std::vector<delivery> got[2];
  /// By ticket: who sent it, in which life, on which lane.
  struct sending {
    std::size_t from;
    incarnation life;
    lane of;
  };
  std::map<std::uint64_t, sending> sent;
  std::size_t cuts = 0, restarts = 0;

private:
  void start(std::size_t i, incarnation life) {
    auto& e = ends[i];
    auto lost = std::move(e.lost);
    e = end();
    e.lost = std::move(lost);
    e.policy.cluster = "c";
    e.policy.self = node_id{static_cast<std::uint16_t>(i + 1)};
    e.policy.life = life;
    e.policy.limits = {{{2'000, 16, 4'000, 32}, {3'000, 24, 9'000, 64}}};
    e.state = make_link(node_id{static_cast<std::uint16_t>(2 - i)}, random_.next());
    feed(i, event::start{});
  }

  void one(std::uint64_t dice) {
    auto i = random_.below(2);
    if (dice < 30)
      return send(i);
    if (dice < 75)
      return move(i);
    if (dice < 86)
      return tick(static_cast<std::int64_t>(random_.below(120)));
    if (dice < 88)
      return cut();
    if (dice < 98)
      return consume(i);
    if (random_.below(8) == 0)
      restart(i);
  }

  void send(std::size_t i) {
    auto of = random_.below(4) == 0 ? lane::membership : lane::data;
    auto ticket = ++tickets_;
    sent[ticket] = {i, ends[i].policy.life, of};
    feed(i, event::send{{of == lane::data ? frame_kind::entity : frame_kind::membership,
                         {},
                         ticket,
                         std::to_string(ticket) + ' ' + std::string(random_.below(200), 'x')}});
  }

  void tick(std::int64_t ms) {
    now_ = now_ + milliseconds(ms);
    for (std::size_t i = 0; i < 2; ++i)
      feed(i, event::tick{});
  }

  /// A piece of what is on the wire arrives at the other end.
  void move(std::size_t i) {
    feed(i, event::drain{random_.below(2'000) + 1});
    auto& from = ends[i];
    auto& to = ends[1 - i];
    if (from.connection == 0 || from.wire.empty())
      return;
    auto octets = std::move(from.wire.front());
    from.wire.pop_front();
    if (i == 0 && !to.greeted) { // the shell reads an accepted connection's HELLO
      frame_reader in;
      in.feed(octets);
      auto h = decode_hello(in.next()->content);
      to.greeted = true;
      to.connection = from.connection;
      return feed(1, event::greeted{to.connection, *h});
    }
    auto cut = random_.below(octets.size() + 1);
    if (cut != 0 && cut < octets.size()) {
      from.wire.push_front(octets.substr(cut));
      octets.resize(cut);
    }
    feed(1 - i, event::received{to.connection, octets});
  }

  void cut() {
    ++cuts;
    auto connection = ends[0].connection;
    if (connection == 0)
      return;
    drop();
    // One end may notice long before the other.
    auto first = random_.below(2);
    feed(first, event::closed{connection});
    if (random_.below(3) != 0)
      feed(1 - first, event::closed{connection});
  }

  void drop() {
    for (auto& e : ends) {
      e.wire.clear();
      e.connection = 0;
      e.greeted = false;
    }
  }

  void restart(std::size_t i) {
    ++restarts;
    auto connection = ends[0].connection;
    drop();
    for (auto& [ticket, s] : sent)
      if (s.from == i && s.life == ends[i].policy.life)
        ends[i].lost.insert(ticket); // with its sender
    held_[i].clear();
    start(i, ends[i].policy.life + 1);
    if (connection != 0)
      feed(1 - i, event::closed{connection});
  }

  void consume(std::size_t i) {
    for (auto& d : std::exchange(held_[i], {}))
      feed(i, event::consumed{d.of, d.life, d.octets, d.messages.size()});
  }

  void settle() {
    for (int i = 0; i < 2'000; ++i) {
      tick(20);
      for (std::size_t n = 0; n < 2; ++n) {
        move(n);
        move(n);
        consume(n);
      }
    }
  }

  void feed(std::size_t i, any_link_event e) {
    auto step = on(std::move(ends[i].state), std::move(e), now_, ends[i].policy);
    ends[i].state = std::move(step.next);
    for (auto& what : step.effects)
      std::visit([&](auto& f) { apply(i, f); }, what);
  }

  void apply(std::size_t i, effect::connect&) {
    drop();
    auto c = ++connections_;
    ends[i].connection = c;
    feed(i, random_.below(4) == 0 ? any_link_event(event::connect_failed{}) : event::connected{c});
  }
  void apply(std::size_t i, effect::write& w) {
    if (w.connection == ends[i].connection)
      ends[i].wire.push_back(std::move(w.octets));
  }
  void apply(std::size_t i, effect::close& c) {
    if (c.connection != ends[i].connection)
      return;
    auto other = ends[1 - i].connection;
    drop();
    if (other != 0)
      feed(1 - i, event::closed{other});
  }
  void apply(std::size_t i, effect::deliver& d) {
    for (auto& m : d.messages)
      got[i].push_back({d.life, ends[i].policy.life, d.of, std::stoull(m.octets)});
    held_[i].push_back(std::move(d));
  }
  void apply(std::size_t i, effect::lost& l) { ends[i].lost.insert(l.tickets.begin(), l.tickets.end()); }
  void apply(std::size_t, effect::refused& r) {
    if (r.why != farewell::older_life)
      FAIL("refused: " << to_string(r.why));
  }
  template <class Other>
  void apply(std::size_t, Other&) {}

  random_source random_;
  instant now_{1'000'000};
  std::uint64_t tickets_ = 0, connections_ = 0;
  std::vector<effect::deliver> held_[2];
};

} // namespace

TEST_CASE("messages of a lane arrive in order, none twice, over any number of reconnects and lives") {
  auto seed = GENERATE(range(1, 121));
  INFO("seed " << seed);
  world w(static_cast<std::uint64_t>(seed));
  w.run(4'000);
  std::set<std::uint64_t> arrived;
  for (std::size_t i = 0; i < 2; ++i) {
    std::map<std::pair<lane, incarnation>, std::uint64_t> last;
    for (auto& d : w.got[i]) {
      auto& s = w.sent.at(d.ticket);
      CHECK(s.from == 1 - i);
      CHECK(s.life == d.from);
      CHECK(s.of == d.of);
      auto& before = last[{d.of, d.from}];
      REQUIRE(d.ticket > before); // tickets are given in the order of sending
      before = d.ticket;
      arrived.insert(d.ticket);
    }
  }
  // What did not arrive was reported, or died with its sender: nothing is lost in silence.
  for (auto& [ticket, s] : w.sent)
    REQUIRE((arrived.count(ticket) != 0 || w.ends[s.from].lost.count(ticket) != 0));
  CHECK(arrived.size() > 100);
  CHECK(w.cuts + w.restarts > 20);
  CHECK(w.ends[0].state.at == node_link::phase::open);
  CHECK(w.ends[1].state.at == node_link::phase::open);
  CHECK(w.ends[0].state.out[1].items.empty());
}
