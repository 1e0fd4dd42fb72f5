// The actor and its outbox on a shard, over a real store.
#include <catch2/catch.hpp>
#include <future>
#include <set>

#include "actors/charging/outbox.hpp"
#include "actors/supervision/quiet_clock.hpp"
#include "tests/cluster/store/support.hpp"

using namespace troupe;
using store::outcome;

namespace {

/// Answers as it is told to, and notes what it gets.
class fake_sink final : public charging_sink {
public:
  void write(std::vector<item> records, written done) override {
    std::lock_guard held(mutex_);
    writes_.push_back({});
    for (auto& each : records)
      writes_.back().emplace_back(each.record.call_id, each.seen);
    auto how = failures_ > 0 ? outcome::failed : outcome::stored;
    failures_ -= how == outcome::failed ? 1 : 0;
    std::size_t added = 0;
    for (auto& each : records)
      added += how == outcome::stored && there_.insert(each.record.call_id).second ? 1 : 0;
    waiting_ = std::async(std::launch::async, [done = std::move(done), how, added] { done(how, added); });
  }
  void forget(std::vector<std::string> ids) override {
    std::lock_guard held(mutex_);
    forgotten_ += ids.size();
  }
  milliseconds settles() const noexcept override { return settles_; }
  milliseconds gathers() const noexcept override { return milliseconds(10); }

  using write_log = std::vector<std::vector<std::pair<std::string, bool>>>;
  write_log writes() {
    std::lock_guard held(mutex_);
    return writes_;
  }
  std::size_t forgotten() {
    std::lock_guard held(mutex_);
    return forgotten_;
  }
  void lose_all() {
    std::lock_guard held(mutex_);
    there_.clear();
  }
  int failures_ = 0;
  milliseconds settles_{0};

private:
  std::mutex mutex_;
  write_log writes_;
  std::set<std::string> there_;
  std::size_t forgotten_ = 0;
  std::future<void> waiting_;
};

struct scene {
  caf::actor_system_config config;
  std::optional<caf::actor_system> system;
  store::test::temporary_folder folder;
  std::optional<shard> home;
  std::unique_ptr<store::backend> values;
  metrics counts;
  fake_sink sink;
  std::optional<supervisor> failures;
  std::optional<outbox> box;

  scene() {
    use_quiet_clock(config);
    system.emplace(config);
  }
  ~scene() { down(); }

  void up() {
    home.emplace(0, *system);
    store::open_options how;
    how.spec = "file:" + folder.file("state.sqlite");
    how.wake = [this](std::size_t) { home->post([this] { values->at(0).poll(); }); };
    auto opened = store::open(how);
    REQUIRE(opened);
    values = std::move(*opened);
    failures.emplace(
        *home, counts, restart_intensity{}, [](const failure&, verdict) {}, [](std::string) {});
    box.emplace(*home, counts, values->at(0), *failures, sink);
    home->at_round_end([this] {
      if (values->at(0).dirty())
        values->at(0).flush();
    });
    home->start();
    on_shard([this] { box->recover(); });
  }
  /// As a process that dies: the store has what was committed.
  void down() {
    if (home)
      home->stop();
    box.reset();
    failures.reset();
    values.reset();
    home.reset();
  }
  void on_shard(std::function<void()> work) {
    std::promise<void> done;
    home->post([&] {
      work();
      done.set_value();
    });
    done.get_future().get();
  }
  void put(const std::string& call) {
    on_shard([&] {
      ims::charging_record r;
      r.call_id = call;
      box->put(std::string(11, '0') + call, r);
    });
  }
  std::size_t kept() {
    std::size_t count = 0;
    on_shard([&] { count = box->keys().size(); });
    return count;
  }
  void until(const std::function<bool()>& holds) {
    auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (!holds()) {
      REQUIRE(std::chrono::steady_clock::now() < end);
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }
};

using names = std::vector<std::pair<std::string, bool>>;

} // namespace

TEST_CASE("a record is written once, and erased when it is written") {
  scene s;
  s.up();
  s.put("a");
  s.put("a"); // its call ended twice, before the first end was stored
  s.until([&] { return s.kept() == 0 && s.sink.forgotten() == 1; });
  CHECK(s.sink.writes() == fake_sink::write_log{names{{"a", false}}});
  CHECK(s.counts.get(metric::charging_exported) == 1);
  CHECK(s.counts.get(metric::charging_records_waiting_now) == 0);
}

TEST_CASE("a record that could not be written is kept, counted, and written again as seen") {
  scene s;
  s.sink.failures_ = 1;
  s.up();
  s.put("a");
  s.until([&] { return s.counts.get(metric::charging_export_failures) == 1; });
  CHECK(s.kept() == 1);
  CHECK(s.counts.get(metric::charging_records_waiting_now) == 1);
  s.until([&] { return s.kept() == 0; });
  CHECK(s.sink.writes() == fake_sink::write_log{names{{"a", false}}, names{{"a", true}}});
}

TEST_CASE("what a process leaves in the store the next one writes, as seen") {
  scene s;
  s.sink.failures_ = 1'000;
  s.up();
  s.put("a");
  s.until([&] { return s.counts.get(metric::charging_export_failures) == 1; });
  s.down();
  s.sink.failures_ = 0;
  s.up();
  s.until([&] { return s.kept() == 0; });
  CHECK(s.sink.writes().back() == names{{"a", true}});
}

TEST_CASE("where what is written can be lost, it is kept until it was written again and was there") {
  scene s;
  s.sink.settles_ = milliseconds(300);
  s.up();
  s.put("a");
  s.until([&] { return s.sink.writes().size() == 1; });
  s.sink.lose_all();
  CHECK(s.kept() == 1);
  s.until([&] { return s.kept() == 0; });
  CHECK(s.sink.writes() == fake_sink::write_log{names{{"a", false}}, names{{"a", true}}, names{{"a", true}}});
  CHECK(s.counts.get(metric::charging_exported) == 1);
}

TEST_CASE("a value in the outbox that is no record is set aside and does not stop the others") {
  scene s;
  s.sink.failures_ = 1'000;
  s.up();
  s.put("a");
  s.on_shard([&] { s.values->at(0).put({store::kind::charging_record, "nonsense"}, instant{1}, "\xff"); });
  s.until([&] { return s.counts.get(metric::charging_export_failures) == 1; });
  s.down();
  s.sink.failures_ = 0;
  s.up();
  s.until([&] { return s.kept() == 0; });
  CHECK(s.sink.writes().back() == names{{"a", true}});
}

TEST_CASE("a sink that fails is left alone for a while, whatever comes meanwhile") {
  scene s;
  s.sink.failures_ = 1'000;
  s.up();
  s.put("a");
  s.until([&] { return s.counts.get(metric::charging_export_failures) == 1; });
  for (int i = 0; i < 20; ++i) {
    s.put("later" + std::to_string(i));
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  CHECK(s.sink.writes().size() == 1);
  CHECK(s.counts.get(metric::charging_records_waiting_now) == 21);
}
