#include "cluster/vip/announcement.hpp"

#include <algorithm>

namespace troupe::cluster {

arp_packet arp_announcement(const ip_address& ip, const hardware_address& from, arp_form form) noexcept {
  arp_packet out{0, 1, 8, 0, 6, 4, 0, static_cast<std::uint8_t>(form)}; // Ethernet, IPv4
  auto at = std::copy(from.begin(), from.end(), out.begin() + 8);
  at = std::copy_n(ip.octets.begin(), 4, at);
  if (form == arp_form::reply) // a request asks for the target's, and leaves it empty
    std::copy(from.begin(), from.end(), at);
  std::copy_n(ip.octets.begin(), 4, at + 6);
  return out;
}

neighbour_advertisement unsolicited_advertisement(const ip_address& ip, const hardware_address& from) noexcept {
  neighbour_advertisement out{136, 0, 0, 0, 0x20}; // overrides what is known; not solicited, no router
  auto at = std::copy(ip.octets.begin(), ip.octets.end(), out.begin() + 8);
  *at++ = 2; // target link-layer address, in units of eight octets
  *at++ = 1;
  std::copy(from.begin(), from.end(), at);
  return out;
}

} // namespace troupe::cluster
