#include "actors/diameter/framework/setup.hpp"

#include <arpa/inet.h>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <unistd.h>

#include "actors/diameter/framework/applications.hpp"
#include "actors/diameter/framework/guards.hpp"
#include "actors/diameter/framework/library.hpp"

namespace troupe::diameter_framework {

namespace {

using diameter_channel::settings;

constexpr std::size_t stack_size = std::size_t{16} << 20; ///< AVPs nested as deep as a message allows
constexpr std::size_t longest_line = 1'024;

log_function log_line = nullptr;

void format_line(int level, const char* format, va_list arguments) {
  if (level < FD_LOG_ERROR || log_line == nullptr)
    return;
  char line[longest_line];
  std::vsnprintf(line, sizeof line, format, arguments);
  log_line(level, line);
}

/// Nothing that the configuration's grammar would take for its own.
std::string quoted(const std::string& text) {
  for (char c : text)
    if (c == '"' || c == '\\' || static_cast<unsigned char>(c) < ' ')
      throw std::runtime_error("a name in the Diameter settings has a character that it may not have: " + text);
  return '"' + text + '"';
}

std::string line(const char* key, const std::string& value) { return std::string(key) + " = " + value + ";\n"; }

bool any_ipv6(const settings& how) {
  auto v6 = [](const std::string& host) { return host.find(':') != host.npos; };
  for (auto& each : how.listen)
    if (v6(each))
      return true;
  for (auto& each : how.peers)
    if (v6(each.host))
      return true;
  return false;
}

std::string configuration_text(const settings& how) {
  auto listens = !how.listen.empty();
  std::string out = line("Identity", quoted(how.identity)) + line("Realm", quoted(how.realm)) +
                    line("Port", std::to_string(listens ? how.port : 0)) +
                    line("SecPort", std::to_string(listens ? how.tls_port : 0)) + "No_SCTP;\nNoRelay;\n" +
                    line("AppServThreads", "1") + line("ThreadsPerServer", "16") +
                    line("TcTimer", std::to_string(how.reconnect_s)) + line("TwTimer", std::to_string(how.watchdog_s));
  if (!any_ipv6(how))
    out += "No_IPv6;\n";
  if (!how.tls_certificate.empty())
    out +=
        line("TLS_Cred", quoted(how.tls_certificate) + ", " + quoted(how.tls_key)) + line("TLS_CA", quoted(how.tls_ca));
  out += line("LoadExtension", quoted("rt_redirect.fdx")); // RFC 6733 clause 6.1.8, for Dx
  return out;
}

/// The framework keeps the name, and reads it in its own time: neither is ever given back.
const char* file_with(const std::string& text) {
  auto descriptor = ::memfd_create("diameter", 0);
  if (descriptor < 0 || ::write(descriptor, text.data(), text.size()) != static_cast<ssize_t>(text.size()))
    throw std::runtime_error("no memory for the Diameter configuration");
  static std::string name;
  name = "/proc/self/fd/" + std::to_string(descriptor);
  return name.c_str();
}

/// Its own option for this binds every address.
void listen_on(const std::string& host, std::uint16_t port) {
  sockaddr_storage name{};
  auto* v4 = reinterpret_cast<sockaddr_in*>(&name);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&name);
  socklen_t size = sizeof *v4;
  if (::inet_pton(AF_INET, host.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
  } else if (::inet_pton(AF_INET6, host.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    size = sizeof *v6;
  } else {
    throw std::runtime_error("no address to listen on for Diameter: " + host);
  }
  need(
      fd_ep_add_merge(&fd_g_config->cnf_endpoints, reinterpret_cast<sockaddr*>(&name), size, EP_FL_CONF | EP_ACCEPTALL),
      "address to listen on");
}

/// Its own way of reading a peer's address drops those that the host has no interface for at the moment: on a host with
/// nothing but a loopback, all.
void add_addresses(const diameter_channel::peer_settings& peer, fd_list& into) {
  addrinfo wanted{}, *found = nullptr;
  wanted.ai_socktype = SOCK_STREAM;
  if (::getaddrinfo(peer.host.c_str(), nullptr, &wanted, &found) != 0)
    return; // then it asks the DNS for the identity, each time it connects
  for (auto* each = found; each != nullptr; each = each->ai_next)
    fd_ep_add_merge(&into, each->ai_addr, each->ai_addrlen, EP_FL_CONF | EP_ACCEPTALL);
  ::freeaddrinfo(found);
}

/// Host-IP-Address of a CER must be some address (RFC 6733 clause 5.3.5): where we do not listen, the one that packets to
/// a peer leave from. No packet is sent.
void use_address_towards(const diameter_channel::peer_settings& peer) {
  addrinfo wanted{}, *found = nullptr;
  wanted.ai_socktype = SOCK_DGRAM;
  if (::getaddrinfo(peer.host.c_str(), "3868", &wanted, &found) != 0)
    return;
  auto any = ::socket(found->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_storage own{};
  socklen_t size = sizeof own;
  if (::connect(any, found->ai_addr, found->ai_addrlen) == 0 &&
      ::getsockname(any, reinterpret_cast<sockaddr*>(&own), &size) == 0)
    fd_ep_add_merge(&fd_g_config->cnf_endpoints, reinterpret_cast<sockaddr*>(&own), size, EP_FL_CONF | EP_ACCEPTALL);
  ::close(any);
  ::freeaddrinfo(found);
}

void connect_to(const diameter_channel::peer_settings& peer) {
  auto identity = peer.identity;
  peer_info info{};
  info.pi_diamid = identity.data();
  info.pi_diamidlen = identity.size();
  info.config.pic_flags.pro4 = PI_P4_TCP;
  info.config.pic_flags.sec = peer.tls ? PI_SEC_DEFAULT : PI_SEC_NONE;
  info.config.pic_flags.persist = PI_PRST_ALWAYS;
  info.config.pic_port = peer.port;
  fd_list_init(&info.pi_endpoints, nullptr);
  add_addresses(peer, info.pi_endpoints);
  need(fd_peer_add(&info, "settings", nullptr, nullptr), "peer");
}

void use_deep_stacks() {
  pthread_attr_t how;
  ::pthread_attr_init(&how);
  ::pthread_attr_setstacksize(&how, stack_size);
  need(::pthread_setattr_default_np(&how), "stack size");
  ::pthread_attr_destroy(&how);
}

/// Peers that connect to us, and to whom we do not: the configured ones, in plain text where they are configured so.
const settings* configured = nullptr;

int admit(peer_info* who, int* accepted, int (**)(peer_info*)) {
  uncancelled here;
  *accepted = -1;
  for (auto& each : configured->peers) {
    if (::strcasecmp(each.identity.c_str(), who->pi_diamid) != 0)
      continue;
    *accepted = 1;
    who->config.pic_flags.sec = each.tls ? 0 : PI_SEC_NONE;
  }
  return 0;
}

} // namespace

void set_up(const settings& how, log_function log) {
  static settings kept;
  kept = how;
  configured = &kept;
  log_line = log;
  std::signal(SIGPIPE, SIG_IGN);
  guards::verify_interposition();
  use_deep_stacks();
  fd_g_debug_lvl = FD_LOG_NOTICE;
  need(fd_log_handler_register(format_line), "log");
  need(fd_core_initialize(), "initialisation");
  need(fd_core_parseconf(file_with(configuration_text(how))), "configuration");
  for (auto& each : how.listen)
    listen_on(each, how.port);
  announce_applications(how);
  guards::install();
  need(fd_peer_validate_register(admit), "admission of peers");
  for (auto& each : how.peers)
    if (!each.host.empty()) {
      connect_to(each);
      if (how.listen.empty())
        use_address_towards(each);
    }
}

void start() {
  need(fd_core_start(), "start");
  need(fd_core_waitstartcomplete(), "start");
}

} // namespace troupe::diameter_framework
