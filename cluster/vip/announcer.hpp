// Sends the announcements of service addresses: a packet socket for ARP, a raw one for ICMPv6.
#pragma once

#include "cluster/vip/virtual_addresses.hpp"

namespace troupe::cluster {

class announcer {
public:
  announcer() = default;
  announcer(const announcer&) = delete;
  ~announcer();

  /// Answers announced, also where there are no neighbours to tell, or not_announced.
  vip_answer announce(const service_address& address);

private:
  int arp_ = -1; ///< opened when they are needed
  int icmp_ = -1;
};

} // namespace troupe::cluster
