#include "cluster/vip/address.hpp"

#include <arpa/inet.h>

namespace troupe::cluster {

std::optional<ip_address> parse_ip(std::string_view text) noexcept {
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.size() >= terminated.size())
    return {};
  text.copy(terminated.data(), text.size());
  ip_address out;
  if (inet_pton(AF_INET, terminated.data(), out.octets.data()) == 1)
    return out;
  out.v6 = true;
  if (inet_pton(AF_INET6, terminated.data(), out.octets.data()) == 1)
    return out;
  return {};
}

std::string to_string(const ip_address& ip) {
  std::array<char, INET6_ADDRSTRLEN> out{};
  inet_ntop(ip.v6 ? AF_INET6 : AF_INET, ip.octets.data(), out.data(), out.size());
  return out.data();
}

} // namespace troupe::cluster
