// One group of a cluster's node: makes its site when it is granted and throws it away when it goes, on a thread of its
// own, since both may wait for Redis: cluster.md 1, 9 and 21.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "actors/node/site.hpp"

namespace troupe {

class group_server {
public:
  struct surroundings {
    std::function<std::unique_ptr<site>(cluster::group_id, const cluster::token& by, egress& gate)> make;
    /// Answers open() and renew(): the group's token in the store.
    std::function<void(cluster::group_id, const cluster::token& by, const cluster::token& fence)> opened;
    std::function<void(cluster::group_id)> flushed; ///< answers hold()
    std::function<void(const std::string&)> report;
  };
  group_server(cluster::group_id group, surroundings around);
  group_server(const group_server&) = delete;
  ~group_server();

  // From any thread; each returns at once, and what it begins is done in the order of the calls.
  void open(const cluster::token& by);
  void renew(const cluster::token& by);
  void serve();
  void hold();
  /// Throws the site away. What was begun and is not done yet is not done any more.
  void drop();
  /// Runs `then` behind what was begun before.
  void after(std::function<void()> then);

  /// Null when there is none, or not yet.
  std::shared_ptr<troupe::site> now() const;
  egress& gate() noexcept { return gate_; }
  void overtaken(const cluster::token& fence);

private:
  void run();
  void post(std::function<void()> work);
  void make(const cluster::token& by);

  const cluster::group_id group_;
  const surroundings around_;
  egress gate_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> work_; ///< these under the mutex
  std::shared_ptr<troupe::site> site_;
  cluster::token fence_; ///< of another owner, as the store told it
  bool ending_ = false;
  std::thread thread_;
};

} // namespace troupe
