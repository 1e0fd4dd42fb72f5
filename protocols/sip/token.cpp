#include "protocols/sip/token.hpp"

#include <array>
#include <cstring>

namespace troupe::sip {
namespace {

constexpr std::string_view alphabet = "0123456789abcdefghijklmnopqrstuv";
constexpr std::string_view branch_start = "z9hG4bKt";
constexpr std::size_t body_size = 15; // flags 1, sequence 4, group 2, hash 8
constexpr std::size_t octets = 20;    // and 5 of the hash

using raw = std::array<std::uint8_t, octets>;

void seal(raw& bytes, const siphash_key& secret) noexcept {
  auto mac = siphash(secret, {reinterpret_cast<const char*>(bytes.data()), body_size});
  std::memcpy(bytes.data() + body_size, &mac, octets - body_size);
}

template <class Integer>
void put(raw& bytes, std::size_t at, Integer value) noexcept {
  std::memcpy(bytes.data() + at, &value, sizeof value);
}

template <class Integer>
Integer get(const raw& bytes, std::size_t at) noexcept {
  Integer value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

constexpr auto values = [] {
  std::array<std::uint8_t, 256> table{};
  table.fill(0xff);
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  return table;
}();

} // namespace

void encode_to(std::string& out, const token& t, const siphash_key& secret) {
  raw bytes;
  bytes[0] = static_cast<std::uint8_t>(static_cast<unsigned>(t.use) | static_cast<unsigned>(t.half) << 2 |
                                       static_cast<unsigned>(t.side) << 4 | static_cast<unsigned>(t.stage & 7) << 5);
  put(bytes, 1, t.sequence);
  put(bytes, 5, t.key.group);
  put(bytes, 7, t.key.hash);
  seal(bytes, secret);
  for (std::size_t i = 0; i < octets; i += 5) {
    std::uint64_t group = 0;
    for (std::size_t k = 0; k < 5; ++k)
      group = group << 8 | bytes[i + k];
    for (int shift = 35; shift >= 0; shift -= 5)
      out += alphabet[group >> shift & 31];
  }
}

std::string encode(const token& t, const siphash_key& secret) {
  std::string out;
  out.reserve(token_length);
  encode_to(out, t, secret);
  return out;
}

std::optional<token> decode_token(std::string_view text, const siphash_key& secret) noexcept {
  if (text.size() != token_length)
    return std::nullopt;
  raw bytes;
  unsigned seen = 0;
  for (std::size_t i = 0; i < octets / 5; ++i) {
    std::uint64_t group = 0;
    for (std::size_t k = 0; k < 8; ++k) {
      auto value = values[static_cast<unsigned char>(text[i * 8 + k])];
      seen |= value;
      group = group << 5 | (value & 31u);
    }
    for (std::size_t k = 0; k < 5; ++k)
      bytes[i * 5 + k] = static_cast<std::uint8_t>(group >> (32 - 8 * k));
  }
  if (seen > 31)
    return std::nullopt;
  auto sealed = bytes;
  seal(sealed, secret);
  if (sealed != bytes || (bytes[0] >> 2 & 3) > 2)
    return std::nullopt;
  token t;
  t.use = static_cast<token_use>(bytes[0] & 3);
  t.half = static_cast<half>(bytes[0] >> 2 & 3);
  t.side = static_cast<side>(bytes[0] >> 4 & 1);
  t.stage = static_cast<std::uint8_t>(bytes[0] >> 5);
  t.sequence = get<std::uint32_t>(bytes, 1);
  t.key = {get<std::uint16_t>(bytes, 5), get<std::uint64_t>(bytes, 7)};
  return t;
}

std::string make_branch(const token& t, const siphash_key& secret, std::string_view loop_hash) {
  std::string out;
  out.reserve(branch_start.size() + token_length + 1 + loop_hash.size());
  out += branch_start;
  encode_to(out, t, secret);
  if (!loop_hash.empty())
    (out += '.') += loop_hash;
  return out;
}

std::optional<token> decode_branch(std::string_view branch, const siphash_key& secret) noexcept {
  if (!branch.starts_with(branch_start))
    return std::nullopt;
  branch.remove_prefix(branch_start.size());
  return decode_token(branch.substr(0, branch.find('.')), secret);
}

} // namespace troupe::sip
