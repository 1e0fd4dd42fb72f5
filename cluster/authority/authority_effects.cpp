// How the authority carries out what its machines ask of the store and tell each other.
#include <algorithm>
#include <utility>

#include "cluster/authority/authority.hpp"

namespace troupe::cluster {

namespace {

bool has_later_life(const std::vector<life_record>& records, node_id node, incarnation life) {
  return std::any_of(records.begin(), records.end(), [&](const auto& r) { return r.node == node && r.life > life; });
}

} // namespace

void authority::run(const member_effect::store_renew& e) {
  std::transform(ticks_.begin(), ticks_.end(), ticks_at_renewal_.begin(),
                 [](const auto& each) { return each.load(std::memory_order_relaxed); });
  ask(store_operation::renew{options_.self, life_}, options_.leases.replicas,
      [this, sequence = e.sequence](const store_answer& a) {
        map_version_ = a.map_version;
        if (a.replaced)
          why_ = has_later_life(a.records, options_.self, life_) ? life_end::replaced : life_end::declared;
        step(member_event::renewed{sequence, a.run, a.generation, a.generation_of, a.replicas, a.replaced, a.records});
      });
}

void authority::run(const member_effect::store_raise_generation& e) {
  host_.report(e.above == 0 ? "nothing of this cluster is in Redis: it begins with generation 1"
                            : "another Redis server answers, or it has lost what was written: the generation after " +
                                  std::to_string(e.above) + " begins");
  ask(store_operation::raise_generation{e.run, e.above}, 0, [](const store_answer&) {});
}

void authority::run(const member_effect::new_generation& e) { step(ownership_event(e)); }

void authority::run(const member_effect::gone& e) {
  auto live = live_nodes(member_, options_.leases);
  auto earlier = std::find(live.begin(), live.end(), e.proof.node) != live.end(); // it has begun another
  if (!earlier && std::exchange(told_gone_[e.proof.node], e.proof.life) != e.proof.life)
    host_.report("node " + std::to_string(static_cast<std::uint16_t>(e.proof.node)) + " is gone, life " +
                 std::to_string(e.proof.life) + (e.proof.certain ? ", for certain" : ""));
  step(ownership_event(e));
}

void authority::run(const member_effect::discard_and_restart&) {
  auto life = std::exchange(life_, 0);
  host_.ended(life, why_);
}

void authority::run(const owner_effect::store_read_map& e) {
  ask(store_operation::read_map{}, 0, [this, request = e.request](const store_answer& a) {
    auto map = a.map.empty() ? cluster_map{} : decode_map(a.map);
    if (!map || map->version != a.map_version)
      return trouble("the cluster's map cannot be read: it is damaged, or of a newer version of troupe");
    step(owner_event::map_read{request, std::move(*map)});
  });
}

void authority::run(const owner_effect::store_compare_and_set& e) {
  ask(store_operation::change_map{e.generation, e.map.version, encode(e.map), e.proofs}, 0,
      [this, request = e.request](const store_answer& a) {
        step(owner_event::map_changed{request, a.changed});
      });
}

/// Whose change it was does not matter: what this connection writes before it waits comes after it.
void authority::run(const owner_effect::store_wait& e) {
  auto heard = [this, request = e.request, life = life_](std::uint32_t replicas) {
    if (life == life_)
      step(owner_event::replicated{request, replicas});
  };
  if (options_.owners.replicas == 0)
    return loop_.post([heard] { heard(0); });
  ask(store_operation::touch{}, options_.owners.replicas, [heard](const store_answer& a) { heard(a.replicas); });
}

} // namespace troupe::cluster
