#include "cluster/vip/announcer.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <linux/if_ether.h>
#include <netinet/icmp6.h>
#include <netpacket/packet.h>
#include <unistd.h>

#include "cluster/vip/announcement.hpp"
#include "cluster/vip/netlink.hpp"

namespace troupe::cluster {
namespace {

using outcome = vip_answer::outcome;

bool open_once(int& descriptor, int family, int type, int protocol) {
  if (descriptor >= 0)
    return true;
  descriptor = socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, protocol);
  icmp6_filter nothing;
  ICMP6_FILTER_SETBLOCKALL(&nothing); // it would collect what nobody reads
  if (descriptor >= 0 && protocol == IPPROTO_ICMPV6)
    setsockopt(descriptor, IPPROTO_ICMPV6, ICMP6_FILTER, &nothing, sizeof(nothing));
  return descriptor >= 0;
}

bool send_arp(int& descriptor, const ip_address& ip, int interface, const hardware_address& from) {
  if (!open_once(descriptor, AF_PACKET, SOCK_DGRAM, 0)) // sends only: no protocol, so nothing is received
    return false;
  sockaddr_ll to{};
  to.sll_family = AF_PACKET;
  to.sll_protocol = htons(ETH_P_ARP);
  to.sll_ifindex = interface;
  to.sll_halen = ETH_ALEN;
  std::memset(to.sll_addr, 0xff, ETH_ALEN);
  for (auto form : {arp_form::request, arp_form::reply}) {
    auto packet = arp_announcement(ip, from, form);
    if (sendto(descriptor, packet.data(), packet.size(), 0, reinterpret_cast<sockaddr*>(&to), sizeof(to)) < 0)
      return false;
  }
  return true;
}

bool send_advertisement(int& descriptor, const ip_address& ip, int interface, const hardware_address& from) {
  if (!open_once(descriptor, AF_INET6, SOCK_RAW, IPPROTO_ICMPV6))
    return false;
  auto packet = unsolicited_advertisement(ip, from);
  sockaddr_in6 to{};
  to.sin6_family = AF_INET6;
  to.sin6_scope_id = static_cast<std::uint32_t>(interface);
  inet_pton(AF_INET6, "ff02::1", &to.sin6_addr);
  iovec body{packet.data(), packet.size()};
  alignas(cmsghdr) std::array<std::uint8_t, CMSG_SPACE(sizeof(in6_pktinfo)) + CMSG_SPACE(sizeof(int))> control{};
  msghdr message{&to, sizeof(to), &body, 1, control.data(), control.size(), 0};
  auto* part = CMSG_FIRSTHDR(&message);
  part->cmsg_level = IPPROTO_IPV6;
  part->cmsg_type = IPV6_PKTINFO; // sent from the address itself
  part->cmsg_len = CMSG_LEN(sizeof(in6_pktinfo));
  in6_pktinfo source{};
  std::memcpy(&source.ipi6_addr, ip.octets.data(), ip.size());
  source.ipi6_ifindex = static_cast<unsigned>(interface);
  std::memcpy(CMSG_DATA(part), &source, sizeof(source));
  part = CMSG_NXTHDR(&message, part);
  part->cmsg_level = IPPROTO_IPV6;
  part->cmsg_type = IPV6_HOPLIMIT;
  part->cmsg_len = CMSG_LEN(sizeof(int));
  int hops = 255; // or it is not believed
  std::memcpy(CMSG_DATA(part), &hops, sizeof(hops));
  return sendmsg(descriptor, &message, 0) >= 0;
}

} // namespace

announcer::~announcer() {
  for (int descriptor : {arp_, icmp_})
    if (descriptor >= 0)
      close(descriptor);
}

vip_answer announcer::announce(const service_address& address) {
  auto interface = find_interface(address);
  if (!interface)
    return {outcome::not_announced, no_interface(address)};
  if (!interface->running) // it would take the packet and drop it
    return {outcome::not_announced, "the interface " + interface->name + " is down or has no carrier"};
  if (!interface->hardware)
    return {outcome::announced, {}};
  const auto& ip = address.ip;
  bool sent = ip.v6 ? send_advertisement(icmp_, ip, interface->index, *interface->hardware)
                    : send_arp(arp_, ip, interface->index, *interface->hardware);
  if (!sent)
    return {outcome::not_announced, "it could not be announced: " + explain(errno, interface->name)};
  return {outcome::announced, {}};
}

} // namespace troupe::cluster
