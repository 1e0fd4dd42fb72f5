#include "cluster/membership/watch.hpp"

#include <algorithm>

namespace troupe::cluster {

namespace {

life_record record_of(node_id node, const std::vector<life_record>& records) {
  auto found = std::find_if(records.begin(), records.end(), [&](const auto& r) { return r.node == node; });
  return found == records.end() ? life_record{node} : *found;
}

watch::seen& entry(watch& w, node_id node, instant now) {
  auto found = std::find_if(w.nodes.begin(), w.nodes.end(), [&](const auto& s) { return s.last.node == node; });
  return found == w.nodes.end() ? w.nodes.emplace_back(watch::seen{{node}, now, 0}) : *found;
}

} // namespace

void observe(watch& w, const std::vector<node_id>& members, const std::vector<life_record>& records, instant asked,
             instant now, const lease_policy& policy) {
  if (!w.last_answer || now - *w.last_answer > policy.away_after)
    restart(w, now);
  w.last_answer = now;
  w.last_asked = asked;
  for (auto node : members) {
    auto record = record_of(node, records);
    auto& s = entry(w, node, now);
    if (record.life < s.last.life)
      continue;                                               // lost by the store; a life that goes on writes it again
    record.dead |= s.last.dead && s.last.life == record.life; // a link's word may be ahead of the store's
    if (record.life != s.last.life || record.counter != s.last.counter)
      s.since = now;
    s.last = record;
  }
}

void restart(watch& w, instant now) noexcept {
  for (auto& s : w.nodes)
    s.since = now;
}

void note_dead(watch& w, node_id node, incarnation life) noexcept {
  for (auto& s : w.nodes)
    if (s.last.node == node && s.last.life == life)
      s.last.dead = true;
}

const watch::seen* find(const watch& w, node_id node) noexcept {
  auto found = std::find_if(w.nodes.begin(), w.nodes.end(), [&](const auto& s) { return s.last.node == node; });
  return found == w.nodes.end() ? nullptr : &*found;
}

bool is_live(const watch::seen& s, instant last_asked, const lease_policy& policy) noexcept {
  return s.last.life != 0 && !s.last.dead && last_asked - s.since < policy.out_after;
}

} // namespace troupe::cluster
