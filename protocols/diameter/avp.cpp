#include "protocols/diameter/avp.hpp"

#include <algorithm>

#include "protocols/diameter/dictionary.hpp"

namespace troupe::diameter {
namespace {

constexpr std::size_t plain_header = 8;
constexpr std::size_t vendor_header = 12;
constexpr std::int64_t unix_epoch = 2208988800; // 1970 in seconds since 1900

std::uint8_t octet(std::string_view text, std::size_t at) noexcept { return static_cast<std::uint8_t>(text[at]); }

std::uint32_t big_endian(std::string_view text, std::size_t at, std::size_t size) noexcept {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i)
    value = value << 8 | octet(text, at + i);
  return value;
}

void put(std::string& out, std::uint32_t value, std::size_t size) {
  while (size-- > 0)
    out += static_cast<char>(value >> 8 * size);
}

std::string with_header(std::uint32_t code, std::uint32_t vendor, std::uint8_t flags, std::string_view value) {
  std::string out;
  put(out, code, 4);
  flags = static_cast<std::uint8_t>((flags & ~avp_flag::vendor) | (vendor ? avp_flag::vendor : 0));
  put(out, flags, 1);
  put(out, static_cast<std::uint32_t>((vendor ? vendor_header : plain_header) + value.size()), 3);
  if (vendor)
    put(out, vendor, 4);
  out += value;
  out.resize(padded(out.size()));
  return out;
}

std::uint8_t flags_of(const avp_definition& d) noexcept { return d.m == m_bit::must ? avp_flag::mandatory : 0; }

/// The smallest value of a type.
std::size_t least_size(avp_type type) noexcept {
  switch (type) {
  case avp_type::unsigned32:
  case avp_type::integer32:
  case avp_type::float32:
  case avp_type::enumerated:
  case avp_type::time: return 4;
  case avp_type::unsigned64:
  case avp_type::integer64: return 8;
  case avp_type::address: return 6;
  default: return 0;
  }
}

/// An AVP whose length is wrong, told with its code and flags and a value of the least size.
tl::unexpected<failure> wrong_length(std::uint32_t code, std::uint32_t vendor, std::uint8_t flags, std::string what) {
  auto* known_as = dictionary::instance().avp(vendor, code);
  std::string zeros(known_as ? least_size(known_as->type) : 0, '\0');
  return refuse(code::invalid_avp_length, std::move(what),
                with_header(code, vendor, static_cast<std::uint8_t>(flags & ~avp_flag::unknown), zeros));
}

bool is_continuation(unsigned char c) noexcept { return (c & 0xc0) == 0x80; }

/// How many octets the character at `at` has; 0: none that is well-formed (RFC 3629 clause 4).
std::size_t character_size(std::string_view text, std::size_t at) noexcept {
  auto first = octet(text, at);
  if (first < 0x80)
    return first != 0;
  auto size = first >= 0xf0 ? 4u : first >= 0xe0 ? 3u : 2u;
  if (first < 0xc2 || first > 0xf4 || text.size() - at < size)
    return 0;
  for (std::size_t i = 1; i < size; ++i)
    if (!is_continuation(octet(text, at + i)))
      return 0;
  auto second = octet(text, at + 1);
  auto overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
  auto outside = (first == 0xed && second > 0x9f) || (first == 0xf4 && second > 0x8f);
  return overlong || outside ? 0 : size;
}

/// UTF-8 without NUL, which ends texts in other people's programs.
bool is_text(std::string_view text) noexcept {
  for (std::size_t at = 0; at < text.size();) {
    auto size = character_size(text, at);
    if (size == 0)
      return false;
    at += size;
  }
  return true;
}

bool is_visible_ascii(std::string_view text) noexcept {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
}

bool is_address(std::string_view value) noexcept {
  if (value.size() < 3)
    return false;
  auto family = big_endian(value, 0, 2);
  auto size = value.size() - 2;
  return family == address::ipv4 ? size == 4 : family == address::ipv6 ? size == 16 : true;
}

bool has_shape(avp_type type, std::string_view value) noexcept {
  switch (type) {
  case avp_type::utf8_string: return is_text(value);
  case avp_type::uri: // bare names are in use: FHoSS's charging functions
  case avp_type::identity: return !value.empty() && is_visible_ascii(value);
  case avp_type::ip_filter_rule: return !value.empty() && is_text(value);
  default: return true;
  }
}

bool has_size(avp_type type, std::string_view value) noexcept {
  if (type == avp_type::address)
    return is_address(value);
  auto least = least_size(type);
  return least == 0 || value.size() == least;
}

outcome<void> check_group(std::string_view octets, unsigned depth);

outcome<void> check_one(const avp_view& avp, unsigned depth) {
  if (avp.flags & avp_flag::unknown)
    return refuse(code::invalid_avp_bits, "an AVP has flags that are not defined", copy_of(avp));
  auto* d = dictionary::instance().avp(avp.vendor, avp.code);
  if (!d || d->type != avp_type::grouped)
    return {};
  if (depth == deepest)
    return refuse(code::invalid_avp_value, "grouped AVPs stand too deep in each other", empty_avp(*d));
  auto inner = check_group(avp.value, depth + 1);
  if (!inner && !inner.error().failed_avp.empty())
    inner.error().failed_avp = wrap(*d, inner.error().failed_avp);
  return inner;
}

outcome<void> check_group(std::string_view octets, unsigned depth) {
  while (!octets.empty()) {
    auto avp = front_avp(octets);
    if (!avp)
      return tl::unexpected(std::move(avp.error()));
    if (auto good = check_one(*avp, depth); !good)
      return good;
    octets.remove_prefix(padded(avp->octets.size()));
  }
  return {};
}

} // namespace

