// The word a node gives to others: promises, by which they serve while the store is away, and votes that let one
// claim: cluster.md 12.
//
// A promise and a vote exclude each other: for a second after a promise no vote against that life, for a second after a
// vote no promise to it. Any majority of voters shares a node with any majority of promisers, so at the instant at
// which a claimant has the majority its victim has none. A process that starts does not know what its former life
// promised, and therefore votes on nobody for a second.
#pragma once

#include <vector>

#include "cluster/membership/lease.hpp"

namespace troupe::cluster {

struct voter {
  struct word {
    node_id to = node_id::none;
    incarnation life = 0;
    instant until;
    friend bool operator==(const word&, const word&) = default;
  };
  instant silent_until;
  std::vector<word> promises;
  std::vector<word> bars; ///< lives that a vote was given against

  friend bool operator==(const voter&, const voter&) = default;
};

bool promise_to(voter& v, node_id node, incarnation life, instant now, const lease_policy& policy);
/// `dead`: the life's end is certain, so a promise to it binds nobody.
bool vote_against(voter& v, node_id node, incarnation life, bool dead, instant now, const lease_policy& policy);

} // namespace troupe::cluster
