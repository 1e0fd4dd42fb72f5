#include "protocols/sip/opaque.hpp"

#include <cstdint>

namespace troupe::sip {

namespace {

constexpr std::string_view alphabet = "0123456789abcdefghijklmnopqrstuv";
constexpr std::size_t mac_size = 8;

std::string mac_of(std::string_view octets, std::string_view purpose, const siphash_key& secret) {
  auto value = siphash(secret, std::string(purpose).append(1, '\0').append(octets));
  std::string mac(mac_size, '\0');
  for (auto& c : mac) {
    c = static_cast<char>(value & 255);
    value >>= 8;
  }
  return mac;
}

/// In a time that does not tell where the first difference is.
bool same(std::string_view a, std::string_view b) {
  unsigned difference = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i)
    difference |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]);
  return difference == 0;
}

} // namespace

std::string to_base32(std::string_view octets) {
  std::string out;
  out.reserve((octets.size() * 8 + 4) / 5);
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (char c : octets) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    for (held += 8; held >= 5; held -= 5)
      out += alphabet[bits >> (held - 5) & 31];
  }
  if (held != 0)
    out += alphabet[bits << (5 - held) & 31];
  return out;
}

std::optional<std::string> from_base32(std::string_view text) {
  std::string out;
  out.reserve(text.size() * 5 / 8);
  std::uint32_t bits = 0;
  unsigned held = 0;
  for (char c : text) {
    auto value = alphabet.find(c);
    if (value == alphabet.npos)
      return std::nullopt;
    bits = bits << 5 | static_cast<std::uint32_t>(value);
    held += 5;
    if (held >= 8) {
      held -= 8;
      out += static_cast<char>(bits >> held & 255);
    }
  }
  if (held >= 5 || (bits & ((1u << held) - 1)) != 0)
    return std::nullopt;
  return out;
}

std::string seal(std::string_view octets, std::string_view purpose, const siphash_key& secret) {
  return to_base32(std::string(octets) + mac_of(octets, purpose, secret));
}

std::optional<std::string> unseal(std::string_view text, std::string_view purpose, const siphash_key& secret) {
  auto all = from_base32(text);
  if (!all || all->size() < mac_size)
    return std::nullopt;
  auto octets = std::string_view(*all).substr(0, all->size() - mac_size);
  if (!same(mac_of(octets, purpose, secret), std::string_view(*all).substr(octets.size())))
    return std::nullopt;
  return std::string(octets);
}

} // namespace troupe::sip
