#include "cluster/fencing/gate.hpp"

#include <algorithm>

namespace troupe::cluster {

gate make_gate(std::size_t groups) {
  gate g;
  g.groups.resize(groups);
  return g;
}

void extend(gate& g, instant deadline, std::uint64_t generation) noexcept {
  g.deadline = std::max(g.deadline, deadline);
  g.generation = generation;
  for (auto& group : g.groups)
    if (group.open && group.by.generation == generation)
      group.deadline = g.deadline;
}

void open(gate& g, group_id group, const token& by) noexcept {
  auto& at = g.groups[index_of(group)];
  if (by <= at.stale_up_to)
    return;
  at.by = by;
  at.open = true;
  if (by.generation == g.generation)
    at.deadline = g.deadline;
}

void close(gate& g, group_id group) noexcept { g.groups[index_of(group)].open = false; }

void overtaken(gate& g, group_id group, const token& seen) noexcept {
  auto& at = g.groups[index_of(group)];
  if (seen <= at.by)
    return;
  at.stale_up_to = std::max(at.stale_up_to, at.by);
  at.open = false;
}

passage may_leave(const gate& g, group_id group, const token& made_under, instant now) noexcept {
  const auto& at = g.groups[index_of(group)];
  if (now >= g.deadline)
    return passage::late;
  if (made_under <= at.stale_up_to || made_under < at.by)
    return passage::stale;
  if (!at.open || made_under != at.by)
    return passage::closed;
  return now < at.deadline ? passage::leaves : passage::closed;
}

} // namespace troupe::cluster
