// Short octet strings held in place: keys, MACs and responses whose length the algorithm sets. TS 33.102 clause 6.3.7.
#pragma once

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "protocols/base/text.hpp"

namespace troupe::aka {

template <std::size_t Capacity>
class octets {
  static_assert(Capacity < 256);

public:
  octets() = default;
  /// At most `Capacity` octets.
  explicit octets(std::span<const std::uint8_t> from) noexcept : size_(static_cast<std::uint8_t>(from.size())) {
    assert(from.size() <= Capacity);
    std::copy(from.begin(), from.end(), bytes_.begin());
  }

  /// Nothing when `hex` is no hexadecimal or too long.
  static std::optional<octets> from_hex(std::string_view hex) {
    auto bytes = troupe::from_hex(hex);
    if (!bytes || bytes->size() > Capacity)
      return std::nullopt;
    return octets(*bytes);
  }

  void append(std::span<const std::uint8_t> more) noexcept {
    assert(size_ + more.size() <= Capacity);
    std::copy(more.begin(), more.end(), bytes_.begin() + size_);
    size_ = static_cast<std::uint8_t>(size_ + more.size());
  }

  const std::uint8_t* data() const noexcept { return bytes_.data(); }
  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  std::uint8_t operator[](std::size_t i) const noexcept { return bytes_[i]; }
  std::uint8_t& operator[](std::size_t i) noexcept { return bytes_[i]; }
  auto begin() const noexcept { return data(); }
  auto end() const noexcept { return data() + size_; }
  std::string_view text() const noexcept { return as_text({data(), size()}); }
  std::string hex() const { return to_hex({data(), size()}); }

  friend bool operator==(const octets& a, const octets& b) noexcept { return a.text() == b.text(); }

private:
  std::array<std::uint8_t, Capacity> bytes_{};
  std::uint8_t size_ = 0;
};

/// Without a branch on the contents, so that the time tells nothing of a MAC or response. Lengths are no secret.
inline bool equal_in_constant_time(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) noexcept {
  if (a.size() != b.size())
    return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i)
    difference |= static_cast<unsigned>(a[i] ^ b[i]);
  return difference == 0;
}

} // namespace troupe::aka
