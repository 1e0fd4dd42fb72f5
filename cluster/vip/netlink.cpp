#include "cluster/vip/netlink.hpp"

#include <cerrno>
#include <cstring>
#include <libmnl/libmnl.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <sys/time.h>
#include <system_error>
#include <utility>

#include "cluster/vip/interface.hpp"

namespace troupe::cluster {
namespace {

constexpr std::uint8_t our_protocol = 84; // any above those of linux/if_addr.h; told apart from an operator's, 0
constexpr std::uint32_t soon = 10;        // seconds; nobody configures by hand an address that dies within them

using outcome = vip_answer::outcome;

/// A request about one address, or about a whole table.
class address_request {
public:
  address_request(std::uint16_t type, std::uint16_t flags, bool v6, std::uint8_t prefix, int interface)
      : header_(*mnl_nlmsg_put_header(room_.data())) {
    header_.nlmsg_type = type;
    header_.nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
    auto& body = *static_cast<ifaddrmsg*>(mnl_nlmsg_put_extra_header(&header_, sizeof(ifaddrmsg)));
    body.ifa_family = v6 ? AF_INET6 : AF_INET;
    body.ifa_prefixlen = prefix;
    body.ifa_index = static_cast<std::uint32_t>(interface);
  }
  address_request(std::uint16_t type, std::uint16_t flags, const ip_address& ip, int interface)
      : address_request(type, static_cast<std::uint16_t>(flags | NLM_F_ACK), ip.v6,
                        static_cast<std::uint8_t>(8 * ip.size()), interface) {
    mnl_attr_put(&header_, IFA_LOCAL, ip.size(), ip.octets.data());
    mnl_attr_put(&header_, IFA_ADDRESS, ip.size(), ip.octets.data());
  }

  void live_for(seconds lifetime, bool v6) {
    ifa_cacheinfo times{};
    times.ifa_valid = static_cast<std::uint32_t>(lifetime.count());
    times.ifa_prefered = v6 ? 0 : times.ifa_valid;
    mnl_attr_put(&header_, IFA_CACHEINFO, sizeof(times), &times);
    // Duplicate address detection would keep it silent for a second, and the former holder may still answer it.
    mnl_attr_put_u32(&header_, IFA_FLAGS, IFA_F_NODAD | IFA_F_NOPREFIXROUTE);
    mnl_attr_put_u8(&header_, IFA_PROTO, our_protocol);
  }

