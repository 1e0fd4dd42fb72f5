#include "actors/node/shard_tree.hpp"

namespace troupe {

shard_tree::shard_tree(std::uint16_t index, caf::actor_system& system, const call_settings& own,
                       const std::vector<listener>& listeners, const transport_limits& limits, resolver_options how,
                       store::partition& kept, supervisor::logger log, supervisor::escalation give_up)
  : home(index, system), failures(home, counts, {}, std::move(log), std::move(give_up)), in(home, counts, own),
    net(home, counts, listeners, limits, in), calls(home, counts, own, kept, failures),
    transactions(home, counts, own.secret, own.times, in, calls, failures), names(home, std::move(how)), values(kept) {}

void shard_tree::refresh_gauges() {
  counts.set(metric::transactions_now, transactions.size());
  counts.set(metric::timers_now, home.timers().size());
  counts.set(metric::actors_queued_now, home.unit().queued());
  counts.set(metric::store_octets_now, values.memory());
  counts.set(metric::rounds, home.rounds());
}

} // namespace troupe
