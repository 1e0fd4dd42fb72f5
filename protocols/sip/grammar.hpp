// The character classes of RFC 3261 clause 25.1, and the scans that every parser of this folder shares.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "protocols/base/text.hpp"

namespace troupe::sip::grammar {

enum : std::uint8_t {
  token_class = 1,      // token
  host_class = 2,       // hostname and IPv4address; '_' is taken, since networks use it
  uri_class = 4,        // anything but controls, SP, <, > and "
  unreserved_class = 8, // RFC 2396 unreserved: may be written with and without escape
  user_class = 16,      // may stand in a user part without escape
  plain_class = 32,     // means nothing to who cuts a list of values
  word_class = 64,      // of an unquoted parameter value, an IPv6 address included
  display_class = 128,  // of an unquoted display name, with its white space
};

constexpr std::array<std::uint8_t, 256> make_classes() {
  std::array<std::uint8_t, 256> table{};
  for (unsigned c = 0; c < 256; ++c) {
    auto ch = static_cast<char>(c);
    bool alphanumeric = is_alpha(ch) || is_digit(ch);
    auto in = [ch](std::string_view set) { return set.find(ch) != std::string_view::npos && ch != 0; };
    unsigned bits = 0;
    if (alphanumeric || in("-.!%*_+`'~"))
      bits |= token_class;
    if (alphanumeric || in("-._"))
      bits |= host_class;
    if (c > 32 && c != 127 && !in("<>\""))
      bits |= uri_class;
    if (alphanumeric || in("-_.!~*'()"))
      bits |= unreserved_class | user_class;
    if (in("&=+$,;?/"))
      bits |= user_class;
    if (!in(",\"(<"))
      bits |= plain_class;
    if (c > 32 && c != 127 && !in(";,\"<>"))
      bits |= word_class;
    if ((bits & token_class) != 0 || is_space(ch) || c >= 128)
      bits |= display_class;
    table[c] = static_cast<std::uint8_t>(bits);
  }
  return table;
}

inline constexpr auto classes = make_classes();

constexpr bool in_class(char c, unsigned bits) noexcept { return (classes[static_cast<unsigned char>(c)] & bits) != 0; }
constexpr bool is_token(char c) noexcept { return in_class(c, token_class); }
constexpr bool is_blank(char c) noexcept { return c == ' ' || c == '\t'; }

/// Octets at the front of `text` that are of this class.
constexpr std::size_t span_of(std::string_view text, unsigned bits) noexcept {
  std::size_t n = 0;
  while (n < text.size() && in_class(text[n], bits))
    ++n;
  return n;
}

constexpr bool all_of(std::string_view text, unsigned bits) noexcept { return span_of(text, bits) == text.size(); }
constexpr bool is_token(std::string_view text) noexcept { return !text.empty() && all_of(text, token_class); }

/// The octets of the quoted string that `text` starts with, both quotes included; 0 when it does not end.
constexpr std::size_t quoted_length(std::string_view text) noexcept {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\\')
      ++i;
    else if (text[i] == '"')
      return i + 1;
  }
  return 0;
}

/// Cuts leading white space.
constexpr void skip_space(std::string_view& text) noexcept {
  while (!text.empty() && is_space(text.front()))
    text.remove_prefix(1);
}

/// The scheme of a URI without ':'; empty when it has none.
constexpr std::string_view scheme_of(std::string_view uri) noexcept {
  if (uri.empty() || !is_alpha(uri.front()))
    return {};
  std::size_t n = 1;
  while (n < uri.size() && (is_alpha(uri[n]) || is_digit(uri[n]) || uri[n] == '+' || uri[n] == '-' || uri[n] == '.'))
    ++n;
  return n < uri.size() && uri[n] == ':' ? uri.substr(0, n) : std::string_view{};
}

/// The octets of the host that `text` starts with, an IPv6 reference with its brackets; 0 when there is none.
/// "[2001:db8:::192.0.2.1]" is taken: RFC 5118 clause 4.10.
constexpr std::size_t host_length(std::string_view text) noexcept {
  if (text.empty() || text.front() != '[')
    return span_of(text, host_class);
  unsigned colons = 0;
  for (std::size_t i = 1; i < text.size(); ++i) {
    char c = text[i];
    if (c == ']')
      return colons >= 2 ? i + 1 : 0;
    if (c == ':')
      ++colons;
    else if (c != '.' && !is_digit(c) && !(lower(c) >= 'a' && lower(c) <= 'f'))
      return 0;
  }
  return 0;
}

/// Where, from `at` on, an octet stands that who cuts a list of values has to look at: one that is not of plain_class.
inline std::size_t find_special(std::string_view text, std::size_t at) noexcept {
#if defined(__SSE2__)
  for (; text.size() - at >= 16; at += 16) {
    auto octets = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
    auto hits = _mm_or_si128(
        _mm_or_si128(_mm_cmpeq_epi8(octets, _mm_set1_epi8(',')), _mm_cmpeq_epi8(octets, _mm_set1_epi8('"'))),
        _mm_or_si128(_mm_cmpeq_epi8(octets, _mm_set1_epi8('(')), _mm_cmpeq_epi8(octets, _mm_set1_epi8('<'))));
    if (auto mask = _mm_movemask_epi8(hits))
      return at + static_cast<unsigned>(__builtin_ctz(static_cast<unsigned>(mask)));
  }
#endif
  while (at < text.size() && in_class(text[at], plain_class))
    ++at;
  return at;
}

/// How many octets at the front may stand in a URI.
inline std::size_t span_of_uri(std::string_view text) noexcept {
  std::size_t at = 0;
#if defined(__SSE2__)
  for (; text.size() - at >= 16; at += 16) {
    auto octets = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
    auto above_space = _mm_cmpeq_epi8(_mm_max_epu8(octets, _mm_set1_epi8(33)), octets);
    auto others = _mm_or_si128(
        _mm_or_si128(_mm_cmpeq_epi8(octets, _mm_set1_epi8('<')), _mm_cmpeq_epi8(octets, _mm_set1_epi8('>'))),
        _mm_or_si128(_mm_cmpeq_epi8(octets, _mm_set1_epi8('"')), _mm_cmpeq_epi8(octets, _mm_set1_epi8(127))));
    auto good = static_cast<unsigned>(_mm_movemask_epi8(_mm_andnot_si128(others, above_space)));
    if (good != 0xffff)
      return at + static_cast<unsigned>(__builtin_ctz(~good));
  }
#endif
  while (at < text.size() && in_class(text[at], uri_class))
    ++at;
  return at;
}

/// The next CR or LF; `end` when there is none.
inline const char* find_line_end(const char* p, const char* end) noexcept {
#if defined(__SSE2__)
  const auto cr = _mm_set1_epi8('\r');
  const auto lf = _mm_set1_epi8('\n');
  for (; end - p >= 16; p += 16) {
    auto octets = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    auto hits = _mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(octets, cr), _mm_cmpeq_epi8(octets, lf)));
    if (hits)
      return p + __builtin_ctz(static_cast<unsigned>(hits));
  }
#endif
  while (p != end && *p != '\r' && *p != '\n')
    ++p;
  return p;
}

} // namespace troupe::sip::grammar
