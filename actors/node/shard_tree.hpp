// What runs on one shard, put together: sockets, transactions, calls and the services they use.
#pragma once

#include <memory>

#include "actors/charging/outbox.hpp"
#include "actors/contracts/metrics.hpp"
#include "actors/dialog/call_table.hpp"
#include "actors/dialog/dispatcher.hpp"
#include "actors/dialog/own_requests.hpp"
#include "actors/registration/registration_front.hpp"
#include "actors/resolver/resolver.hpp"
#include "actors/supervision/shard.hpp"
#include "actors/supervision/supervisor.hpp"
#include "actors/transaction/transaction_table.hpp"
#include "actors/transport/transports.hpp"

namespace troupe {

struct shard_tree {
  shard_tree(std::uint16_t index, caf::actor_system& system, const call_settings& calls_of_all,
             const std::vector<listener>& listeners, const transport_limits& limits, resolver_options names,
             store::partition& values, const registration_settings& registrations_of_all, snapshots& seen,
             std::size_t shards, supervisor::logger log, supervisor::escalation give_up);

  /// The way to the HSS; to be given before connect().
  void use_hss(std::unique_ptr<cx_port> port);
  /// Where charging records go; without it, nowhere. Before connect(), too.
  void charge_to(charging_sink& to);
  void connect(const std::vector<std::unique_ptr<shard_tree>>& all, const std::vector<address>& peers);

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
  own_requests requests;
  store::partition& values;
  std::unique_ptr<cx_port> hss;
  std::unique_ptr<outbox> charged; ///< null: nobody is charged
  std::unique_ptr<registration_front> registrations;
  /// What the console has asked and was not answered yet: a stuck shard is asked no more.
  std::shared_ptr<std::atomic<int>> asked = std::make_shared<std::atomic<int>>(0);

private:
  const registration_settings& registration_rules_;
  snapshots& seen_;
};

} // namespace troupe
