// One node's membership in the cluster: its lease, its view of the others, its word to them, the store's generation:
// cluster.md 8 to 10, 12 and 13.
//
// The machine decides who may act; what is done with that (groups, addresses) is the ownership machine's, and what may
// leave the node the egress gate's. All times are the node's own boot-time clock.
#pragma once

#include <variant>

#include "cluster/membership/message.hpp"
#include "cluster/membership/voter.hpp"
#include "cluster/membership/watch.hpp"

namespace troupe::cluster {

/// That a node's life has ended, or may be taken to have. Unless it is certain the map may only be changed while the
/// counter is still this one: the store compares it within the change.
struct evidence {
  node_id node = node_id::none;
  incarnation life = 0; ///< of the record; this life and all before it
  std::uint64_t counter = 0;
  bool certain = false;

  friend bool operator==(const evidence&, const evidence&) = default;
};

/// The state.
struct membership {
  enum class phase : std::uint8_t {
    joining, ///< no renewal was confirmed yet
    serving,
    stopped, ///< past its deadline, or replaced: this life serves no more
  };
  struct ballot {
    evidence against;
    std::uint64_t number = 0;
    instant asked;
    std::vector<node_id> yes;
    friend bool operator==(const ballot&, const ballot&) = default;
  };

  phase at = phase::joining;
  node_id self = node_id::none;
  incarnation life = 0;
  std::vector<node_id> view; ///< all members, self among them
  instant next_renewal;
  lease own;
  watch others;
  voter word;
  std::vector<ballot> ballots;
  std::uint64_t last_ballot = 0;
  std::uint64_t answered = 0;   ///< the newest renewal that the store has answered
  std::uint64_t generation = 0; ///< the highest seen
  instant claims_after;         ///< nothing is claimed before

  friend bool operator==(const membership&, const membership&) = default;
};

membership make_membership(node_id self, incarnation life, std::vector<node_id> view, instant now,
                           const lease_policy& policy);

namespace member_event {
/// To be given at least every 50 ms. `shards_alive`: each shard has ticked since the last renewal.
struct tick {
  bool shards_alive = true;
};
/// The store's answer to a renewal, with how many replicas had it by then.
struct renewed {
  std::uint64_t sequence = 0;
  std::uint64_t run = 0;           ///< of the server process that answered
  std::uint64_t generation = 0;    ///< as stored
  std::uint64_t generation_of = 0; ///< the run for which it was stored
  std::uint32_t replicas = 0;
  bool replaced = false; ///< this life is marked dead, or a later one of this node has renewed
  std::vector<life_record> records;
};
struct heard {
  node_id from = node_id::none;
  member_message message;
};
} // namespace member_event
using membership_event = std::variant<member_event::tick, member_event::renewed, member_event::heard>;

namespace member_effect {
/// Count up this life's counter; answer with `renewed`.
struct store_renew {
  std::uint64_t sequence = 0;
  friend bool operator==(const store_renew&, const store_renew&) = default;
};
/// Unless the store has a generation of at least `above` + 1 for `run`: write that for it.
struct store_raise_generation {
  std::uint64_t run = 0;
  std::uint64_t above = 0;
  friend bool operator==(const store_raise_generation&, const store_raise_generation&) = default;
};
struct send_link {
  node_id to = node_id::none;
  member_message message;
  friend bool operator==(const send_link&, const send_link&) = default;
};
/// Groups granted in `generation` may be served until `deadline`; those of an older one keep theirs.
struct extend {
  instant deadline;
  std::uint64_t generation = 0;
  friend bool operator==(const extend&, const extend&) = default;
};
/// Another generation holds: no claims before `claims_after`; who owns a group says so anew.
struct new_generation {
  std::uint64_t generation = 0;
  instant claims_after;
  friend bool operator==(const new_generation&, const new_generation&) = default;
};
/// This node's groups may be claimed.
struct gone {
  evidence proof;
  friend bool operator==(const gone&, const gone&) = default;
};
/// Throw away sockets' buffers, timers and entities; begin another life.
struct discard_and_restart {
  friend bool operator==(const discard_and_restart&, const discard_and_restart&) = default;
};
} // namespace member_effect
using membership_effect = std::variant<member_effect::store_renew, member_effect::store_raise_generation,
                                       member_effect::send_link, member_effect::extend, member_effect::new_generation,
                                       member_effect::gone, member_effect::discard_and_restart>;

struct membership_step {
  membership next;
  std::vector<membership_effect> effects;
};

membership_step on(membership state, const membership_event& event, instant now, const lease_policy& policy);

/// The nodes that renew, self among them while it serves: what the map's proposal is made for.
std::vector<node_id> live_nodes(const membership& state, const lease_policy& policy);

} // namespace troupe::cluster
