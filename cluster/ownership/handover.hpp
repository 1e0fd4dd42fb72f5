// A group's live hand-over to another node: the source's and the target's machines: cluster.md 21.
//
// The source streams a snapshot and then every change, in sequence. When the target has caught up the source holds the
// group's messages back, at most 50 ms, until what is under way is stored and acknowledged; then it has the map grant
// the group to the target. Until that is asked for the source may call it off; once asked, only the map knows. A target
// that misses a number calls it off: half a group is worse than none.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "cluster/membership/names.hpp"
#include "protocols/base/time.hpp"

namespace troupe::cluster {

struct handover_message {
  enum class kind : std::uint8_t {
    snapshot = 1, ///< `by` is the source's token; `sequence` is 1
    change = 2,
    acknowledge = 3, ///< everything up to `sequence`; `by.life` is the target's
    granted = 4,     ///< the map names the target; `sequence` is the last
    call_off = 5,
  };
  kind what = kind::snapshot;
  group_id group{};
  std::uint64_t stream = 0; ///< tells one attempt from another
  std::uint64_t sequence = 0;
  token by;
  std::string content; ///< values, as their owner encodes them
  std::string unknown; ///< of a later version

  friend bool operator==(const handover_message&, const handover_message&) = default;
};

std::string encode(const handover_message& message);
std::optional<handover_message> decode_handover_message(std::string_view octets);

struct handover_policy {
  milliseconds catch_up{1000}; ///< from the snapshot to the target's having all
  milliseconds hold{50};       ///< until the grant is asked for
};

struct handover_source {
  enum class phase : std::uint8_t { none, snapshotting, streaming, holding, granting };
  phase at = phase::none;
  node_id target = node_id::none;
  incarnation target_life = 0;
  std::uint64_t stream = 0; ///< grows with each attempt
  std::uint64_t sent = 0;
  std::uint64_t acknowledged = 0;
  bool flushed = false;
  instant until; ///< then it is called off

  friend bool operator==(const handover_source&, const handover_source&) = default;
};

struct handover_target {
  node_id source = node_id::none; ///< none: nothing is being received
  token by;                       ///< the source's
  std::uint64_t stream = 0;
  std::uint64_t received = 0;

  friend bool operator==(const handover_target&, const handover_target&) = default;
};

namespace handover_event {
struct begin {
  node_id target = node_id::none;
};
/// The group's values, and after it each that changes; an empty value of a key stands for its removal.
struct content {
  std::string octets;
};
/// All that the group changed before it was held is stored and was given as content.
struct flushed {};
struct heard {
  node_id from = node_id::none;
  handover_message message;
};
struct tick {};
/// The map says who has it.
struct decided {
  bool to_target = false;
};
} // namespace handover_event
using source_event = std::variant<handover_event::begin, handover_event::content, handover_event::flushed,
                                  handover_event::heard, handover_event::tick, handover_event::decided>;

namespace handover_effect {
struct send {
  node_id to = node_id::none;
  handover_message message;
  friend bool operator==(const send&, const send&) = default;
};
/// Give the group's values as content, then every change.
struct snapshot {
  friend bool operator==(const snapshot&, const snapshot&) = default;
};
/// Queue what comes in, send nothing, store what is under way; then `flushed`.
struct hold {
  friend bool operator==(const hold&, const hold&) = default;
};
/// Have the map grant the group to the target.
struct grant {
  friend bool operator==(const grant&, const grant&) = default;
};
/// Go on serving, with what was queued first.
struct resume {
  friend bool operator==(const resume&, const resume&) = default;
};
/// Put these values in place, without serving them.
struct apply {
  bool first = false; ///< a snapshot: forget what was there
  std::string octets;
  friend bool operator==(const apply&, const apply&) = default;
};
/// The hand-over was called off: forget the values that were put in place.
struct forget {
  friend bool operator==(const forget&, const forget&) = default;
};
} // namespace handover_effect
using handover_effects = std::vector<
    std::variant<handover_effect::send, handover_effect::snapshot, handover_effect::hold, handover_effect::grant,
                 handover_effect::resume, handover_effect::apply, handover_effect::forget>>;

struct source_step {
  handover_source next;
  handover_effects effects;
};
struct target_step {
  handover_target next;
  handover_effects effects;
};

/// `by` is the token under which the source serves the group.
source_step on(handover_source state, const source_event& event, group_id group, const token& by, instant now,
               const handover_policy& policy);
/// `life` is the target's own. What is received counts only when a grant follows that the target did not ask for.
target_step on(handover_target state, const handover_event::heard& event, incarnation life);

} // namespace troupe::cluster
