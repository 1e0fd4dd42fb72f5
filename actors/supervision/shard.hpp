// A shard: one thread with its io_context, its timing wheel and its actors.
//
// All actors of a call live on one shard and never cross threads, so nothing on a message's way takes a lock. Work
// runs in rounds: an I/O event or a timer starts one, actors run until none has work, then what the round has produced
// leaves in batches.
#pragma once

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/steady_timer.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <thread>
#include <vector>

#include "actors/supervision/unit.hpp"
#include "actors/supervision/wheel.hpp"
#include "protocols/base/random.hpp"

namespace troupe {

/// The wall clock's milliseconds that do not jump: boot time plus the offset at the process's start.
instant current_time() noexcept;

class shard {
public:
  shard(std::uint16_t index, caf::actor_system& system);
  shard(const shard&) = delete;
  ~shard();

  std::uint16_t index() const noexcept { return index_; }
  caf::actor_system& system() const noexcept { return unit_.system(); }
  asio::io_context& io() noexcept { return io_; }
  troupe::unit& unit() noexcept { return unit_; }
  wheel& timers() noexcept { return wheel_; }
  random_source& random() noexcept { return random_; }
  /// Read once a round.
  instant now() const noexcept { return now_; }

  /// Starts the thread. `prepare` runs first, on it.
  void start(std::function<void()> prepare = {});
  /// Ends the thread's loop and waits for it. What is queued is not run any more.
  void stop();

  /// Runs `work` as a round on this shard's thread. Only from an I/O handler on this thread, not within a round.
  template <class Work>
  void round(Work&& work) {
    begin_round();
    work();
    end_round();
  }
  /// From any thread: runs `work` in a round of this shard, in order for each posting thread.
  void post(std::function<void()> work);
  /// Called at the end of each round, after the actors have run; in the order of adding. A hook may make actors run again.
  void at_round_end(std::function<void()> hook) { hooks_.push_back(std::move(hook)); }

  /// Longest time between the start and the end of a round since the last call, for the metrics.
  std::uint64_t rounds() const noexcept { return rounds_; }

private:
  void begin_round();
  void end_round();
  void rearm();

  std::uint16_t index_;
  asio::io_context io_;
  troupe::unit unit_;
  instant now_;
  wheel wheel_;
  random_source random_;
  asio::steady_timer alarm_;
  std::optional<instant> alarm_at_;
  std::vector<std::function<void()>> hooks_;
  std::uint64_t rounds_ = 0;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::thread thread_;
};

} // namespace troupe
