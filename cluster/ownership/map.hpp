// The one map: which node owns which group, by which token. Truth is the store's copy, changed by compare-and-set:
// cluster.md 7.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/membership/names.hpp"

namespace troupe::cluster {

struct map_entry {
  node_id owner = node_id::none;
  token by; ///< of the newest grant; kept when the group is released, so that no epoch is given twice

  friend bool operator==(const map_entry&, const map_entry&) = default;
};

struct map_member {
  node_id node = node_id::none;
  std::uint32_t weight = 1;
  bool draining = false; ///< owns nothing after its groups have moved

  friend bool operator==(const map_member&, const map_member&) = default;
};

struct cluster_map {
  std::uint64_t version = 0; ///< 0: there is none yet
  std::vector<map_member> members;
  std::vector<map_entry> groups; ///< by group; their number never changes
  std::string unknown;           ///< of a later version

  friend bool operator==(const cluster_map&, const cluster_map&) = default;
};

cluster_map make_map(std::vector<map_member> members, std::size_t groups);

const map_member* member_of(const cluster_map& map, node_id node) noexcept;

/// The owner that rendezvous hashing proposes for each group: the live, not draining node with the highest weighted
/// score that has not its share yet. No node gets more than its weight's share rounded up or a quarter above it, and a node
/// that comes or goes moves hardly more than its own groups. `none` for all when nobody is eligible.
std::vector<node_id> propose(const cluster_map& map, const std::vector<node_id>& live);

std::string encode(const cluster_map& map);
std::optional<cluster_map> decode_map(std::string_view octets);

} // namespace troupe::cluster
