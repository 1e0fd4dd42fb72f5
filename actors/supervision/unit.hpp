// The execution unit of a shard: runs its actors on the shard's thread, in the order in which they got work.
//
// CAF asks an execution unit to run an actor whenever an idle one receives a message. Within the shard's thread that is
// a push to a plain queue, run dry at the end of the round in which it happened; from another thread it is a push
// under a lock and one wake-up for all that is pushed before the shard gets to it.
#pragma once

#include <asio/io_context.hpp>
#include <atomic>
#include <caf/execution_unit.hpp>
#include <caf/resumable.hpp>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

namespace troupe {

class unit final : public caf::execution_unit {
public:
  unit(caf::actor_system& system, asio::io_context& io);

  /// The unit of the calling thread, or null.
  static unit* current() noexcept;
  /// To be called once by the thread that runs the io_context.
  void adopt_thread() noexcept;

  void exec_later(caf::resumable* job) override;

  /// Runs actors until none has work. Only on the shard's thread.
  void run_ready();
  /// What wakes the shard for work from other threads: runs a round (set once, before the thread starts).
  void on_wake(std::function<void()> round) { wake_ = std::move(round); }
  /// Work waiting, for the metrics.
  std::size_t queued() const noexcept { return local_.size(); }

private:
  void take_foreign();

  asio::io_context& io_;
  std::function<void()> wake_;
  std::deque<caf::resumable*> local_;
  std::mutex guard_;
  std::vector<caf::resumable*> foreign_;
  std::atomic<bool> woken_ = false;
};

} // namespace troupe
