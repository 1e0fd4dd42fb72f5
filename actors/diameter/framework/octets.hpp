// Which octets from a peer, or for one, the framework can be trusted with: RFC 6733 clauses 3, 4.1, 6.7, 6.11, 8.8.
//
// freeDiameter 1.2.1 aborts, or stops while its process lives on, over some messages that are merely wrong. What is
// refused here closes its connection and does nothing else. The judgement is a pure function over the raw message; it sees
// what comes before CER, and under TLS, too.
#pragma once

#include <cstdint>
#include <string_view>

namespace troupe::diameter_framework {

/// The header's fields; of a message of 20 octets or more.
struct header_view {
  std::uint8_t flags = 0;
  std::uint32_t length = 0, command = 0, application = 0;

  bool request() const noexcept { return (flags & 0x80) != 0; }
};
header_view header_of(std::string_view message) noexcept;

bool trustworthy(std::string_view message) noexcept;

/// The same for what the node sends: also whole by its own length, and a request or an answer that peers pass on.
bool may_leave(std::string_view message, bool request) noexcept;

} // namespace troupe::diameter_framework
