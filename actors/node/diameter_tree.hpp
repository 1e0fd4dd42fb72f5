// The node's Diameter, on a shard of its own.
#pragma once

#include <memory>

#include "actors/diameter/transport.hpp"
#include "config/schema/config.hpp"

namespace troupe {

class diameter_tree {
public:
  diameter_tree(const config::node_config& config, caf::actor_system& system, diameter_transport::escalation give_up);
  /// Says goodbye to the peers.
  ~diameter_tree();

  void start();
  std::shared_ptr<diameter_port> port() const { return transport_.port(); }
  const metrics& counts() const noexcept { return counts_; }

private:
  metrics counts_;
  shard home_;
  diameter_transport transport_;
  bool started_ = false;
};

} // namespace troupe
