// What a node owns: the machine that claims, takes up, renews, hands over and gives up groups by the one map:
// cluster.md 7, 10, 12, 13 and 21.
//
// A grant is an entry of the *stored* map that names this life of this node, with a token above any that has ended here;
// it counts when a replica has it, and is served when the group's fence is raised and its values are read. So it does
// not matter whose compare-and-set made the entry, or whether its answer was lost. When another generation holds, owners
// have their entries written anew under it, and whoever remembers a newer entry than the store puts it back: that is
// what the second without claims is for. All times are the node's own boot-time clock.
#pragma once

#include "cluster/membership/membership.hpp"
#include "cluster/ownership/handover.hpp"
#include "cluster/ownership/map.hpp"

namespace troupe::cluster {

struct ownership_policy {
  std::vector<map_member> members; ///< of the first map; a group is not moved to or claimed by others
  std::size_t groups = 0;
  std::uint32_t replicas = 1;   ///< that must have a grant before it counts
  milliseconds patience{300};   ///< for the store's answer; then only reading the map tells what happened
  milliseconds move_every{500}; ///< between the hand-overs that balance
  milliseconds settle{2000};    ///< none while nodes come and go: each would move groups to and fro
  handover_policy handover;
};

struct holding {
  enum class phase : std::uint8_t {
    none,
    granted, ///< the map names us; not known to be replicated
    opening, ///< the fence is raised, the values are read
    owned,
    renewing, ///< owned; being written anew under `next`
  };
  phase at = phase::none;
  token by;            ///< granted, opening, owned, renewing
  token next;          ///< renewing
  token ended;         ///< no token up to this is ever taken up
  bool unsure = false; ///< a grant to another may still come; held until the entry is renewed, which excludes it
  handover_source out;
  handover_target in;

  friend bool operator==(const holding&, const holding&) = default;
};

/// The state.
struct ownership {
  /// What the store was asked for; one thing at a time.
  enum class asking : std::uint8_t { nothing, map, change, replicas };

  node_id self = node_id::none;
  incarnation life = 0;
  std::uint64_t generation = 0;
  instant claims_after;
  bool serving = false;
  bool drain = false;            ///< the operator wants the map to mark this node
  cluster_map map;               ///< as the store last showed it
  bool behind = true;            ///< the map must be read before anything is decided
  std::vector<map_entry> newest; ///< for each group the entry with the highest token ever seen
  std::vector<holding> groups;
  std::vector<evidence> gone;
  std::vector<node_id> live;
  asking asked = asking::nothing;
  std::uint64_t request = 0; ///< number of what was asked last
  instant asked_at;
  cluster_map proposed; ///< the change whose outcome is not known
  instant next_move;

