#include "actors/supervision/pinned.hpp"

#include <catch2/catch.hpp>
#include <future>
#include <thread>

#include "actors/supervision/quiet_clock.hpp"

using namespace troupe;

namespace {

using echo_handle = caf::typed_actor<caf::reacts_to<int>>;

struct record {
  std::vector<std::thread::id> ran_on;
  std::vector<int> got;
  std::string failure;
  std::promise<void> done;
};

class echo : public pinned<echo_handle> {
public:
  using handle = echo_handle;
  echo(caf::actor_config& config, shard& home, record& seen) : pinned(config, home), seen_(seen) {}

  behavior_type make_behavior() override {
    return {[this](int value) {
      seen_.ran_on.push_back(std::this_thread::get_id());
      if (value == 13)
        throw std::runtime_error("thirteen");
      seen_.got.push_back(value);
      if (value == 99) {
        seen_.done.set_value();
        quit();
      }
    }};
  }

private:
  void on_failure(std::exception_ptr& thrown) override {
    seen_.failure = describe(thrown);
    seen_.done.set_value();
  }
  record& seen_;
};

/// Throws at 13; its successor gets what came behind.
class heir : public pinned<echo_handle> {
public:
  using handle = echo_handle;
  heir(caf::actor_config& config, shard& home, record& seen, handle& next)
      : pinned(config, home), seen_(seen), next_(next) {}

  behavior_type make_behavior() override {
    return {succeeded<int>(
        [this](int& value) {
          if (value == 13)
            throw std::runtime_error("thirteen");
          seen_.got.push_back(value);
        },
        [this](int& value) { caf::anon_send(next_, value); })};
  }

private:
  void on_failure(std::exception_ptr& thrown) override { seen_.failure = describe(thrown); }
  record& seen_;
  handle& next_;
};

struct fixture {
  fixture() {
    use_quiet_clock(config);
    system.emplace(config);
    home.emplace(std::uint16_t{0}, *system);
    home->start([this] { thread = std::this_thread::get_id(); });
  }
  ~fixture() { home->stop(); }
  caf::actor_system_config config;
  std::optional<caf::actor_system> system;
  std::optional<shard> home;
  std::thread::id thread;
};

} // namespace

TEST_CASE("a pinned actor runs on its shard's thread whoever sends") {
  fixture f;
  record seen;
  echo::handle actor;
  f.home->post([&] {
    actor = spawn_pinned<echo>(*f.home, seen);
    caf::anon_send(actor, 1);
  });
  std::thread stranger([&] {
    std::promise<void> spawned;
    f.home->post([&] { spawned.set_value(); });
    spawned.get_future().wait();
    for (int i = 20; i < 68; ++i)
      caf::anon_send(actor, i);
    caf::anon_send(actor, 99);
  });
  seen.done.get_future().wait();
  stranger.join();
  CHECK(seen.got.size() == 50);
  CHECK(std::is_sorted(seen.got.begin(), seen.got.end()));
  for (auto id : seen.ran_on)
    CHECK(id == f.thread);
}

TEST_CASE("an actor that throws tells why and ends alone") {
  fixture f;
  record seen, other;
  f.home->post([&] {
    auto actor = spawn_pinned<echo>(*f.home, seen);
    auto neighbour = spawn_pinned<echo>(*f.home, other);
    caf::anon_send(actor, 13);
    caf::anon_send(actor, 14);
    caf::anon_send(neighbour, 99);
  });
  seen.done.get_future().wait();
  other.done.get_future().wait();
  CHECK(seen.failure == "thirteen");
  CHECK(seen.got.empty());
  CHECK(other.got == std::vector<int>{99});
}

TEST_CASE("a timer of the wheel starts a round of its shard") {
  fixture f;
  struct bell : wheel::entry {
    std::promise<void> rung;
    void fire() override { rung.set_value(); }
  } b;
  f.home->post([&] { f.home->timers().arm(b, f.home->now() + milliseconds(20)); });
  CHECK(b.rung.get_future().wait_for(std::chrono::seconds(5)) == std::future_status::ready);
}

TEST_CASE("what waits behind the message that killed an actor goes to its successor, in order") {
  fixture f;
  record first, second;
  echo::handle next;
  f.home->post([&] {
    next = spawn_pinned<echo>(*f.home, second);
    auto dying = spawn_pinned<heir>(*f.home, first, next);
    for (int i : {1, 13, 2, 3, 99})
      caf::anon_send(dying, i);
  });
  second.done.get_future().wait();
  CHECK(first.got == std::vector{1});
  CHECK(first.failure == "thirteen");
  CHECK(second.got == std::vector{2, 3, 99});
}
