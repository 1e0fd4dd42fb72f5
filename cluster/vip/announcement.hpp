// What tells neighbours that an address has moved, octet by octet: ARP announcements, RFC 5227 clauses 2.3 and 3, and
// unsolicited neighbour advertisements, RFC 4861 clauses 4.4 and 7.2.6.
#pragma once

#include "cluster/vip/interface.hpp"

namespace troupe::cluster {

using arp_packet = std::array<std::uint8_t, 28>;
/// As a request, which RFC 5227 asks for, or as a reply, which some switches and gateways believe only.
enum class arp_form : std::uint8_t { request = 1, reply = 2 };
arp_packet arp_announcement(const ip_address& ip, const hardware_address& from, arp_form form) noexcept;

using neighbour_advertisement = std::array<std::uint8_t, 32>;
/// Without its checksum, which the kernel fills in.
neighbour_advertisement unsolicited_advertisement(const ip_address& ip, const hardware_address& from) noexcept;

} // namespace troupe::cluster
