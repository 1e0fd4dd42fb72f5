// A batch on its way to Redis: a part for each group that it touches, each part some commands.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <vector>

#include "cluster/store/redis_scripts.hpp"
#include "cluster/store/write_behind.hpp"

namespace troupe::store {

struct commit_job {
  std::size_t partition = 0;
  batch what;
  std::chrono::steady_clock::time_point since;
  verdict how;
  std::size_t open = 0; ///< parts
  std::function<void(commit_job&)> done;
};

struct commit_part {
  /// From good to bad: the worst of its commands' is the part's.
  enum class ending : std::uint8_t { stored, again, failed, fenced };

  std::shared_ptr<commit_job> job;
  std::vector<std::size_t> entries; ///< of the job's batch
  group_number group = 0;
  std::chrono::steady_clock::time_point until; ///< for so long it may be sent again
  std::size_t open = 0;                        ///< commands
  ending worst = ending::stored;

  /// Notes what became of the part; the last one of a job ends that.
  void end(outcome how);
};

/// The parts of a job, by group.
std::vector<std::shared_ptr<commit_part>> divide(const std::shared_ptr<commit_job>& job,
                                                 const std::function<group_number(entity_view)>& group_of);

struct commit_style {
  const group_keys& keys;
  const std::string& fence;
  const key_ring& ring;
  std::chrono::milliseconds keep; ///< beyond a record's deadline
  instant now;
  bool rewriting; ///< what is written goes to the fresh hashes as well
};

/// Some hundred records a command, so that no script holds Redis for long.
std::vector<redis_command> commands_of(const commit_part& part, const commit_style& style);

} // namespace troupe::store
