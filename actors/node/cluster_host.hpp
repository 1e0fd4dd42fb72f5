// A node of a cluster: what its authority decides about leases and groups, done with sites, addresses and links:
// cluster.md 7 to 13, docs/decisions/sites.md.
#pragma once

#include <atomic>
#include <fstream>
#include <map>
#include <memory>
#include <thread>
#include <vector>

#include "actors/node/group_server.hpp"
#include "actors/node/link_tree.hpp"
#include "cluster/authority/authority.hpp"
#include "cluster/fencing/gate.hpp"
#include "cluster/vip/keeper.hpp"

namespace troupe {

class cluster_host final : public cluster::authority_host {
public:
  struct surroundings {
    /// A group's site, but for what the host knows: gate, token, loss.
    std::function<std::unique_ptr<site>(std::uint32_t group, site::surroundings::grant, egress&,
                                        std::function<void()> listening,
                                        std::function<void(const store::token&)> overtaken)>
        make;
    std::function<void(const std::string& why)> give_up;
  };
  /// Throws with a sentence for the operator.
  cluster_host(const config::node_config& config, link_tree& links, surroundings around);
  ~cluster_host() override;

  void start();
  /// Has the groups moved to other nodes; true when all are gone, within `patience`.
  bool drain(milliseconds patience);

  std::vector<std::shared_ptr<site>> sites() const;
  /// Null when the group is not served here.
  std::shared_ptr<site> site_of(cluster::group_id group) const;
  cluster::direction route(cluster::group_id group, unsigned hops) const;
  cluster::authority::snapshot view() const;
  std::size_t groups() const noexcept { return servers_.size(); }

  /// Another node's word; from the links' shard.
  void heard(cluster::node_id from, const cluster::incoming& message);

private:
  // authority_host
  void run(const cluster::member_effect::extend& e) override;
  void run(const cluster::member_effect::send_link& e) override;
  void run(const cluster::owner_effect::send_link& e) override;
  void run(const cluster::owner_effect::open_group& e) override;
  void run(const cluster::owner_effect::rewrite_group& e) override;
  void run(const cluster::owner_effect::take_group& e) override;
  void run(const cluster::owner_effect::give_up_group& e) override;
  void run(const cluster::owner_effect::install_addresses& e) override;
  void run(const cluster::owner_effect::remove_addresses& e) override;
  void run(const cluster::owner_effect::snapshot_group& e) override;
  void run(const cluster::owner_effect::hold_group& e) override;
  void run(const cluster::owner_effect::silence_group& e) override;
  void run(const cluster::owner_effect::resume_group& e) override;
  void run(const cluster::owner_effect::apply_values&) override {}
  void run(const cluster::owner_effect::forget_values&) override {}
  void ended(cluster::incarnation life, cluster::life_end why) override;
  void report(const std::string& what) override;

  template <class Event>
  void tell(Event event) {
    std::lock_guard held(asking_);
    if (authority_)
      authority_->give(std::move(event));
  }
  group_server& of(cluster::group_id group) { return *servers_[cluster::index_of(group)]; }
  void publish(cluster::group_id group);
  bool others_serve() const;
  void beat();
  void shards_beat();
  void log_egress(cluster::group_id group);
  void listening(cluster::group_id group);
  void give_addresses(cluster::group_id group);
  void stop_addresses(cluster::group_id group);

  const config::node_config config_;
  link_tree& links_;
  const surroundings around_;
  mutable std::mutex mutex_;
  cluster::gate gate_; ///< these under the mutex
  struct addressing {
    bool wanted = false, listening = false, given = false;
  };
  std::vector<addressing> addressed_;
  std::vector<instant> logged_;
  std::ofstream egress_log_;
  std::vector<std::unique_ptr<group_server>> servers_;
  std::unique_ptr<cluster::address_keeper> addresses_;
  mutable std::mutex asking_;
  std::unique_ptr<cluster::authority> authority_; ///< under `asking_`; null at the end
  std::atomic<bool> ending_ = false;
  std::atomic<bool> drains_ = false;
  std::thread beats_;
};

/// The addresses of all groups' listeners, each once.
std::vector<cluster::service_address> service_addresses_of(const config::node_config& config);

} // namespace troupe
