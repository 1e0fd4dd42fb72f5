// Which master has which group: always the one, the one that the Sentinels name, or by the cluster's map of slots.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "cluster/store/redis_inquiry.hpp"
#include "cluster/store/redis_link.hpp"

namespace troupe::store {

/// The hash slot of Redis Cluster of keys with this tag, "{...}".
std::uint16_t hash_slot(std::string_view tag) noexcept;

class redis_routes {
public:
  struct events {
    redis_link::events links;
    std::function<void()> changed; ///< of() may answer otherwise; what it answered before is there until the next round
    std::function<void(const std::string& why)> lost; ///< the cluster's map cannot be had
  };
  redis_routes(event_loop& loop, const redis_setup& setup, events on);

  void start();
  /// Where a slot's keys are, up or not; null: not known now.
  redis_link* of(std::uint16_t slot) const;
  /// The map of slots is behind, or may be.
  void look_again();

private:
  struct range {
    std::uint16_t first, last;
    redis_address master;
  };

  void find_master(std::function<void(result<redis_address>)> then);
  bool read_map(const redis_address& from, const redisReply& answer);
  void use_map();
  std::unique_ptr<redis_link> make_link(redis_link::finder find);

  event_loop& loop_;
  const redis_setup& setup_;
  events on_;
  redis_inquiry inquiry_;
  std::unique_ptr<redis_link> only_;                           ///< but in a cluster
  std::map<redis_address, std::shared_ptr<redis_link>> links_; ///< in a cluster
  std::vector<range> ranges_;
  bool asking_ = false, ask_again_ = false;
};

} // namespace troupe::store
