// The one thread that writes a file store. What all partitions have handed over by the time it looks becomes one
// transaction: a group commit across shards, so that one sync serves all of them.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "cluster/store/backend.hpp"
#include "cluster/store/database.hpp"

namespace troupe::store {

class database_writer {
public:
  struct callbacks {
    std::function<void(std::size_t partition, bool stored)> done; ///< once for each submitted batch
    /// After a failed write: at the first that goes well again, before its done(); and each second in which there is none.
    std::function<void()> try_again;
  };
  /// They are called on the writer's thread.
  database_writer(database file, callbacks on);
  ~database_writer() { end(); }

  /// Writes what was submitted and ends the thread; then write() is the caller's.
  void end();
  /// False if it failed, for whatever reason: that is counted.
  bool write(const std::vector<const batch*>& batches);

  void submit(std::size_t partition, batch what);
  void add_to(statistics& counts) const;

private:
  struct job {
    std::size_t partition;
    batch what;
  };

  void run();
  /// Waits for what is submitted. Nothing at the end; an empty list when, while writes fail, a second has brought none.
  std::optional<std::vector<job>> next_jobs(bool failing);

  database file_;
  callbacks on_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<job> submitted_; ///< these four under the mutex
  statistics counts_;
  bool ending_ = false;
  std::thread thread_;
};

} // namespace troupe::store
