// The hashes of digest authentication, in lower-case hex: RFC 7616 clause 3.2 and 6.1; RFC 8760 clause 2.1.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace troupe::sip {

enum class digest_hash : std::uint8_t { md5, sha256, sha512_256 };

/// 16 octets of MD5, or 32.
struct digest_octets {
  std::array<std::uint8_t, 32> bytes{};
  std::uint8_t size = 0;

  std::span<const std::uint8_t> span() const noexcept { return {bytes.data(), size}; }
};

/// Hex held in place: 32 characters of MD5, or 64.
class hex_digest {
public:
  hex_digest() = default;
  explicit hex_digest(const digest_octets& octets) noexcept;

  std::string_view text() const noexcept { return {characters_.data(), size_}; }
  operator std::string_view() const noexcept { return text(); }
  friend bool operator==(const hex_digest& a, std::string_view b) noexcept { return a.text() == b; }

private:
  std::array<char, 64> characters_{};
  std::uint8_t size_ = 0;
};

/// Of the parts one after the other. OpenSSL's context is kept for each thread and hash: to fetch one costs more than
/// a whole response.
digest_octets hash_octets(digest_hash hash, std::initializer_list<std::string_view> parts);

/// The same with ":" between the parts.
hex_digest hash_joined(digest_hash hash, std::initializer_list<std::string_view> parts);

/// RFC 2104.
digest_octets hmac(digest_hash hash, std::string_view key, std::initializer_list<std::string_view> parts);

} // namespace troupe::sip
