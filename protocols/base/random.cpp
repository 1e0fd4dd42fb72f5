#include "protocols/base/random.hpp"

#include <bit>
#include <string_view>

namespace troupe {

random_source::random_source(std::uint64_t seed) noexcept {
  for (auto& word : state_) { // splitmix64
    seed += 0x9e3779b97f4a7c15;
    auto z = seed;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    word = z ^ (z >> 31);
  }
}

std::uint64_t random_source::next() noexcept {
  auto result = std::rotl(state_[1] * 5, 7) * 9;
  auto shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

std::uint64_t random_source::below(std::uint64_t bound) noexcept {
  __extension__ using wide = unsigned __int128;
  return static_cast<std::uint64_t>((static_cast<wide>(next()) * bound) >> 64);
}

std::string random_source::token(std::size_t length) {
  constexpr std::string_view alphabet = "0123456789abcdefghijklmnopqrstuv";
  std::string out(length, '0');
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < length; ++i) {
    if (i % 12 == 0)
      bits = next();
    out[i] = alphabet[bits & 31];
    bits >>= 5;
  }
  return out;
}

} // namespace troupe
