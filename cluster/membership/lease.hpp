// A node's own lease: until when it may serve, by the store's word or by that of the view's majority:
// cluster.md 8, 9 and 12.
//
// A lease holds no times that another clock wrote. What counts is when the node *sent* the renewal that was confirmed:
// whoever saw it saw it later, so the holder's 700 ms end before an observer's second does.
#pragma once

#include <optional>
#include <vector>

#include "cluster/membership/names.hpp"
#include "protocols/base/time.hpp"

namespace troupe::cluster {

struct lease_policy {
  milliseconds renew_every{200};
  milliseconds serve_for{700};  ///< after a confirmed renewal was sent
  milliseconds out_after{1000}; ///< a counter that has stood so long, a promise, a bar
  milliseconds away_after{400}; ///< without a confirmed renewal the store counts as away
  /// Replicas that must have a renewal before it counts. A former master cut off with some of the nodes would otherwise
  /// go on confirming them while the others claim from its successor. Zero: a store without replicas.
  std::uint32_t replicas = 1;
};

struct lease {
  struct asked {
    std::uint64_t sequence = 0;
    instant sent;
    friend bool operator==(const asked&, const asked&) = default;
  };
  struct promise {
    node_id by = node_id::none;
    instant sent; ///< when the newest renewal that this peer promised for was sent
    friend bool operator==(const promise&, const promise&) = default;
  };

  std::uint64_t sequence = 0;   ///< of the newest renewal
  std::vector<asked> open;      ///< renewals whose answers still count
  std::optional<instant> store; ///< when the newest renewal that the store confirmed was sent
  std::vector<promise> promises;

  friend bool operator==(const lease&, const lease&) = default;
};

/// Begins a renewal; its number.
std::uint64_t renew(lease& own, instant now, const lease_policy& policy);

/// When renewal `sequence` was sent; nothing when it is too old to count.
std::optional<instant> sent_at(const lease& own, std::uint64_t sequence) noexcept;

void confirm_by_store(lease& own, instant sent) noexcept;
void confirm_by_peer(lease& own, node_id peer, instant sent);

/// The serving deadline. Fewer than three members have no majority that outlives one: for them only the store counts.
std::optional<instant> deadline_of(const lease& own, std::size_t members, const lease_policy& policy);

/// Whether the store has confirmed nothing for so long that the view must carry the leases.
bool store_away(const lease& own, instant now, const lease_policy& policy) noexcept;

} // namespace troupe::cluster
