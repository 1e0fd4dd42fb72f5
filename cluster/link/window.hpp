// A lane's two ends: what waits for credit or acknowledgement, and what was received but not yet consumed.
//
// Numbers only grow, also where messages were given up as lost; the receiver takes what is above the highest it has
// seen. So an acknowledgement is one number, and after a reconnect the sender goes on from the one that the peer's
// HELLO shows. Each message costs its octets and a fixed sum, so that many small ones cannot take more memory than a window says.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cluster/link/frame.hpp"

namespace troupe::cluster {

struct lane_limits {
  std::uint64_t octets = 0; ///< that the receiver holds unconsumed
  std::uint64_t frames = 0;
  std::uint64_t queue_octets = 0; ///< that the sender holds, sent or not
  std::uint64_t queue_frames = 0;

  friend bool operator==(const lane_limits&, const lane_limits&) = default;
};

constexpr std::uint64_t cost_of(std::size_t octets) noexcept { return octets + 64; }

struct outgoing {
  frame_kind kind = frame_kind::entity;
  group_id group{};
  std::uint64_t ticket = 0; ///< the sender's, to be told of a loss
  std::string octets;

  friend bool operator==(const outgoing&, const outgoing&) = default;
};

/// Why a message is not known to have arrived.
enum class loss : std::uint8_t {
  full = 1,  ///< no credit, and the queue is at its bound
  too_large, ///< it never fits
  no_link,   ///< there was none for longer than the link's patience
  restarted, ///< the peer is another life; it may or may not have reached the former
};
std::string_view to_string(loss why) noexcept;

struct outbox {
  struct item {
    std::uint64_t number = 0;
    outgoing message;
    friend bool operator==(const item&, const item&) = default;
  };
  std::vector<item> items; ///< the first `sent` are with the peer, unacknowledged
  std::size_t sent = 0;
  std::uint64_t octets = 0;      ///< what the items cost
  std::uint64_t sent_octets = 0; ///< those that are sent
  std::uint64_t last = 0;        ///< number given
  credit window;

  std::optional<loss> put(outgoing message, const lane_limits& limits);
  /// False: the peer says to have seen what was never sent.
  bool acknowledge(const credit& told);
  void rewind() noexcept { sent = 0, sent_octets = 0; }
  bool ready() const noexcept;
  /// Appends frames until `out` has `room` octets or more, or credit is at its end. Answers how many.
  std::size_t take(std::string& out, std::size_t room);
  /// Empties it; the tickets that want to know.
  std::vector<std::uint64_t> lose();

  friend bool operator==(const outbox&, const outbox&) = default;
};

struct inbox {
  enum class verdict : std::uint8_t { fresh, repeated, overrun };

  std::uint64_t seen = 0;
  std::uint64_t octets = 0, frames = 0; ///< delivered, not yet consumed
  credit told;                          ///< last
  std::uint64_t since_octets = 0, since_frames = 0;

  verdict arrived(std::uint64_t number, std::size_t size, const lane_limits& limits) noexcept;
  void consumed(std::uint64_t octets, std::uint64_t frames) noexcept;
  /// To be told; from then on counted as told.
  credit tell(const lane_limits& limits) noexcept;
  credit now(const lane_limits& limits) const noexcept;
  /// The peer would gain a quarter of the window by being told.
  bool worth_telling(const lane_limits& limits) const noexcept;

  friend bool operator==(const inbox&, const inbox&) = default;
};

} // namespace troupe::cluster
