#include "actors/contracts/flow.hpp"

#include <arpa/inet.h>
#include <charconv>
#include <cstring>
#include <netinet/in.h>

#include "protocols/base/cursor.hpp"

namespace troupe {

std::string_view via_name(transport t) noexcept {
  switch (t) {
  case transport::udp: return "UDP";
  case transport::tls: return "TLS";
  case transport::tcp:
  case transport::local: break;
  }
  return "TCP";
}

std::optional<address> parse_address(std::string_view host, std::uint16_t port) noexcept {
  if (host.size() > 1 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  char text[INET6_ADDRSTRLEN];
  if (host.empty() || host.size() >= sizeof text)
    return std::nullopt;
  std::memcpy(text, host.data(), host.size());
  text[host.size()] = '\0';
  address out;
  out.port = port;
  if (inet_pton(AF_INET, text, out.octets.data()) == 1)
    return out;
  out.v6 = true;
  if (inet_pton(AF_INET6, text, out.octets.data()) == 1)
    return out;
  return std::nullopt;
}

std::string host_text(const address& a, bool bracketed) {
  char text[INET6_ADDRSTRLEN];
  if (!a.v6) { // of every message that arrives: inet_ntop() goes through printf()
    auto* end = text;
    for (std::size_t i = 0; i < 4; ++i) {
      if (i != 0)
        *end++ = '.';
      end = std::to_chars(end, text + sizeof text, a.octets[i]).ptr;
    }
    return {text, end};
  }
  inet_ntop(AF_INET6, a.octets.data(), text, sizeof text);
  return bracketed ? std::string("[") + text + ']' : std::string(text);
}

socklen_t to_sockaddr(const address& from, sockaddr_storage& out) noexcept {
  if (from.v6) {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(from.port);
    std::memcpy(&v6.sin6_addr, from.octets.data(), 16);
    std::memcpy(&out, &v6, sizeof v6);
    return sizeof v6;
  }
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(from.port);
  std::memcpy(&v4.sin_addr, from.octets.data(), 4);
  std::memcpy(&out, &v4, sizeof v4);
  return sizeof v4;
}

std::string to_string(const address& a) { return host_text(a) + ':' + std::to_string(a.port); }

std::string encode(const flow& f) {
  std::string out;
  writer w(out);
  w.u8(static_cast<std::uint8_t>(f.transport));
  w.u8(static_cast<std::uint8_t>(f.side));
  w.number(f.listener);
  w.number(f.shard);
  w.number(f.index);
  w.number(f.generation);
  w.number(f.peer.port);
  w.text({reinterpret_cast<const char*>(f.peer.octets.data()), f.peer.v6 ? 16u : 4u});
  return out;
}

std::optional<flow> decode_flow(std::string_view text) noexcept {
  reader r(text);
  flow f;
  auto kind = r.u8(), where = r.u8();
  f.listener = static_cast<std::uint16_t>(r.number());
  f.shard = static_cast<std::uint16_t>(r.number());
  f.index = static_cast<std::uint32_t>(r.number());
  f.generation = static_cast<std::uint32_t>(r.number());
  f.peer.port = static_cast<std::uint16_t>(r.number());
  auto octets = r.text();
  if (!r.ok() || kind > 3 || where > 1 || (octets.size() != 4 && octets.size() != 16))
    return std::nullopt;
  f.transport = static_cast<transport>(kind);
  f.side = static_cast<sip::side>(where);
  f.peer.v6 = octets.size() == 16;
  std::memcpy(f.peer.octets.data(), octets.data(), octets.size());
  return f;
}

} // namespace troupe
