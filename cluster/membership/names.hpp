// What the cluster's parts call each other by: nodes, groups, lives of a process, and the token that fences a write.
#pragma once

#include <compare>
#include <cstdint>
#include <vector>

namespace troupe::cluster {

/// A node's number in the configuration; never given to another node.
enum class node_id : std::uint16_t { none = 0 };

/// What is owned, moved and taken over as one: addresses, a share of the slots, and all that came in by them.
enum class group_id : std::uint16_t {};

/// One life of a node's process. A later life has a higher number, so that a newer one proves the older ones ended.
using incarnation = std::uint64_t;

inline constexpr std::uint32_t slot_count = 1024;

constexpr std::size_t index_of(group_id group) noexcept { return static_cast<std::size_t>(group); }

/// The number of groups is fixed when the cluster's map is made.
constexpr group_id group_of(std::uint32_t slot, std::size_t groups) noexcept {
  return static_cast<group_id>(slot % slot_count % groups);
}

/// Who may write a group's values and speak for it. A store that lost acknowledged writes may give an epoch twice; the
/// generation, raised whenever another server process answers, tells the two apart.
struct token {
  std::uint64_t generation = 0;
  std::uint64_t epoch = 0;
  incarnation life = 0;

  friend auto operator<=>(const token&, const token&) = default;
};

constexpr std::size_t majority_of(std::size_t members) noexcept { return members / 2 + 1; }

} // namespace troupe::cluster
