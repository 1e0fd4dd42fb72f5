// Small text functions: ASCII case, trimming, numbers, hex and base64. ASCII only; no locale.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace troupe {

constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr bool is_alpha(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
constexpr bool is_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

constexpr bool equal_nocase(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size())
    return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (lower(a[i]) != lower(b[i]))
      return false;
  return true;
}

constexpr bool starts_with_nocase(std::string_view text, std::string_view prefix) noexcept {
  return text.size() >= prefix.size() && equal_nocase(text.substr(0, prefix.size()), prefix);
}

/// Without leading and trailing SP, HTAB, CR and LF.
constexpr std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && is_space(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && is_space(text.back()))
    text.remove_suffix(1);
  return text;
}

/// 0 to 15; 16 for what is no hexadecimal digit.
constexpr unsigned digit_value(char c) noexcept {
  if (is_digit(c))
    return static_cast<unsigned>(c - '0');
  auto l = lower(c);
  return l >= 'a' && l <= 'f' ? static_cast<unsigned>(l - 'a') + 10 : 16;
}

/// The whole of `text` as a number without sign; nothing when it is empty, has other characters or overflows.
template <class Integer, unsigned base = 10>
constexpr std::optional<Integer> to_number(std::string_view text) noexcept {
  static_assert(base == 10 || base == 16);
  constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<Integer>::max());
  if (text.empty())
    return std::nullopt;
  std::uint64_t value = 0;
  for (char c : text) {
    auto digit = digit_value(c);
    if (digit >= base || value > (most - digit) / base)
      return std::nullopt;
    value = value * base + digit;
  }
  return static_cast<Integer>(value);
}

std::string to_lower(std::string_view text);

std::string to_hex(std::span<const std::uint8_t> bytes);
/// Nothing when the length is odd or a character is not hexadecimal.
std::optional<std::vector<std::uint8_t>> from_hex(std::string_view text);

/// RFC 4648 clause 4, padded.
std::string to_base64(std::span<const std::uint8_t> bytes);
/// Nothing on a wrong alphabet or padding; unpadded input is taken.
std::optional<std::vector<std::uint8_t>> from_base64(std::string_view text);

inline std::span<const std::uint8_t> as_bytes(std::string_view text) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

inline std::string_view as_text(std::span<const std::uint8_t> bytes) noexcept {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

} // namespace troupe
