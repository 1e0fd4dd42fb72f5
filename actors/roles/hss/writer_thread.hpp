// The one thread that writes subscriptions to disk. What waits for the disk is committed in groups; states of
// registration, which nobody waits for, follow within a fraction of a second.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "actors/roles/hss/database.hpp"

namespace troupe::hss {

class writer_thread {
public:
  explicit writer_thread(database opened);
  /// Writes what is still to be written.
  ~writer_thread();
  writer_thread(const writer_thread&) = delete;
  writer_thread& operator=(const writer_thread&) = delete;

  // From any thread. Continuations run on the writer's.
  void reserve(std::string impi, std::uint64_t seq, std::function<void(const result<void>&)> then);
  /// The newest state of a subscriber replaces one that is not written yet. A state that cannot be written is tried
  /// again until it can.
  void keep_state(std::int64_t id, std::string state);
  /// In the order of the calls, with a transaction of its own if it makes one.
  void run(std::function<void(database&)> task);

  std::size_t unwritten() const;                                ///< states
  std::uint64_t failures() const noexcept { return failures_; } ///< commits that did not succeed

private:
  struct reservation {
    std::string impi;
    std::uint64_t seq;
    std::function<void(const result<void>&)> then;
  };
  using states = std::map<std::int64_t, std::string>;
  struct work {
    std::vector<reservation> reservations;
    std::deque<std::function<void(database&)>> tasks;
    states kept;
    bool empty() const { return reservations.empty() && tasks.empty() && kept.empty(); }
  };

  void loop();
  work wait_for_work();
  void commit(work& now);

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
