// Drives a node's membership and ownership machines over Redis, on a thread and a connection of its own: a renewal
// waits behind no commit: cluster.md 7 to 13 and 21. docs/decisions/authority.md.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "cluster/authority/host.hpp"
#include "cluster/authority/redis_authority.hpp"

namespace troupe::cluster {

struct authority_options {
  std::string spec; ///< as the store's
  store::redis_options redis;
  node_id self = node_id::none;
  std::string life_file; ///< lives.hpp
  std::size_t shards = 0;
  lease_policy leases;
  ownership_policy owners; ///< its members are the view
};

class authority {
public:
  /// Or a sentence that says why not. Nothing is driven before begin_life().
  static result<std::unique_ptr<authority>> open(authority_options options, authority_host& host);
  authority(const authority&) = delete;
  ~authority();

  // From any thread:

  /// At the start, and after each host::ended but of a replaced one.
  void begin_life();
  void give(membership_event event);
  void give(ownership_event event);
  /// A shard is alive: each says so every 50 ms or so, or the lease is not renewed.
  void shard_ticks(std::size_t shard) noexcept { ticks_[shard].fetch_add(1, std::memory_order_relaxed); }

  direction route(group_id group, unsigned hops) const;
  struct snapshot {
    membership member;
    ownership owner;
    std::optional<store::replication_facts>
        replication; ///< of Redis's master, some seconds old; nothing: it does not say
  };
  snapshot view() const;

private:
  authority(authority_options options, store::redis_setup setup, authority_host& host);

  void tick();
  void step(const membership_event& event);
  void step(const ownership_event& event);
  /// Carries out what a step answers, unless one of them ends the life.
  template <class Effects>
  void carry_out(const Effects& effects);
  void ask(const store_operations& what, std::uint32_t replicas, std::function<void(const store_answer&)> then);
  void look_at_replication();
  bool shards_alive() const;
  void trouble(const std::string& why);

  template <class Effect>
  void run(const Effect& e) {
    host_.run(e);
  }
  void run(const member_effect::store_renew& e);
  void run(const member_effect::store_raise_generation& e);
  void run(const member_effect::new_generation& e);
  void run(const member_effect::gone& e);
  void run(const member_effect::discard_and_restart& e);
  void run(const owner_effect::store_read_map& e);
  void run(const owner_effect::store_compare_and_set& e);
  void run(const owner_effect::store_wait& e);

  const authority_options options_;
  const store::redis_setup setup_;
  authority_host& host_;
  std::vector<std::atomic<std::uint64_t>> ticks_;
  std::vector<std::uint64_t> ticks_at_renewal_;

  mutable std::mutex mutex_; ///< of the two machines: they are stepped on the loop's thread, and seen from any
  membership member_;
  ownership owner_;
  std::optional<store::replication_facts> replication_;

  incarnation life_ = 0; ///< 0: none at present
  incarnation last_life_ = 0;
  std::uint64_t map_version_ = 0;
  life_end why_ = life_end::late; ///< should the life end now
  std::string last_trouble_;
  std::map<node_id, incarnation> told_gone_; ///< the newest life that was reported
  store::event_loop loop_;
  redis_authority redis_;
};

} // namespace troupe::cluster
