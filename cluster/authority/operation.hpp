// What the cluster's authority asks of the store, and what it hears: cluster.md 7, 8, 10 and 13.
// docs/decisions/authority.md.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "cluster/membership/membership.hpp"
#include "cluster/ownership/ownership.hpp"

namespace troupe::cluster {

namespace store_operation {
/// Counts up the counter of this life, unless it is marked dead or a later one has renewed.
struct renew {
  node_id node = node_id::none;
  incarnation life = 0;
};
/// Unless the store has a generation of at least `above` + 1 for `run`: writes that for it.
struct raise_generation {
  std::uint64_t run = 0, above = 0;
};
/// This life and all before it have ended: the parent process's word.
struct mark_dead {
  node_id node = node_id::none;
  incarnation life = 0;
};
struct read_map {};
/// Replaces the map if the stored one is the version before, the generation holds, and the victims' counters stand.
struct change_map {
  std::uint64_t generation = 0, version = 0;
  std::string map;
  std::vector<evidence> proofs;
};
/// Writes something, so that waiting for replicas after it covers whatever was written before, by anyone.
struct touch {};
} // namespace store_operation

using store_operations =
    std::variant<store_operation::renew, store_operation::raise_generation, store_operation::mark_dead,
                 store_operation::read_map, store_operation::change_map, store_operation::touch>;

struct store_answer {
  std::uint64_t run = 0; ///< of the server process: the first 64 bits of its run id
  std::uint64_t generation = 0, generation_of = 0, map_version = 0;
  std::uint32_t replicas = 0;       ///< that had it, where waited for
  bool replaced = false;            ///< renew
  std::vector<life_record> records; ///< renew
  std::string map;                  ///< read_map; empty: none yet
  owner_event::map_changed::outcome changed = owner_event::map_changed::outcome::done; ///< change_map

  friend bool operator==(const store_answer&, const store_answer&) = default;
};

} // namespace troupe::cluster
