// A link to one other node: connecting, greeting, lanes with credit, and the suspicion that the peer is gone:
// cluster.md 7 and 10.
//
// Only the lower id connects, so that there are never two connections to choose from. A connection may come and go
// within one life of both ends: what was sent and not acknowledged is sent again, and arrives once, in order. A later
// life of the peer replaces the earlier, and all that was meant for that one is reported lost; so is all that waits
// longer than the link's patience for a connection. Silence is a suspicion, never a proof: claims follow from leases.
// The shell writes only what `drain` gives it, when the connection takes more, so that messages of the lane membership
// never stand behind more data than one write.
#pragma once

#include <variant>

#include "cluster/link/window.hpp"
#include "protocols/base/time.hpp"

namespace troupe::cluster {

struct link_policy {
  std::string cluster;
  node_id self = node_id::none;
  incarnation life = 0;
  std::array<lane_limits, lanes> limits{
      {{256 * 1024, 512, 512 * 1024, 1'024}, {1024 * 1024, 4'096, 4 * 1024 * 1024, 16'384}}}; ///< membership, data
  milliseconds ping_every{200};
  milliseconds suspect_after{600}; ///< of silence
  milliseconds dead_after{3'000};  ///< of silence the connection is given up
  milliseconds greeting{2'000};    ///< for connecting and the peer's HELLO, each
  milliseconds patience{1'000};    ///< without a connection what waits is lost
  milliseconds retry_least{50}, retry_most{1'000};
  milliseconds own_pause{500}; ///< who did not run for so long cannot tell who was silent
};

struct node_link {
  enum class phase : std::uint8_t {
    idle, ///< not started, or stopped
    connecting,
    greeting, ///< our HELLO is under way, the peer's is awaited
    open,
    waiting, ///< to connect again; or, with the higher id, to be connected to
  };
  node_id peer = node_id::none;
  phase at = phase::idle;
  std::uint64_t connection = 0; ///< the shell's number of it; greeting, open
  incarnation life = 0;         ///< the peer's newest; 0: never linked
  frame_reader in;
  std::array<outbox, lanes> out;
  std::array<inbox, lanes> got;
  std::string control; ///< the link's own frames, to be written first
  instant since;       ///< of the phase; in connecting and greeting: of the attempt
  instant cut;         ///< while not open: when the peer was last heard, or the start
  instant heard, pinged, ticked, retry;
  unsigned attempts = 0; ///< since it was last open
  std::uint64_t seed = 0;
  std::optional<milliseconds> round_trip;
  bool suspected = false;

  friend bool operator==(const node_link&, const node_link&) = default;
};
std::string_view to_string(node_link::phase at) noexcept;

/// `seed`: of the jitter between attempts.
node_link make_link(node_id peer, std::uint64_t seed);

namespace link_event {
struct start {};
struct stop {};
/// Answers `connect`: TCP, and TLS where there is, are done.
struct connected {
  std::uint64_t connection = 0;
};
struct connect_failed {};
/// An accepted connection has brought this HELLO, and nothing after it.
struct greeted {
  std::uint64_t connection = 0;
  hello from;
};
struct received {
  std::uint64_t connection = 0;
  std::string_view octets;
};
struct closed {
  std::uint64_t connection = 0;
};
struct send {
  outgoing message;
};
/// The local receiver is done with so much of what `deliver` brought.
struct consumed {
  lane of = lane::data;
  incarnation life = 0;
  std::uint64_t octets = 0, frames = 0;
};
/// The connection takes so many octets.
struct drain {
  std::size_t room = 0;
};
/// At least every 100 ms.
struct tick {};
} // namespace link_event
using any_link_event =
    std::variant<link_event::start, link_event::stop, link_event::connected, link_event::connect_failed,
                 link_event::greeted, link_event::received, link_event::closed, link_event::send, link_event::consumed,
                 link_event::drain, link_event::tick>;

struct incoming {
  frame_kind kind = frame_kind::entity; ///< may be one that a later version has added
  group_id group{};
  std::string octets;

  friend bool operator==(const incoming&, const incoming&) = default;
};

namespace link_effect {
struct connect {
  friend bool operator==(const connect&, const connect&) = default;
};
struct write {
  std::uint64_t connection = 0;
  std::string octets;
  std::size_t frames = 0; ///< of lanes
  friend bool operator==(const write&, const write&) = default;
};
/// What is still to be read from it is of no interest.
struct close {
  std::uint64_t connection = 0;
  std::string last; ///< to be written before, if it can be at once
  friend bool operator==(const close&, const close&) = default;
};
struct deliver {
  lane of = lane::data;
  incarnation life = 0;
  std::vector<incoming> messages;
  std::uint64_t octets = 0; ///< for `consumed`
  friend bool operator==(const deliver&, const deliver&) = default;
};
struct lost {
  loss why = loss::full;
  std::uint64_t messages = 0;
  std::vector<std::uint64_t> tickets; ///< of those whose senders want to know
  friend bool operator==(const lost&, const lost&) = default;
};
struct up {
  incarnation life = 0;
  bool again = false; ///< it was linked all along, but silent
  friend bool operator==(const up&, const up&) = default;
};
struct down {
  incarnation life = 0;
  friend bool operator==(const down&, const down&) = default;
};
struct suspect {
  incarnation life = 0;
  friend bool operator==(const suspect&, const suspect&) = default;
};
struct refused {
  farewell why = farewell::malformed;
  bool by_peer = false;
  friend bool operator==(const refused&, const refused&) = default;
};
} // namespace link_effect
using any_link_effect =
    std::variant<link_effect::connect, link_effect::write, link_effect::close, link_effect::deliver, link_effect::lost,
                 link_effect::up, link_effect::down, link_effect::suspect, link_effect::refused>;
using link_effects = std::vector<any_link_effect>;

struct link_step {
  node_link next;
  link_effects effects;
};

link_step on(node_link state, any_link_event event, instant now, const link_policy& policy);

/// Something waits for `drain`.
bool wants_to_write(const node_link& state) noexcept;

/// Why this HELLO is not taken from `peer` (none: from an accepted connection whose node is not known).
std::optional<farewell> judge(const hello& from, node_id peer, incarnation newest, const link_policy& policy);
std::string goodbye(farewell why);

} // namespace troupe::cluster