outcome<avp_view> front_avp(std::string_view octets) {
  if (octets.size() < plain_header)
    return refuse(code::invalid_avp_length, "octets are left that are no AVP");
  avp_view avp;
  avp.code = big_endian(octets, 0, 4);
  avp.flags = octet(octets, 4);
  auto size = big_endian(octets, 5, 3);
  auto has_vendor = (avp.flags & avp_flag::vendor) != 0;
  auto header = has_vendor ? vendor_header : plain_header;
  if (has_vendor && octets.size() >= vendor_header)
    avp.vendor = big_endian(octets, 8, 4);
  if (size < header || padded(size) > octets.size())
    return wrong_length(avp.code, avp.vendor, avp.flags, "an AVP's length is not that of its octets");
  avp.octets = octets.substr(0, size);
  avp.value = avp.octets.substr(header);
  if (has_vendor && avp.vendor == 0)
    return refuse(code::invalid_avp_bits, "an AVP has the V bit and no vendor",
                  std::string(octets.substr(0, padded(size))));
  return avp;
}

avp_range::iterator& avp_range::iterator::operator++() noexcept {
  left_.remove_prefix(padded(now_.octets.size()));
  read();
  return *this;
}

void avp_range::iterator::read() noexcept {
  auto avp = left_.empty() ? outcome<avp_view>() : front_avp(left_);
  if (avp)
    now_ = *avp;
  else
    left_ = {};
}

std::optional<avp_view> avp_range::find(const avp_definition& d) const noexcept {
  for (auto& avp : *this)
    if (avp.is(d))
      return avp;
  return std::nullopt;
}

outcome<void> check_structure(std::string_view octets) { return check_group(octets, 0); }

outcome<void> check_value(const avp_definition& d, const avp_view& avp) {
  if (!has_size(d.type, avp.value))
    return wrong_length(avp.code, avp.vendor, avp.flags, std::string(d.name) + " has a length that its type has not");
  if (!has_shape(d.type, avp.value))
    return refuse(code::invalid_avp_value, std::string(d.name) + " has a value that its type has not",
                  with_header(avp.code, avp.vendor, avp.flags, avp.value));
  return {};
}

std::optional<std::uint32_t> to_unsigned32(std::string_view value) noexcept {
  return value.size() == 4 ? std::optional(big_endian(value, 0, 4)) : std::nullopt;
}

std::optional<std::uint64_t> to_unsigned64(std::string_view value) noexcept {
  if (value.size() != 8)
    return std::nullopt;
  return std::uint64_t{big_endian(value, 0, 4)} << 32 | big_endian(value, 4, 4);
}

std::optional<address> to_address(std::string_view value) {
  if (!is_address(value))
    return std::nullopt;
  return address{static_cast<std::uint16_t>(big_endian(value, 0, 2)), std::string(value.substr(2))};
}

std::int64_t to_unix_time(std::uint32_t ntp) noexcept {
  auto era = ntp < 0x80000000u ? std::int64_t{1} << 32 : 0;
  return std::int64_t{ntp} + era - unix_epoch;
}

std::uint32_t to_ntp_time(std::int64_t unix_seconds) noexcept {
  return static_cast<std::uint32_t>(unix_seconds + unix_epoch);
}

std::string empty_avp(const avp_definition& d) {
  return with_header(d.code, d.vendor, flags_of(d), std::string(least_size(d.type), '\0'));
}

std::string copy_of(const avp_view& avp) {
  std::string octets(avp.octets);
  octets.resize(padded(octets.size()));
  return octets;
}

std::string wrap(const avp_definition& d, std::string_view inner) {
  return with_header(d.code, d.vendor, flags_of(d), inner);
}

} // namespace troupe::diameter
