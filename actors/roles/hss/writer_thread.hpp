// The one thread that writes subscriptions to disk, in groups: what comes while the disk is busy is one commit. Whoever
// was told that he is registered must be registered after a crash as well, so states are waited for; but not where
// nothing outlives the process anyway.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "actors/roles/hss/database.hpp"
#include "actors/roles/hss/keeper.hpp"

namespace troupe::hss {

class writer_thread final : public keeper {
public:
  /// `lasts`: the database is on a disk.
  writer_thread(database opened, bool lasts) : lasts_(lasts), disk_(std::move(opened)) {}
  /// Writes what is still to be written.
  ~writer_thread() override;
  writer_thread(const writer_thread&) = delete;
  writer_thread& operator=(const writer_thread&) = delete;

  result<void> each_sequence(const std::function<void(std::string_view, std::uint64_t)>& visit) override {
    return disk_.each_sequence(visit);
  }
  result<void>
  each_subscriber(const std::function<void(std::int64_t, std::string_view, std::string_view)>& visit) override {
    return disk_.each_subscriber(visit);
  }
  void start() override;
  void reserve(std::string impi, std::uint64_t seq, told then) override;
  bool keep_state(std::int64_t id, std::string state, told then) override;
  void run(std::function<void()> task) override;
  result<void> transact(const std::function<result<void>(rows&)>& change) override {
    return disk_.transact([&] { return change(disk_); });
  }
  result<void> accept(const subscriber&, std::string_view) const override { return {}; }
  bool may_forget() const noexcept override { return false; }
  std::size_t unwritten() const override;
  std::uint64_t failures() const noexcept override { return failures_; }
  std::vector<std::string> faults() const override { return {}; }

private:
  struct reservation {
    std::string impi;
    std::uint64_t seq;
    told then;
  };
  using states = std::map<std::int64_t, std::string>;
  struct work {
    std::vector<reservation> reservations;
    std::deque<std::function<void()>> tasks;
    states kept;
    std::vector<told> waiting; ///< for `kept`
    bool empty() const { return reservations.empty() && tasks.empty() && kept.empty(); }
  };

  void loop();
  work wait_for_work();
  void commit(work& now);

  const bool lasts_;
  mutable std::mutex lock_;
  std::condition_variable wake_;
  work next_;
  std::chrono::steady_clock::time_point states_due_{};
  bool stop_ = false;
  std::atomic<std::uint64_t> failures_{0};
  database disk_;
  std::thread thread_;
};

} // namespace troupe::hss
