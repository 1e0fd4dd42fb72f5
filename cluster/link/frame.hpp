// What goes over a link between nodes: frames of our versioned octets, and what the link itself says in them
// (cluster.md 24).
//
// A frame is {version, kind, group, length, content}: 1, 1, 2 and 4 octets, little-endian, then the content. The kind's
// range tells the lane, so that an older node counts a newer one's messages as seen without knowing them; kinds that it
// does not know, and what follows the fields that it knows, are skipped. A length above the limit ends the connection
// before anything is allocated for it.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "cluster/membership/names.hpp"

namespace troupe::cluster {

enum class lane : std::uint8_t { membership, data };
inline constexpr std::size_t lanes = 2;
constexpr std::size_t index_of(lane which) noexcept { return static_cast<std::size_t>(which); }

enum class frame_kind : std::uint8_t {
  membership = 1, ///< 1 to 63: messages of the lane membership
  ownership = 64, ///< 64 to 127: of the lane data
  entity = 65,
  not_owner = 66,
  hello = 128, ///< from 128: the link's own
  goodbye = 129,
  ping = 130,
  pong = 131,
  credit = 132,
};

/// Nothing for the link's own frames.
constexpr std::optional<lane> lane_of(frame_kind kind) noexcept {
  auto value = static_cast<std::uint8_t>(kind);
  if (value == 0 || value >= 128)
    return std::nullopt;
  return value < 64 ? lane::membership : lane::data;
}

inline constexpr std::uint8_t frame_version = 1;
inline constexpr std::size_t frame_header = 8;
inline constexpr std::uint32_t largest_message = 128 * 1024;
inline constexpr std::uint32_t largest_frame = largest_message + 16; ///< its number
inline constexpr std::uint32_t largest_greeting = 512;               ///< before the peer is known

struct frame {
  frame_kind kind = frame_kind::ping;
  group_id group{};
  std::string_view content;
};

/// Content of the link's own frames.
void append_frame(std::string& out, frame_kind kind, std::string_view content);
/// A lane's message; its number stands in front of it.
void append_message(std::string& out, frame_kind kind, group_id group, std::uint64_t number, std::string_view octets);
/// Of a lane's frame; nothing when there is none.
struct numbered {
  std::uint64_t number = 0;
  std::string_view octets;
};
std::optional<numbered> read_numbered(std::string_view content) noexcept;

/// Octets in, frames out. Holds at most one frame and what was fed last.
class frame_reader {
public:
  frame_reader() noexcept : frame_reader(largest_greeting) {}
  explicit frame_reader(std::uint32_t limit) noexcept : limit_(limit) {}

  void feed(std::string_view octets);
  /// Views this reader's buffer until the next feed. Nothing: more is needed, or it is broken.
  std::optional<frame> next() noexcept;
  void limit(std::uint32_t octets) noexcept { limit_ = octets; }
  bool broken() const noexcept { return broken_; }
  std::size_t left() const noexcept { return buffer_.size() - at_; }

  friend bool operator==(const frame_reader&, const frame_reader&) = default;

private:
  std::string buffer_;
  std::size_t at_ = 0;
  std::uint32_t limit_;
  bool broken_ = false;
};

/// How far a lane was received, and how much more may be sent beyond that.
struct credit {
  std::uint64_t seen = 0;
  std::uint64_t octets = 0;
  std::uint64_t frames = 0;

  friend bool operator==(const credit&, const credit&) = default;
};

struct hello {
  std::uint8_t least = frame_version, most = frame_version; ///< versions understood
  std::string cluster;
  node_id node = node_id::none;
  node_id to = node_id::none;
  incarnation life = 0;
  incarnation known = 0; ///< the receiver's life that `lanes` speaks of; 0: none
  std::array<credit, lanes> windows;

  friend bool operator==(const hello&, const hello&) = default;
};

/// Why a connection is ended.
enum class farewell : std::uint8_t {
  stopping = 1,
  version = 2, ///< none is understood by both
  other_cluster = 3,
  itself = 4,
  wrong_node = 5, ///< not the one meant, or not known
  older_life = 6, ///< a later life of this node was seen already
  malformed = 7,
  overrun = 8, ///< more was sent than the window allows
};
std::string_view to_string(farewell why) noexcept;

std::string encode(const hello& h);
std::optional<hello> decode_hello(std::string_view content);
std::string encode(lane which, const credit& c);
struct lane_credit {
  lane which = lane::data;
  credit window;
};
std::optional<lane_credit> decode_credit(std::string_view content);

} // namespace troupe::cluster
