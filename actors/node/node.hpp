// A node: the supervision tree, from the process down to the shards.
#pragma once

#include <atomic>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "actors/node/cluster_host.hpp"
#include "actors/node/cx_exchange.hpp"
#include "actors/node/diameter_cx.hpp"
#include "actors/node/diameter_tree.hpp"
#include "actors/node/link_tree.hpp"
#include "actors/node/site.hpp"
#include "actors/roles/hss/server.hpp"
#include "config/schema/config.hpp"

namespace troupe {

/// Exit statuses of `troupe run`.
enum class exit_status : int {
  ok = 0,
  failed_to_start = 1,
  bad_configuration = 2,
  gave_up = 70, ///< too many failures: the supervisor at the top ended the process
};

class node {
public:
  /// Throws std::exception with a sentence for the operator when something that is needed cannot be had.
  explicit node(const config::node_config& config);
  ~node();

  /// Opens the sockets and serves.
  void start();
  /// Blocks until SIGTERM or SIGINT; then refuses new work, waits for what is under way up to the drain time, and ends.
  exit_status run();
  /// Is told when the signal has come; on the thread that runs.
  void before_drain(std::function<void()> told) { before_drain_ = std::move(told); }

  /// Null without the hss role; in a cluster also where another node has it.
  std::shared_ptr<hss::server> subscribers() const;
  /// What is served here: the single node's site; or those of the groups that it owns at present.
  std::vector<std::shared_ptr<site>> sites() const;
  const config::node_config& config() const noexcept { return config_; }
  link_tree* links() const noexcept { return links_.get(); }           ///< null for a single node
  diameter_tree* diameter() const noexcept { return diameter_.get(); } ///< null without an identity
  const cluster_host* cluster() const noexcept { return host_.get(); } ///< null without groups
  const siphash_key& secret() const noexcept { return hash_key_; }     ///< that hashes of Call-IDs are made with

private:
  void open_hss();
  std::unique_ptr<hss::server> open_hss_over(store::partition& records) const;
  void provision(hss::server& of) const;
  site::surroundings around_site();
  void open_site();
  void open_cluster();
  void open_diameter();
  void open_cx();
  void tell_servers(const hss::notices& what) const;
  void claim_ports();
  void drain();
  void give_up(const std::string& why);

  config::node_config config_;
  caf::actor_system_config caf_config_;
  std::optional<caf::actor_system> system_;
  std::string secret_;
  siphash_key hash_key_{};
  std::shared_ptr<hss::server> hss_; ///< of a single node
  std::shared_ptr<site> only_;       ///< of a single node
  std::unique_ptr<link_tree> links_;
  std::unique_ptr<diameter_tree> diameter_;
  std::unique_ptr<diameter_cx> cx_; ///< null without an identity
  std::unique_ptr<cx_exchange> exchange_;
  std::unique_ptr<cluster_host> host_;
  std::function<void()> before_drain_;
  std::mutex hearing_;
  bool hears_ = true; ///< under the mutex
  std::atomic<bool> gave_up_ = false;
};

} // namespace troupe
