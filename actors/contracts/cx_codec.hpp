// Cx as octets, for a link between nodes: TS 29.228 clauses 6.1 to 6.3, in an encoding of our own.
//
// Both ends may be of neighbouring versions. A version octet stands first; later ones may append fields to a message
// and to each part of it, which a decoder leaves unread. What cannot be said by appending raises the version, which an
// older program refuses as a whole. Octets come from another node: whatever they are, decoding neither throws nor
// holds much more than they do.
#pragma once

#include <compare>
#include <string_view>
#include <variant>

#include "protocols/diameter/cx.hpp"

namespace troupe::cx {

/// The order is what stands on the wire: only ever appended to.
using message = std::variant<uar, uaa, lir, lia, mar, maa, sar, saa, rtr, ppr>;

std::string encode(const message& what);
/// Nothing when the octets are not whole, of another version, or of a message or value that we do not know.
std::optional<message> decode(std::string_view octets);

/// Who asks: one shard in one life of its group. No other asker, of now or before, may have the same.
struct asker {
  std::uint64_t life = 0;
  std::uint32_t shard = 0;

  friend auto operator<=>(const asker&, const asker&) = default;
};

/// A question, and its answer under the same name.
struct envelope {
  asker from;
  std::uint64_t number = 0;
  message body;
};

std::string encode(const asker& from, std::uint64_t number, const message& body);
std::optional<envelope> decode_envelope(std::string_view octets);
/// Whose question or answer it is, for the way back, without looking at the rest.
std::optional<asker> asker_of(std::string_view octets);

} // namespace troupe::cx
