// What of a Redis store runs on its own thread: the groups that it holds, and the batches under way between them and
// the partitions.
#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "cluster/store/redis_group.hpp"
#include "cluster/store/redis_routes.hpp"

namespace troupe::store {

class redis_writer {
public:
  struct callbacks {
    std::function<void(group_number, const token&)> on_fenced;
    std::function<void(const std::string& why)> on_lasting_failure;
  };
  redis_writer(event_loop& loop, const redis_setup& setup, const std::vector<std::unique_ptr<write_behind>>& parts,
               const open_options& options, callbacks on);

  // From any thread:
  void submit(std::size_t partition, batch what);
  statistics counted() const;
  std::vector<std::string> notes() const;

  // On the loop's thread:
  void start() { routes_.start(); }
  void take(group_number group, const token& as, raising how, redis_group::taken done);
  void renew(group_number group, const token& as, redis_group::taken done);
  void give_up(group_number group, std::function<void()> done);
  void publish(group_number group, const std::vector<publication>& what, const std::vector<std::string>& forget,
               std::size_t most, std::function<void(outcome, std::size_t)> done);

private:
  void write(std::size_t partition, batch what);
  void finished(commit_job& job);
  void route(redis_group& group);
  void link_up(redis_link& link);
  void link_down(redis_link& link, const std::string& why, bool lasting);
  void report(const std::string& why);

  event_loop& loop_;
  const std::vector<std::unique_ptr<write_behind>>& parts_;
  std::function<group_number(entity_view)> group_of_;
  callbacks on_;
  redis_surroundings around_;
  redis_routes routes_;
  std::map<group_number, std::shared_ptr<redis_group>> groups_;

  mutable std::mutex mutex_;
  statistics counts_; ///< these two under the mutex
  std::vector<std::string> notes_;
};

} // namespace troupe::store