  nlmsghdr& header() { return header_; }

private:
  alignas(nlmsghdr) std::array<char, 256> room_{};
  nlmsghdr& header_;
};

struct attributes {
  const nlattr* local = nullptr;
  const nlattr* address = nullptr;
  const nlattr* times = nullptr;
  const nlattr* protocol = nullptr;
};

int keep(const nlattr* one, void* data) {
  auto& out = *static_cast<attributes*>(data);
  switch (mnl_attr_get_type(one)) {
  case IFA_LOCAL: out.local = one; break;
  case IFA_ADDRESS: out.address = one; break;
  case IFA_CACHEINFO: out.times = one; break;
  case IFA_PROTO: out.protocol = one; break;
  default: break;
  }
  return MNL_CB_OK;
}

bool is(const nlattr* one, const ip_address& ip) {
  return one && mnl_attr_get_payload_len(one) == ip.size() &&
         std::memcmp(mnl_attr_get_payload(one), ip.octets.data(), ip.size()) == 0;
}

bool is_ours(const attributes& a) {
  if (a.protocol)
    return mnl_attr_get_u8(a.protocol) == our_protocol;
  ifa_cacheinfo times{};
  if (!a.times || mnl_attr_get_payload_len(a.times) < sizeof(times))
    return false;
  std::memcpy(&times, mnl_attr_get_payload(a.times), sizeof(times));
  return times.ifa_valid <= soon;
}

struct search {
  const ip_address& ip;
  int interface = 0;
  standing& out;
};

int compare(const nlmsghdr* message, void* data) {
  auto& wanted = *static_cast<search*>(data);
  const auto& body = *static_cast<const ifaddrmsg*>(mnl_nlmsg_get_payload(message));
  attributes a;
  mnl_attr_parse(message, sizeof(ifaddrmsg), keep, &a);
  if (body.ifa_index != static_cast<std::uint32_t>(wanted.interface) || !is(a.local ? a.local : a.address, wanted.ip))
    return MNL_CB_OK;
  bool ours = body.ifa_prefixlen == 8 * wanted.ip.size() && is_ours(a);
  if (wanted.out != standing::ours) // the same address may stand there twice, with two prefixes
    wanted.out = ours ? standing::ours : standing::foreign;
  return MNL_CB_OK;
}

} // namespace

netlink_addresses::~netlink_addresses() {
  if (socket_)
    mnl_socket_close(socket_);
}

int netlink_addresses::open() {
  if (socket_)
    return 0;
  socket_ = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
  if (!socket_)
    return errno;
  int on = 1;
  mnl_socket_setsockopt(socket_, NETLINK_GET_STRICT_CHK, &on, sizeof(on)); // lists one interface only; else we filter
  timeval patience{1, 0};
  setsockopt(mnl_socket_get_fd(socket_), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  return mnl_socket_bind(socket_, 0, MNL_SOCKET_AUTOPID) == 0 ? 0 : errno;
}

int netlink_addresses::ask(nlmsghdr& request, int (*each)(const nlmsghdr*, void*), void* data) {
  int error = open();
  request.nlmsg_seq = ++sequence_;
  if (error == 0 && mnl_socket_sendto(socket_, &request, request.nlmsg_len) < 0)
    error = errno;
  alignas(nlmsghdr) std::array<char, 16'384> room;
  for (int more = MNL_CB_OK; error == 0 && more != MNL_CB_STOP;) {
    auto size = mnl_socket_recvfrom(socket_, room.data(), room.size());
    more = size < 0 ? MNL_CB_ERROR
                    : mnl_cb_run(room.data(), static_cast<std::size_t>(size), sequence_, mnl_socket_get_portid(socket_),
                                 each, data);
    if (more == MNL_CB_ERROR)
      error = errno;
  }
  if (error != 0 && socket_) // what still comes must not answer the next one
    mnl_socket_close(std::exchange(socket_, nullptr));
  return error;
}

int netlink_addresses::find(const ip_address& ip, int interface, standing& out) {
  address_request request(RTM_GETADDR, NLM_F_DUMP, ip.v6, 0, interface);
  search wanted{ip, interface, out};
  int error = EINTR; // the table has changed while it was listed
  for (int tries = 0; error == EINTR && tries < 5; ++tries) {
    out = standing::absent;
    error = ask(request.header(), compare, &wanted);
  }
  return error;
}

vip_answer netlink_addresses::install(const service_address& address, seconds lifetime) {
  auto interface = find_interface(address);
  if (!interface)
    return {outcome::failed, no_interface(address)};
  auto there = standing::absent;
  int error = find(address.ip, interface->index, there);
  if (error == 0 && there == standing::foreign)
    return {outcome::foreign,
            "it is on " + interface->name +
                " already, by another hand, and will not go when this node stops: remove it there, or "
                "take it out of the configuration"};
  if (error == 0) {
    auto how = static_cast<std::uint16_t>(there == standing::ours ? NLM_F_REPLACE : NLM_F_CREATE | NLM_F_EXCL);
    address_request request(RTM_NEWADDR, how, address.ip, interface->index);
    request.live_for(lifetime, address.ip.v6);
    error = ask(request.header());
  }
  if (error != 0)
    return {outcome::failed, explain(error, interface->name)};
  return {there == standing::ours ? outcome::refreshed : outcome::created, {}};
}

vip_answer netlink_addresses::remove(const service_address& address) {
  auto interface = find_interface(address);
  if (!interface)
    return {outcome::removed, {}}; // with its interface
  auto there = standing::absent;
  int error = find(address.ip, interface->index, there);
  if (error == 0 && there == standing::ours) {
    address_request request(RTM_DELADDR, 0, address.ip, interface->index);
    error = ask(request.header());
  }
  if (error != 0 && error != EADDRNOTAVAIL) // its time has run out in between
    return {outcome::failed, explain(error, interface->name)};
  return {outcome::removed, {}};
}

std::string explain(int error, const std::string& interface) {
  switch (error) {
  case EPERM: return "not permitted: the process needs CAP_NET_ADMIN and CAP_NET_RAW (AmbientCapabilities= of systemd)";
  case ENODEV: return "the interface " + interface + " has gone: bring it back, or name another";
  case EACCES:
    return "IPv6 is switched off on " + interface + ": set net.ipv6.conf." + interface + ".disable_ipv6 to 0";
  case EAGAIN: return "the kernel has not answered within a second: another program keeps its interfaces locked";
  case ENETDOWN: return "the interface " + interface + " is down: bring it up";
  default: return interface + ": " + std::generic_category().message(error);
  }
}

} // namespace troupe::cluster
