// Which of this host's interfaces a service address belongs on: the one that is named, or the one in its subnet.
#pragma once

#include "cluster/vip/address.hpp"

namespace troupe::cluster {

using hardware_address = std::array<std::uint8_t, 6>;

struct network_interface {
  int index = 0;
  std::string name;
  bool running = false;                     ///< up, with a carrier
  std::optional<hardware_address> hardware; ///< nothing: it is no Ethernet, and has no neighbours to tell
};

/// Asks the system, at each call: interfaces come and go. Of several subnets the narrowest decides.
std::optional<network_interface> find_interface(const service_address& address);

/// Why there is none, for the operator.
std::string no_interface(const service_address& address);

} // namespace troupe::cluster
