// What a node knows of the others' lives from the counters that every renewal returns: cluster.md 8.
//
// A node is out when its counter has stood for a second of the observer's own clock while the observer read the store
// all along. What a reading shows was true when the reading was asked for at the earliest, so a second runs from the
// answer that showed the counter first to the *asking* of the one that shows it still.
#pragma once

#include <optional>
#include <vector>

#include "cluster/membership/lease.hpp"

namespace troupe::cluster {

/// A node's record in the store.
struct life_record {
  node_id node = node_id::none;
  incarnation life = 0;
  std::uint64_t counter = 0;
  bool dead = false; ///< its parent process has seen this life end

  friend bool operator==(const life_record&, const life_record&) = default;
};

struct watch {
  struct seen {
    life_record last;
    instant since;             ///< when an answer first showed this life and counter
    incarnation told_gone = 0; ///< this life and all before were reported as ended
    friend bool operator==(const seen&, const seen&) = default;
  };
  std::vector<seen> nodes;
  std::optional<instant> last_answer;
  instant last_asked;

  friend bool operator==(const watch&, const watch&) = default;
};

/// Takes an answer to what was asked at `asked`. `members` without a record count as one that stands.
void observe(watch& w, const std::vector<node_id>& members, const std::vector<life_record>& records, instant asked,
             instant now, const lease_policy& policy);

/// Begins every second anew: another store answers.
void restart(watch& w, instant now) noexcept;

/// A peer's or parent's word that a life has ended.
void note_dead(watch& w, node_id node, incarnation life) noexcept;

const watch::seen* find(const watch& w, node_id node) noexcept;

/// Its counter has moved within a second and nobody said it was dead.
bool is_live(const watch::seen& s, instant last_asked, const lease_policy& policy) noexcept;

} // namespace troupe::cluster
