// The authority's own way to Redis: one connection that waits behind no data, every question answered or given up
// within the time in which an answer is of use: cluster.md 8, 9 and 13.
#pragma once

#include <functional>

#include "cluster/authority/scripts.hpp"
#include "cluster/store/redis_routes.hpp"

namespace troupe::cluster {

class redis_authority {
public:
  /// Null: unanswered; whether it was carried out is not known. Never within ask().
  using answered = std::function<void(const store_answer*)>;
  struct events {
    std::function<void()> up;
    std::function<void(const std::string& why)> trouble; ///< in words, each time
  };

  /// `setup`'s time-out is the longest that an answer may take. All on the loop's thread.
  redis_authority(store::event_loop& loop, const store::redis_setup& setup, events on);

  void start() { routes_.start(); }
  /// `replicas`: waits, a tenth of a second at most, until so many have what was written; 0 does not wait.
  void ask(const store_operations& what, std::uint32_t replicas, answered then);
  /// How far its replicas are behind; null as above.
  void ask_replication(std::function<void(const store::replication_facts*)> then);

private:
  void refused(std::string_view error);

  store::event_loop& loop_;
  const store::redis_setup& setup_;
  authority_keys keys_;
  events on_;
  store::redis_routes routes_;
};

} // namespace troupe::cluster
