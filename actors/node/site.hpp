// What serves one group: its shards with their sockets, calls and registrations, and its part of the store. A single
// node has one; a cluster's node one for each group that it owns, made when the group is granted, thrown away whole when
// it goes: cluster.md 1 and 9, docs/decisions/sites.md.
#pragma once

#include <caf/actor_system.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "actors/contracts/charging.hpp"
#include "actors/contracts/egress.hpp"
#include "actors/node/shard_tree.hpp"
#include "actors/roles/hss/cx_service.hpp"
#include "cluster/store/backend.hpp"
#include "config/schema/config.hpp"

namespace troupe {

class site {
public:
  struct surroundings {
    caf::actor_system& system;
    std::string secret = {};
    /// Each shard's way to the HSS.
    std::function<std::unique_ptr<cx_port>(shard_tree&)> hss = {};
    std::function<void(const std::string& why)> give_up = {}; ///< from any thread
    egress* gate = nullptr;                                   ///< none: a single node
    /// Under which its group is owned; none: a single node's.
    struct grant {
      store::group_number group = 0;
      store::token by;
    };
    std::optional<grant> as = {};
    /// Of the group that has the cluster's HSS: opens it over its own partition of the store.
    std::function<std::unique_ptr<hss::server>(store::partition&)> own_hss = {};
    /// Then fills it; may wait for the store.
    std::function<void(hss::server&)> provision = {};
    /// Its sockets are open, and nothing has been sent: waits until its addresses are this host's.
    std::function<void()> listening = {};
    /// Another owner has the group; from the store's thread.
    std::function<void(const store::token& fence)> overtaken = {};
  };
  /// Opens the store and reads what it has of the group. Throws std::exception with a sentence for the operator.
  site(const config::node_config& config, surroundings around);
  site(const site&) = delete;
  ~site();

  /// Opens the sockets and serves; returns when it does.
  void start();
  bool started() const noexcept { return started_; }
  /// No new work and no further connections.
  void drain();
  /// Stores what is dirty on all shards, then runs `done` on one of their threads; not at all when that fails.
  void settle(std::function<void()> done);
  /// To the S-CSCFs, from any thread. `told`: what the first said that did not say success; on a shard.
  void tell(const hss::notices& what, std::function<void(cx::result_code)> told = {});
  /// Requests without a final response, and calls.
  std::size_t under_way() const;
  /// False when a shard has done nothing for that long. Asked from one thread, every 50 ms or so.
  bool alive(milliseconds patience);

  const config::node_config& config() const noexcept { return config_; }
  const std::vector<std::unique_ptr<shard_tree>>& shards() const noexcept { return shards_; }
  const snapshots& registrations() const noexcept { return seen_; }
  store::backend& values() noexcept { return *store_; }
  hss::server* hss() const noexcept { return hss_.get(); }              ///< null unless it is here
  hss::cx_service* cx() const noexcept { return cx_.get(); }            ///< likewise
  const siphash_key& secret() const noexcept { return calls_->secret; } ///< that hashes of Call-IDs are made with

private:
  void open_store();
  void open_hss();
  void wake(std::size_t partition);
  void open_charging();
  void make_shards();
  void write_charged();
  void let_store_wake(bool may);
  void on_each_shard(const std::function<void(shard_tree&)>& work);

  struct pulse {
    std::atomic<bool> answered = true;
    std::chrono::steady_clock::time_point asked;
  };

  const config::node_config config_;
  const surroundings around_;
  std::unique_ptr<call_settings> calls_;
  std::mutex waking_;
  bool awake_ = false; ///< under the mutex; both until the store has ended
  std::unique_ptr<store::backend> store_;
  std::unique_ptr<hss::server> hss_; ///< likewise
  std::unique_ptr<hss::cx_service> cx_;
  std::unique_ptr<registration_settings> registrations_;
  snapshots seen_;
  std::unique_ptr<charging_sink> charging_; ///< null: nobody is charged
  std::vector<std::unique_ptr<shard_tree>> shards_;
  std::vector<std::shared_ptr<pulse>> pulses_;
  std::atomic<bool> started_ = false;
};

} // namespace troupe
