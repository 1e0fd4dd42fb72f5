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

#include "actors/node/link_tree.hpp"
#include "actors/node/shard_tree.hpp"
#include "actors/roles/hss/server.hpp"
#include "cluster/store/backend.hpp"
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

  hss::server* subscribers() const noexcept { return hss_.get(); } ///< null without the hss role
  const std::vector<std::unique_ptr<shard_tree>>& shards() const noexcept { return shards_; }
  const snapshots& registrations() const noexcept { return seen_; }
  const config::node_config& config() const noexcept { return config_; }
  const store::backend& values() const noexcept { return *store_; }
  link_tree* links() const noexcept { return links_.get(); }            ///< null for a single node
  const siphash_key& secret() const noexcept { return calls_->secret; } ///< that hashes of Call-IDs are made with

private:
  void open_store();
  void open_hss();
  void make_shards();
  void let_store_wake(bool may);
  void use_tls();
  void claim_ports();
  void on_each_shard(const std::function<void(shard_tree&)>& work);
  void drain();
  std::size_t under_way();
  void give_up(const std::string& why);

  config::node_config config_;
  caf::actor_system_config caf_config_;
  std::optional<caf::actor_system> system_;
  std::unique_ptr<call_settings> calls_;
  std::mutex waking_;
  bool awake_ = false; ///< under the mutex; both until the store has ended
  std::unique_ptr<store::backend> store_;
  std::unique_ptr<registration_settings> registrations_;
  snapshots seen_;
  std::vector<std::unique_ptr<shard_tree>> shards_;
  std::unique_ptr<hss::server> hss_;
  std::unique_ptr<link_tree> links_;
  std::function<void()> before_drain_;
  std::atomic<bool> gave_up_ = false;
};

} // namespace troupe
