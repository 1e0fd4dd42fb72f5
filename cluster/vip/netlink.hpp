// Service addresses in the kernel's tables, by rtnetlink(7): RTM_NEWADDR with a lifetime, RTM_DELADDR.
//
// They are installed as single hosts (/32, /128), so that they never become the primary address of a subnet, and for
// IPv6 deprecated, so that nobody else on this host sends from them by accident. What is ours is known by its protocol
// number (IFA_PROTO, Linux 5.18); older kernels keep none, and there it is known by dying within seconds.
#pragma once

#include "cluster/vip/virtual_addresses.hpp"

struct mnl_socket;
struct nlmsghdr;

namespace troupe::cluster {

enum class standing : std::uint8_t { absent, ours, foreign };

/// Blocks while another program changes interfaces. Not for a shard's thread.
class netlink_addresses {
public:
  netlink_addresses() = default;
  netlink_addresses(const netlink_addresses&) = delete;
  ~netlink_addresses();

  /// Installs it, or if it is there and ours lets it live so long from now. Answers created, refreshed, foreign, failed.
  vip_answer install(const service_address& address, seconds lifetime);
  /// Answers removed, also if it was not there or is not ours, or failed.
  vip_answer remove(const service_address& address);

private:
  /// Each of these answers an errno, or 0.
  int open();
  int ask(nlmsghdr& request, int (*each)(const nlmsghdr*, void*) = nullptr, void* data = nullptr);
  int find(const ip_address& ip, int interface, standing& out);

  mnl_socket* socket_ = nullptr; ///< opened when it is needed, closed after a failure
  std::uint32_t sequence_ = 0;
};

/// What an errno means here and what to do about it.
std::string explain(int error, const std::string& interface);

} // namespace troupe::cluster
