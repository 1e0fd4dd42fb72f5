// The node's links to the others of its cluster, on a shard of their own.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "actors/link/gateway.hpp"
#include "config/schema/config.hpp"

namespace troupe {

class link_tree {
public:
  /// Binds. Throws with a sentence for the operator.
  link_tree(const config::node_config& config, caf::actor_system& system, gateway::escalation give_up);
  ~link_tree();

  using hearing = std::function<void(cluster::node_id from, const cluster::incoming& message)>;
  /// `heard` runs on the links' shard; none: nothing is taken in.
  void start(hearing heard = {});
  /// From any thread, once started; what cannot be sent is lost.
  void send(cluster::node_id to, cluster::outgoing message);
  /// From other threads; nothing when the shard does not answer in time.
  std::optional<std::vector<link_facts>> peers(milliseconds patience);
  const metrics& counts() const noexcept { return counts_; }
  const link_gateway_actor& actor() const noexcept { return gateway_; }

private:
  metrics counts_;
  shard home_;
  links all_;
  gateway::escalation give_up_;
  link_gateway_actor gateway_;
  link_receiver_actor receiver_;
  bool started_ = false;
};

} // namespace troupe
