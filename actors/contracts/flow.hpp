// Addresses and flows: what a message came by, and what an answer goes back over. RFC 3261 clause 18, RFC 5626.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <sys/socket.h>

#include "protocols/sip/token.hpp"

namespace troupe {

enum class transport : std::uint8_t {
  udp,
  tcp,
  tls,
  local, ///< from one half of a call to another on this node, in memory
};

/// "UDP", "TCP", "TLS" as a Via has it; a local hop is written as TCP, since it is reliable.
std::string_view via_name(transport t) noexcept;
constexpr bool is_reliable(transport t) noexcept { return t != transport::udp; }

/// A numeric IP address and port.
struct address {
  std::array<std::uint8_t, 16> octets{}; ///< IPv4 in the first four
  std::uint16_t port = 0;
  bool v6 = false;

  friend bool operator==(const address&, const address&) = default;
};

/// From "192.0.2.1", "2001:db8::1" or "[2001:db8::1]"; nothing for names.
std::optional<address> parse_address(std::string_view host, std::uint16_t port) noexcept;
/// Without port; IPv6 in brackets when `bracketed`.
std::string host_text(const address& a, bool bracketed = true);
/// For the system's calls; answers the size.
socklen_t to_sockaddr(const address& a, sockaddr_storage& out) noexcept;
std::string to_string(const address& a); ///< "192.0.2.1:5060", "[2001:db8::1]:5060"

/// What a message came by. For UDP: the listener's socket and the peer's address. For a stream: the connection,
/// which lives on one shard; a flow whose generation is over is gone and nothing is sent over it.
struct flow {
  troupe::transport transport = transport::udp;
  sip::side side = sip::side::access;
  std::uint16_t listener = 0; ///< index into the node's listeners
  std::uint16_t shard = 0;
  std::uint32_t index = 0;      ///< streams: the connection's place in its shard's table
  std::uint32_t generation = 0; ///< streams: tells it from earlier ones in that place
  address peer;

  friend bool operator==(const flow&, const flow&) = default;
};

/// For a binding's record and for RFC 5626 flow tokens; opaque to others.
std::string encode(const flow& f);
std::optional<flow> decode_flow(std::string_view text) noexcept;

} // namespace troupe