  friend bool operator==(const ownership&, const ownership&) = default;
};

ownership make_ownership(node_id self, incarnation life, const ownership_policy& policy);

namespace owner_event {
/// At least every 50 ms, with what the membership machine and the newest renewal say.
struct tick {
  std::vector<node_id> live;
  bool serving = false;
  std::uint64_t map_version = 0; ///< as the newest renewal showed it
};
/// From the membership machine's effects of the same names.
using member_effect::gone;
using member_effect::new_generation;
struct map_read {
  std::uint64_t request = 0;
  cluster_map map;
};
struct map_changed {
  enum class outcome : std::uint8_t {
    done,
    other_version, ///< or another generation
    moved,         ///< a victim lives: its counter is not the one in the proof
  };
  std::uint64_t request = 0;
  outcome what = outcome::done;
};
struct replicated {
  std::uint64_t request = 0;
  std::uint32_t replicas = 0;
};
/// Answers open_group and rewrite_group. `fence` is the group's token in the store: `by` when it was done.
struct opened {
  group_id group{};
  token by;
  token fence;
};
/// A commit of this group was refused.
struct overtaken {
  group_id group{};
  token fence;
};
struct heard {
  node_id from = node_id::none;
  handover_message message;
};
/// Answers snapshot_group and hold_group.
struct content {
  group_id group{};
  std::string octets;
};
struct flushed {
  group_id group{};
};
struct drain {};
} // namespace owner_event
using ownership_event =
    std::variant<owner_event::tick, owner_event::gone, owner_event::new_generation, owner_event::map_read,
                 owner_event::map_changed, owner_event::replicated, owner_event::opened, owner_event::overtaken,
                 owner_event::heard, owner_event::content, owner_event::flushed, owner_event::drain>;

namespace owner_effect {
struct store_read_map {
  std::uint64_t request = 0;
  friend bool operator==(const store_read_map&, const store_read_map&) = default;
};
/// In one script: if the stored map's version is one less than this one's, the store's generation is this one and all
/// counters stand, replace the map.
struct store_compare_and_set {
  std::uint64_t request = 0;
  std::uint64_t generation = 0;
  cluster_map map;
  std::vector<evidence> proofs;
  friend bool operator==(const store_compare_and_set&, const store_compare_and_set&) = default;
};
/// WAIT, on a connection that has written since the change (else it would wait for nothing).
struct store_wait {
  std::uint64_t request = 0;
  friend bool operator==(const store_wait&, const store_wait&) = default;
};
/// Raise the group's fence to `by`; then, unless its values were `streamed` here, read them.
struct open_group {
  group_id group{};
  token by;
  bool streamed = false;
  friend bool operator==(const open_group&, const open_group&) = default;
};
/// Raise the fence to `by` and write all values anew under a fresh key, renamed over the old one.
struct rewrite_group {
  group_id group{};
  token by;
  friend bool operator==(const rewrite_group&, const rewrite_group&) = default;
};
/// Serve it under `by`; to the gate as well.
struct take_group {
  group_id group{};
  token by;
  friend bool operator==(const take_group&, const take_group&) = default;
};
/// Forget it; what still comes goes to `to`, with what was held first. To the gate as well.
struct give_up_group {
  group_id group{};
  node_id to = node_id::none;
  friend bool operator==(const give_up_group&, const give_up_group&) = default;
};
struct install_addresses {
  group_id group{};
  friend bool operator==(const install_addresses&, const install_addresses&) = default;
};
struct remove_addresses {
  group_id group{};
  friend bool operator==(const remove_addresses&, const remove_addresses&) = default;
};
struct send_link {
  node_id to = node_id::none;
  handover_message message;
  friend bool operator==(const send_link&, const send_link&) = default;
};
struct snapshot_group {
  group_id group{};
  friend bool operator==(const snapshot_group&, const snapshot_group&) = default;
};
struct hold_group {
  group_id group{};
  friend bool operator==(const hold_group&, const hold_group&) = default;
};
/// All is flushed and the grant to another will be asked for: to the gate, nothing leaves before it is resumed.
struct silence_group {
  group_id group{};
  friend bool operator==(const silence_group&, const silence_group&) = default;
};
struct resume_group {
  group_id group{};
  token by; ///< to the gate, which silence_group may have closed
  friend bool operator==(const resume_group&, const resume_group&) = default;
};
struct apply_values {
  group_id group{};
  bool first = false;
  std::string octets;
  friend bool operator==(const apply_values&, const apply_values&) = default;
};
struct forget_values {
  group_id group{};
  friend bool operator==(const forget_values&, const forget_values&) = default;
};
} // namespace owner_effect
using ownership_effect =
    std::variant<owner_effect::store_read_map, owner_effect::store_compare_and_set, owner_effect::store_wait,
                 owner_effect::open_group, owner_effect::rewrite_group, owner_effect::take_group,
                 owner_effect::give_up_group, owner_effect::install_addresses, owner_effect::remove_addresses,
                 owner_effect::send_link, owner_effect::snapshot_group, owner_effect::hold_group,
                 owner_effect::silence_group, owner_effect::resume_group, owner_effect::apply_values,
                 owner_effect::forget_values>;

struct ownership_step {
  ownership next;
  std::vector<ownership_effect> effects;
};

ownership_step on(ownership state, const ownership_event& event, instant now, const ownership_policy& policy);

/// What to do with a message for a group that came with so many hops between nodes behind it.
struct direction {
  enum class kind : std::uint8_t { serve, forward, not_owner } what = kind::not_owner;
  node_id to = node_id::none; ///< forward
  std::uint64_t version = 0;  ///< not_owner: of the map that says so
  friend bool operator==(const direction&, const direction&) = default;
};
inline constexpr unsigned most_hops = 2;
direction route(const ownership& state, group_id group, unsigned hops) noexcept;

/// The change to the map that is due, with its proofs; nothing when there is none. Part of `on`.
struct map_change {
  cluster_map map;
  std::vector<evidence> proofs;
};
std::optional<map_change> due_change(const ownership& state, instant now, const ownership_policy& policy);

} // namespace troupe::cluster
