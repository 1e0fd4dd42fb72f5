// What runs on one shard, put together: sockets, transactions, calls and the services they use.
#pragma once

#include <memory>

#include "actors/contracts/metrics.hpp"
#include "actors/dialog/call_table.hpp"
#include "actors/dialog/dispatcher.hpp"
#include "actors/resolver/resolver.hpp"
#include "actors/supervision/shard.hpp"
#include "actors/supervision/supervisor.hpp"
#include "actors/transaction/transaction_table.hpp"
#include "actors/transport/transports.hpp"

namespace troupe {

struct shard_tree {
  shard_tree(std::uint16_t index, caf::actor_system& system, const call_settings& calls_of_all,
             const std::vector<listener>& listeners, const transport_limits& limits, resolver_options names,
             store::partition& values, supervisor::logger log, supervisor::escalation give_up);

  /// Gauges that nobody else keeps up to date. On the shard.
  void refresh_gauges();

  shard home;
  metrics counts;
  supervisor failures;
  dispatcher in;
  transports net;
  call_table calls;
  transaction_table transactions;
  resolver names;
  store::partition& values;
};

} // namespace troupe
