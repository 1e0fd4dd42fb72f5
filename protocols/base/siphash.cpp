#include "protocols/base/siphash.hpp"

#include <bit>
#include <cstring>

namespace troupe {
namespace {

struct rounds {
  std::uint64_t v0, v1, v2, v3;

  void mix() noexcept {
    v0 += v1, v1 = std::rotl(v1, 13), v1 ^= v0, v0 = std::rotl(v0, 32);
    v2 += v3, v3 = std::rotl(v3, 16), v3 ^= v2;
    v0 += v3, v3 = std::rotl(v3, 21), v3 ^= v0;
    v2 += v1, v1 = std::rotl(v1, 17), v1 ^= v2, v2 = std::rotl(v2, 32);
  }
};

} // namespace

std::uint64_t siphash(const siphash_key& key, std::string_view data) noexcept {
  static_assert(std::endian::native == std::endian::little);
  rounds s{key[0] ^ 0x736f6d6570736575, key[1] ^ 0x646f72616e646f6d, key[0] ^ 0x6c7967656e657261,
           key[1] ^ 0x7465646279746573};
  auto left = data.size();
  auto* at = data.data();
  for (; left >= 8; left -= 8, at += 8) {
    std::uint64_t word;
    std::memcpy(&word, at, 8);
    s.v3 ^= word;
    s.mix();
    s.mix();
    s.v0 ^= word;
  }
  std::uint64_t last = 0;
  if (left != 0)
    std::memcpy(&last, at, left);
  last |= static_cast<std::uint64_t>(data.size()) << 56;
  s.v3 ^= last;
  s.mix();
  s.mix();
  s.v0 ^= last;
  s.v2 ^= 0xff;
  for (int i = 0; i < 4; ++i)
    s.mix();
  return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}

siphash_key make_siphash_key(std::string_view secret) noexcept {
  return {siphash({0x7472'6f75'7065'0001, 1}, secret), siphash({0x7472'6f75'7065'0002, 2}, secret)};
}

} // namespace troupe
