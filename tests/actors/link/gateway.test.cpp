// Two gateways in one process, over real sockets on the loopback.
#include <catch2/catch.hpp>

#include <algorithm>
#include <atomic>
#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>
#include <chrono>
#include <condition_variable>
#include <ctime>
#include <mutex>
#include <pthread.h>
#include <thread>

#include "actors/link/gateway.hpp"
#include "actors/link/tls.hpp"
#include "actors/supervision/quiet_clock.hpp"

using namespace troupe;
using namespace troupe::cluster;

namespace {

/// What a receiver was told, to be waited for.
struct diary {
  std::mutex guard;
  std::condition_variable more;
  std::vector<std::string> lines; ///< messages and events in the order of their coming
  std::vector<std::shared_ptr<void>> receipts;
  std::uint64_t messages = 0, lost = 0;
  bool keeps_receipts = false, keeps_lines = true;

  void add(std::string line) {
    std::lock_guard hold(guard);
    if (keeps_lines)
      lines.push_back(std::move(line));
    more.notify_all();
  }
  template <class Condition>
  bool wait(Condition met) {
    std::unique_lock hold(guard);
    return more.wait_for(hold, std::chrono::seconds(10), met);
  }
  bool wait_for(const std::string& line) {
    return wait([&] { return std::find(lines.begin(), lines.end(), line) != lines.end(); });
  }
};

class receiver final : public pinned<link_receiver_actor> {
public:
  using handle = link_receiver_actor;
  receiver(caf::actor_config& config, shard& home, diary& into) : pinned(config, home), into_(into) {}

  behavior_type make_behavior() override {
    return {[this](from_link::batch& b) { take(b); },
            [this](const from_link::lost& l) {
              {
                std::lock_guard hold(into_.guard);
                into_.lost += l.tickets.size();
              }
              into_.add("lost " + std::string(to_string(l.why)));
            },
            [this](const from_link::up& u) { into_.add("up " + std::to_string(u.life)); },
            [this](const from_link::down& d) { into_.add("down " + std::to_string(d.life)); },
            [this](const from_link::suspect&) { into_.add("suspect"); }};
  }

protected:
  void on_failure(std::exception_ptr&) override {}

private:
  void take(from_link::batch& b) {
    {
      std::lock_guard hold(into_.guard);
      into_.messages += b.messages.size();
      if (into_.keeps_receipts)
        into_.receipts.push_back(b.receipt);
    }
    if (into_.keeps_lines)
      for (auto& m : b.messages)
        into_.add(m.octets);
    into_.more.notify_all();
  }
  diary& into_;
};

/// One node's links and who uses them.
struct side {
  side(caf::actor_system& system, link_settings how)
      : home(0, system), user(1, system), all(home, counts, std::move(how), [](const link_note&) {}) {
    all.open();
    gate = spawn_pinned<gateway>(home, all, [](const std::string& why) { FAIL(why); });
    user.start([this] { told = spawn_pinned<receiver>(user, notes); });
    home.start([this] { all.start(gate); });
    user.post([this] { caf::anon_send(gate, to_link::use{told}); });
  }
  ~side() {
    home.stop();
    user.stop();
  }
  void send(node_id to, frame_kind kind, std::uint64_t ticket, std::string octets) {
    caf::anon_send(gate, to_link::send{to, {kind, {}, ticket, std::move(octets)}});
  }

  metrics counts;
  diary notes;
  shard home, user;
  links all;
  link_gateway_actor gate;
  link_receiver_actor told;
};

asio::ip::tcp::endpoint free_port() {
  asio::io_context io;
  asio::ip::tcp::acceptor one(io, {asio::ip::address_v4::loopback(), 0});
  return one.local_endpoint();
}

const std::array ports{free_port(), free_port()};

link_settings settings(std::uint16_t self, incarnation life) {
  link_settings out;
  out.policy.cluster = "test";
  out.policy.self = node_id{self};
  out.policy.life = life;
  out.listen = ports[self - 1U];
  out.peers = {{node_id{static_cast<std::uint16_t>(3 - self)}, "other", ports[2U - self]}};
  return out;
}

struct actors {
  actors() {
    use_quiet_clock(config);
    system.emplace(config);
  }
  caf::actor_system_config config;
  std::optional<caf::actor_system> system;
};

const node_id one{1}, two{2};

} // namespace

