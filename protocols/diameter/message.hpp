// A Diameter message as a view of its octets: RFC 6733 clause 3. What it says is validated by validate.hpp.
#pragma once

#include "protocols/diameter/avp.hpp"

namespace troupe::diameter {

namespace flag {
inline constexpr std::uint8_t request = 0x80;
inline constexpr std::uint8_t proxiable = 0x40;
inline constexpr std::uint8_t error = 0x20;
inline constexpr std::uint8_t retransmitted = 0x10; ///< T: it may have been received before
} // namespace flag

struct header {
  std::uint8_t flags = 0;
  std::uint32_t command = 0; ///< 24 bits
  std::uint32_t application = 0;
  std::uint32_t hop_by_hop = 0;
  std::uint32_t end_to_end = 0;

  constexpr bool is_request() const noexcept { return flags & flag::request; }
  constexpr bool is_error() const noexcept { return flags & flag::error; }
  friend bool operator==(const header&, const header&) = default;
};

inline constexpr std::size_t header_size = 20;
/// Longer messages are refused: Troupe's own limit. The length field would have room for 16 MiB.
inline constexpr std::size_t largest_message = 65536;

struct message_view {
  diameter::header header;
  avp_range avps;
  std::string_view octets; ///< all of it

  std::optional<avp_view> find(const avp_definition& d) const noexcept { return avps.find(d); }
};

/// How many octets the message that begins here has, for a reader of a stream; nothing before its first four octets are
/// there. 5011 and 5015 for what no message begins with.
outcome<std::optional<std::size_t>> message_size(std::string_view octets);

/// Only the header: an answer to what decode() refuses needs it. `octets`: 20 at least.
header decode_header(std::string_view octets) noexcept;

/// All lengths are right, down to the innermost known group, and the header's bits go together. `octets` must outlive
/// what is answered.
outcome<message_view> decode(std::string_view octets);

} // namespace troupe::diameter
