// A group's service addresses, as they are configured: cluster.md 1.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cluster/membership/names.hpp"

namespace troupe::cluster {

struct ip_address {
  std::array<std::uint8_t, 16> octets{}; ///< IPv4 in the first four
  bool v6 = false;

  constexpr std::size_t size() const noexcept { return v6 ? 16 : 4; }
  friend auto operator<=>(const ip_address&, const ip_address&) = default;
};

/// From "192.0.2.1" or "2001:db8::1"; nothing for anything else.
std::optional<ip_address> parse_ip(std::string_view text) noexcept;
std::string to_string(const ip_address& ip);

struct service_address {
  group_id group{};
  ip_address ip;
  std::string interface; ///< empty: the one that has an address in the same subnet

  friend bool operator==(const service_address&, const service_address&) = default;
};

} // namespace troupe::cluster