TEST_CASE("messages cross in order; a life that ends takes what was meant for it, and the next is linked") {
  actors all;
  side a(*all.system, settings(1, 10));
  {
    side b(*all.system, settings(2, 20));
    REQUIRE(a.notes.wait_for("up 20"));
    REQUIRE(b.notes.wait_for("up 10"));
    for (int i = 0; i < 1'000; ++i)
      a.send(two, frame_kind::entity, 0, std::to_string(i));
    b.send(one, frame_kind::membership, 0, "vote");
    CHECK(a.notes.wait_for("vote"));
    REQUIRE(b.notes.wait([&] { return b.notes.messages == 1'000; }));
    int next = 0;
    std::lock_guard hold(b.notes.guard);
    for (auto& line : b.notes.lines)
      if (line.find(' ') == std::string::npos)
        REQUIRE(line == std::to_string(next++));
  }
  CHECK(a.notes.wait_for("down 20"));
  a.send(two, frame_kind::entity, 7, "in vain");
  CHECK(a.notes.wait_for("lost no_link"));
  side b(*all.system, settings(2, 21));
  CHECK(a.notes.wait_for("up 21"));
}

TEST_CASE("a receiver that does not get on holds its sender back, in bounds, until the receipts are given back") {
  actors all;
  side a(*all.system, settings(1, 10));
  side b(*all.system, settings(2, 20));
  b.notes.keeps_receipts = true;
  REQUIRE(a.notes.wait_for("up 20"));
  constexpr std::uint64_t many = 40'000;
  for (std::uint64_t i = 1; i <= many; ++i)
    a.send(two, frame_kind::entity, i, std::string(300, 'x'));
  REQUIRE(a.notes.wait_for("lost full"));
  // Another lane is not held back.
  a.send(two, frame_kind::membership, 0, "vote");
  CHECK(b.notes.wait_for("vote"));
  auto window = link_policy().limits[index_of(lane::data)];
  {
    std::lock_guard hold(b.notes.guard);
    CHECK(b.notes.messages <= window.frames + 1);
    b.notes.keeps_receipts = false;
    b.notes.receipts.clear();
  }
  CHECK(b.notes.wait([&] { return b.notes.messages + a.notes.lost == many + 1; }));
  CHECK(a.counts.get(metric::link_lost_full) == a.notes.lost);
}

TEST_CASE("the gateway tells its peers and their state") {
  actors all;
  side a(*all.system, settings(1, 10));
  side b(*all.system, settings(2, 20));
  REQUIRE(a.notes.wait_for("up 20"));
  caf::scoped_actor self{*all.system};
  std::vector<link_facts> got;
  self->request(a.gate, std::chrono::seconds(5), to_link::ask_peers{})
      .receive([&](to_link::peers& p) { got = p.all; }, [](const caf::error&) { FAIL("no answer"); });
  REQUIRE(got.size() == 1);
  CHECK(got[0].node == two);
  CHECK(got[0].at == node_link::phase::open);
  CHECK(got[0].life == 20);
  CHECK(got[0].open_since.has_value());
}

namespace {

double cpu_of(pthread_t thread) {
  clockid_t clock;
  timespec spent{};
  pthread_getcpuclockid(thread, &clock);
  clock_gettime(clock, &spent);
  return static_cast<double>(spent.tv_sec) * 1e6 + static_cast<double>(spent.tv_nsec) / 1e3;
}

pthread_t thread_of(shard& s) {
  std::atomic<pthread_t> id = 0;
  s.post([&] { id = pthread_self(); });
  while (id == 0)
    std::this_thread::yield();
  return id;
}

} // namespace

// With LINK_TLS=CERTIFICATE,KEY,CA over TLS.
TEST_CASE("cost: messages of 300 octets one way", "[.cost]") {
  actors all;
  auto with_tls = [](link_settings how) {
    if (auto* files = std::getenv("LINK_TLS")) {
      std::string text(files);
      auto first = text.find(','), second = text.find(',', first + 1);
      auto tls =
          make_link_tls(text.substr(0, first), text.substr(first + 1, second - first - 1), text.substr(second + 1));
      how.server = tls.server;
      how.client = tls.client;
    }
    return how;
  };
  side a(*all.system, with_tls(settings(1, 10)));
  side b(*all.system, with_tls(settings(2, 20)));
  a.notes.keeps_lines = b.notes.keeps_lines = true;
  REQUIRE(a.notes.wait_for("up 20"));
  b.notes.keeps_lines = false;
  for (std::uint64_t burst : {1U, 16U, 1'000U}) {
    auto from = std::array{cpu_of(thread_of(a.home)), cpu_of(thread_of(b.home)), cpu_of(thread_of(b.user))};
    auto start = std::chrono::steady_clock::now();
    std::uint64_t many = burst == 1 ? 20'000 : 300'000, before = b.notes.messages;
    for (std::uint64_t i = 0; i < many; i += burst) {
      for (std::uint64_t n = 0; n < burst; ++n)
        a.send(two, frame_kind::entity, 0, std::string(300, 'x'));
      REQUIRE(b.notes.wait([&] { return b.notes.messages - before + 2 * burst >= i; }));
    }
    std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
    auto each = [&](shard& s, std::size_t i) { return (cpu_of(thread_of(s)) - from[i]) / static_cast<double>(many); };
    WARN("bursts of " << burst << ": " << static_cast<double>(many) / took.count() << "/s; sender " << each(a.home, 0)
                      << " us, receiver " << each(b.home, 1) << " us, its user " << each(b.user, 2) << " us");
  }
}
