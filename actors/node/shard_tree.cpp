#include "actors/node/shard_tree.hpp"

namespace troupe {

shard_tree::shard_tree(std::uint16_t index, caf::actor_system& system, const call_settings& own,
                       const std::vector<listener>& listeners, const transport_limits& limits, resolver_options how,
                       store::partition& kept, const registration_settings& rules, snapshots& seen, std::size_t shards,
                       supervisor::logger log, supervisor::escalation give_up)
    : home(index, system),
      failures(home, counts, {}, std::move(log), std::move(give_up)),
      in(home, counts, own),
      net(home, counts, listeners, limits, in),
      calls(home, counts, own, kept, failures),
      transactions(home, counts, own.secret, own.times, in, calls, failures),
      names(home, std::move(how)),
      requests(home, own, shards),
      values(kept),
      registration_rules_(rules),
      seen_(seen) {}

void shard_tree::use_hss(std::unique_ptr<cx_port> port) {
  hss = std::move(port);
  registrations =
      std::make_unique<registration_front>(home, values, failures, counts, *hss, seen_, requests, registration_rules_);
}

void shard_tree::charge_to(charging_sink& to) {
  charged = std::make_unique<outbox>(home, counts, values, failures, to);
  calls.charge_to(charged.get());
}

void shard_tree::connect(const std::vector<std::unique_ptr<shard_tree>>& all, const std::vector<address>& peers) {
  std::vector<dispatcher*> dispatchers;
  std::vector<transports*> nets;
  std::vector<registration_front*> fronts;
  std::vector<call_table*> tables;
  for (auto& tree : all) {
    dispatchers.push_back(&tree->in);
    nets.push_back(&tree->net);
    fronts.push_back(tree->registrations.get());
    tables.push_back(&tree->calls);
  }
  in.connect(net, transactions, calls, std::move(dispatchers));
  in.allow_peers(peers);
  net.know(std::move(nets));
  requests.connect(net, transactions, names);
  registrations->connect(std::move(fronts), std::move(tables));
  calls.connect(net, transactions, in, *registrations, names, requests);
}

void shard_tree::refresh_gauges() {
  counts.set(metric::transactions_now, transactions.live());
  counts.set(metric::transactions_resting_now, transactions.at_rest());
  counts.set(metric::unanswered_now, transactions.unanswered());
  counts.set(metric::timers_now, home.timers().size());
  counts.set(metric::actors_queued_now, home.unit().queued());
  counts.set(metric::store_octets_now, values.memory());
  counts.set(metric::rounds, home.rounds());
}

} // namespace troupe
