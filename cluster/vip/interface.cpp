#include "cluster/vip/interface.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <ifaddrs.h>
#include <memory>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <netpacket/packet.h>

namespace troupe::cluster {
namespace {

template <class Function>
void each_entry(Function f) {
  ifaddrs* first = nullptr;
  if (getifaddrs(&first) != 0)
    return;
  std::unique_ptr<ifaddrs, decltype(&freeifaddrs)> list(first, &freeifaddrs);
  for (auto* entry = first; entry; entry = entry->ifa_next)
    if (entry->ifa_addr)
      f(*entry);
}

ip_address ip_in(const sockaddr& from) {
  ip_address out;
  out.v6 = from.sa_family == AF_INET6;
  auto at = out.v6 ? offsetof(sockaddr_in6, sin6_addr) : offsetof(sockaddr_in, sin_addr);
  std::memcpy(out.octets.data(), reinterpret_cast<const char*>(&from) + at, out.size());
  return out;
}

/// The length of the entry's prefix when `ip` is within it; -1 when it is not, or is the address itself.
int common_prefix(const ifaddrs& entry, const ip_address& ip) {
  if (entry.ifa_addr->sa_family != (ip.v6 ? AF_INET6 : AF_INET) || !entry.ifa_netmask)
    return -1;
  auto own = ip_in(*entry.ifa_addr);
  auto mask = ip_in(*entry.ifa_netmask); // its family is not filled in everywhere
  mask.v6 = ip.v6;
  if (own == ip)
    return -1;
  int length = 0;
  for (std::size_t i = 0; i < ip.size(); ++i) {
    if ((own.octets[i] ^ ip.octets[i]) & mask.octets[i])
      return -1;
    length += std::popcount(mask.octets[i]);
  }
  return length;
}

std::string name_by_subnet(const ip_address& ip) {
  std::string name;
  int best = 0; // a mask of no bits says nothing
  each_entry([&](const ifaddrs& entry) {
    if (int length = common_prefix(entry, ip); length > best) {
      best = length;
      name = entry.ifa_name;
    }
  });
  return name;
}

} // namespace

std::optional<network_interface> find_interface(const service_address& address) {
  auto name = address.interface.empty() ? name_by_subnet(address.ip) : address.interface;
  std::optional<network_interface> out;
  each_entry([&](const ifaddrs& entry) {
    if (entry.ifa_addr->sa_family != AF_PACKET || name != entry.ifa_name)
      return;
    sockaddr_ll link{};
    std::memcpy(&link, entry.ifa_addr, sizeof(link));
    out = network_interface{link.sll_ifindex, name, (entry.ifa_flags & IFF_RUNNING) != 0, {}};
    if (link.sll_hatype == ARPHRD_ETHER && link.sll_halen == hardware_address{}.size())
      std::copy_n(std::begin(link.sll_addr), link.sll_halen, out->hardware.emplace().begin());
  });
  return out;
}

std::string no_interface(const service_address& address) {
  if (address.interface.empty())
    return "no interface has an address in the subnet of " + to_string(address.ip) +
           ": give one an address, or name the interface";
  return "there is no interface " + address.interface + ": create it, or name another";
}

} // namespace troupe::cluster
