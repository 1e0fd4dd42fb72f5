// Several authorities in one process over a real Redis, each with a node that serves numbered values: their gates are
// the product's, their groups' fences and values the simulation's model of the store.
#pragma once

#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "chaos/simulation/store_model.hpp"
#include "cluster/authority/authority.hpp"
#include "cluster/authority/boot_time.hpp"
#include "cluster/fencing/gate.hpp"
#include "tests/cluster/store/redis_servers.hpp"

namespace troupe::cluster::test {

namespace model = troupe::simulation;

class test_cluster;

class test_node : public authority_host {
public:
  test_node(test_cluster& all, node_id self) : all_(all), self_(self) {}

  void start();
  void kill(); ///< without a word
  bool runs() const { return authority_ != nullptr; }
  /// With its next renewal its authority's thread stands still, until the future is ready.
  void pause(std::shared_future<void> until);
  authority& driven() { return *authority_; }

  void hear(const member_event::heard& e);
  void hear(const owner_event::heard& e);
  /// Writes a value of a group that it serves; false when it does not.
  bool put(group_id group, std::uint32_t key, const std::string& value);
  bool speaks_for(group_id group, instant now) const;
  model::values values_of(group_id group) const;
  token token_of(group_id group) const;
  std::vector<std::pair<incarnation, life_end>> endings() const;
  std::vector<std::string> reports() const;
  std::size_t taken() const;    ///< groups that it began to serve, in all
  std::size_t streamed() const; ///< of them, those whose values came from their former owner

  void run(const member_effect::extend& e) override;
  void run(const member_effect::send_link& e) override;
  void run(const owner_effect::send_link& e) override;
  void run(const owner_effect::open_group& e) override;
  void run(const owner_effect::rewrite_group& e) override;
  void run(const owner_effect::take_group& e) override;
  void run(const owner_effect::give_up_group& e) override;
  void run(const owner_effect::install_addresses&) override {}
  void run(const owner_effect::remove_addresses&) override {}
  void run(const owner_effect::snapshot_group& e) override;
  void run(const owner_effect::hold_group& e) override;
  void run(const owner_effect::silence_group& e) override;
  void run(const owner_effect::resume_group& e) override;
  void run(const owner_effect::apply_values& e) override;
  void run(const owner_effect::forget_values& e) override;
  void ended(incarnation life, life_end why) override;
  void report(const std::string& what) override;

private:
  struct group {
    token by;
    model::values all;
    std::uint64_t commits = 0;
    bool handing = false;
  };
  group& at(group_id id) { return groups_[index_of(id)]; }

  test_cluster& all_;
  node_id self_;
  mutable std::mutex mutex_;
  gate gate_;
  std::vector<group> groups_;
  std::vector<std::pair<incarnation, life_end>> endings_;
  std::vector<std::string> reports_;
  std::shared_future<void> pause_;
  std::size_t taken_ = 0, streamed_ = 0;
  std::unique_ptr<authority> authority_;
};

class test_cluster {
public:
  test_cluster(std::string spec, std::size_t nodes, std::uint32_t replicas = 0);
  ~test_cluster();

  void start();
  test_node& operator[](std::size_t index) { return *nodes_[index]; }
  std::size_t size() const { return nodes_.size(); }
  static constexpr std::size_t groups = 6;

  /// Polls until it holds; in the meantime no group may have two owners.
  void until(const std::function<bool()>& holds, milliseconds limit = milliseconds(15'000));
  /// Polls for so long that it does.
  void holds_for(milliseconds time, const std::function<bool()>& holds);
  /// Every group is served by one of `among`.
  bool served(const std::set<std::size_t>& among);
  bool served() { return served({0, 1, 2}); }
  std::size_t owner_of(std::size_t group); ///< nodes.size(): nobody
  bool nobody_serves();
  bool agree(); ///< those that run know the same map
  std::vector<std::size_t> owners();
  /// One value in each group, at its owner.
  void put_everywhere(const std::string& value);
  bool all_have(const std::string& value);

  std::size_t shards = 0;
  std::atomic<bool> linked = true;
  authority_options options_for(node_id self) const;
  template <class Event>
  void send(node_id from, node_id to, const Event& event) {
    std::lock_guard held(links_);
    auto& receiver = *nodes_[static_cast<std::size_t>(to) - 1];
    if (linked && receiver.runs() && nodes_[static_cast<std::size_t>(from) - 1]->runs())
      receiver.hear(event);
  }
  model::answer in_store(const model::operation& what);
  std::mutex& links() { return links_; }

private:
  void check_owners();

  std::string spec_;
  std::uint32_t replicas_;
  std::mutex links_; ///< nobody comes or goes while something is sent
  std::mutex data_mutex_;
  model::store_data data_;
  std::vector<std::unique_ptr<test_node>> nodes_;
};

} // namespace troupe::cluster::test
