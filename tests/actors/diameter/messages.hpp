// Diameter messages made by hand, so that the tests of the transport depend on no codec.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace troupe::by_hand {

inline std::string big_endian(std::uint32_t value, int octets) {
  std::string out;
  for (int i = octets - 1; i >= 0; --i)
    out += static_cast<char>(value >> (8 * i) & 255);
  return out;
}

inline std::uint32_t number_at(std::string_view in, std::size_t at, std::size_t octets) {
  std::uint32_t value = 0;
  for (auto i = at; i < at + octets; ++i)
    value = value << 8 | static_cast<std::uint8_t>(in[i]);
  return value;
}

inline std::string avp(std::uint32_t code, std::string_view data, std::uint32_t vendor = 0, std::uint8_t flags = 0x40) {
  auto length = static_cast<std::uint32_t>((vendor ? 12 : 8) + data.size());
  auto out = big_endian(code, 4) + static_cast<char>(flags | (vendor ? 0x80 : 0)) + big_endian(length, 3);
  if (vendor)
    out += big_endian(vendor, 4);
  out += data;
  return out.append((4 - data.size() % 4) % 4, '\0');
}

inline std::string avp(std::uint32_t code, std::uint32_t number, std::uint32_t vendor = 0) {
  return avp(code, big_endian(number, 4), vendor);
}

inline constexpr std::uint32_t cx = 16'777'216, uar = 300, mar = 303, vendor_3gpp = 10'415;

inline std::string message(std::uint8_t flags, std::uint32_t command, std::uint32_t application, std::string_view avps,
                           std::uint32_t end_to_end = 1) {
  return '\x01' + big_endian(static_cast<std::uint32_t>(20 + avps.size()), 3) + static_cast<char>(flags) +
         big_endian(command, 3) + big_endian(application, 4) + big_endian(0, 4) + big_endian(end_to_end, 4) +
         std::string(avps);
}

inline std::string vendor_specific(std::uint32_t application) {
  return avp(260, avp(266, vendor_3gpp) + avp(258, application));
}

struct ends {
  std::string host, realm, to_realm, to_host;
};

/// User-Authorization-Request, TS 29.229 clause 6.1.1. `more`: further AVPs.
inline std::string user_authorization_request(const ends& e, std::uint32_t n, std::string_view more = {}) {
  auto avps = avp(263, e.host + ";1;" + std::to_string(n)) + vendor_specific(cx) + avp(277, 1) + avp(264, e.host) +
              avp(296, e.realm) + (e.to_host.empty() ? std::string() : avp(293, e.to_host)) + avp(283, e.to_realm) +
              avp(1, "alice@" + e.to_realm) + avp(601, "sip:alice@" + e.to_realm, vendor_3gpp) +
              avp(600, e.to_realm, vendor_3gpp);
  return message(0xc0, uar, cx, avps + std::string(more), n);
}

/// DIAMETER_FIRST_REGISTRATION to any request: Session-Id is its first AVP.
inline std::string user_authorization_answer(const ends& e, std::string_view request, std::string_view more = {}) {
  auto session = request.substr(20, (number_at(request, 25, 3) + 3) & ~3u);
  auto avps = std::string(session) + vendor_specific(cx) + avp(297, avp(266, vendor_3gpp) + avp(298, 2'001)) +
              avp(277, 1) + avp(264, e.host) + avp(296, e.realm);
  return message(0x40, number_at(request, 5, 3), number_at(request, 8, 4), avps + std::string(more));
}

/// The data of the first AVP with that code at the top level; empty when there is none.
inline std::string_view find(std::string_view message, std::uint32_t code) {
  for (auto rest = message.substr(20); rest.size() >= 8;) {
    auto length = number_at(rest, 5, 3);
    std::size_t header = (static_cast<std::uint8_t>(rest[4]) & 0x80) ? 12 : 8;
    if (length < header || length > rest.size())
      return {};
    if (number_at(rest, 0, 4) == code)
      return rest.substr(header, length - header);
    rest.remove_prefix(std::min<std::size_t>(rest.size(), (length + 3) & ~3u));
  }
  return {};
}

inline std::uint32_t result_code(std::string_view message) {
  auto data = find(message, 268);
  return data.size() == 4 ? number_at(data, 0, 4) : 0;
}

inline bool has_flag(std::string_view message, std::uint8_t flag) {
  return (static_cast<std::uint8_t>(message[4]) & flag) != 0;
}

} // namespace troupe::by_hand
