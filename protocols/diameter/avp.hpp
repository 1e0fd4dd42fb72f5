// AVPs as views of the message that holds them: RFC 6733 clauses 4.1 to 4.4. Nothing is copied, and nothing outside the
// octets is read whatever they are.
#pragma once

#include <array>
#include <compare>
#include <iterator>
#include <optional>
#include <string_view>

#include "protocols/diameter/definition.hpp"
#include "protocols/diameter/failure.hpp"

namespace troupe::diameter {

namespace avp_flag {
inline constexpr std::uint8_t vendor = 0x80;
inline constexpr std::uint8_t mandatory = 0x40;
inline constexpr std::uint8_t protection = 0x20; ///< of RFC 3588; no meaning any more
inline constexpr std::uint8_t unknown = 0x1f;
} // namespace avp_flag

inline constexpr std::size_t padded(std::size_t size) noexcept { return (size + 3) & ~std::size_t{3}; }
inline constexpr std::size_t largest_avp = 0xffffff; ///< its length has 24 bits

struct avp_view {
  std::uint32_t code = 0;
  std::uint32_t vendor = 0;
  std::uint8_t flags = 0;
  std::string_view value;
  std::string_view octets; ///< with its header, without padding

  bool is(const avp_definition& d) const noexcept { return code == d.code && vendor == d.vendor; }
  bool mandatory() const noexcept { return flags & avp_flag::mandatory; }
};

/// The AVP at the front of `octets`. Refuses one that is cut off, shorter than its header, or of a vendor 0 that is said.
outcome<avp_view> front_avp(std::string_view octets);

/// AVPs one behind the other: a message's, or a group's. It ends at the first that is malformed; decode() and
/// check_structure() say whether there is one.
class avp_range {
public:
  class iterator {
  public:
    using value_type = avp_view;
    using difference_type = std::ptrdiff_t;
    using reference = const avp_view&;
    using pointer = const avp_view*;
    using iterator_category = std::input_iterator_tag;

    iterator() = default;
    explicit iterator(std::string_view left) noexcept : left_(left) { read(); }
    const avp_view& operator*() const noexcept { return now_; }
    const avp_view* operator->() const noexcept { return &now_; }
    iterator& operator++() noexcept;
    iterator operator++(int) noexcept {
      auto old = *this;
      ++*this;
      return old;
    }
    friend bool operator==(const iterator& i, std::default_sentinel_t) noexcept { return i.left_.empty(); }

  private:
    void read() noexcept;

    std::string_view left_;
    avp_view now_;
  };

  avp_range() = default;
  explicit avp_range(std::string_view octets) noexcept : octets_(octets) {}
  explicit avp_range(const avp_view& group) noexcept : octets_(group.value) {}

  iterator begin() const noexcept { return iterator(octets_); }
  std::default_sentinel_t end() const noexcept { return {}; }
  std::string_view octets() const noexcept { return octets_; }

  /// The first of this kind.
  std::optional<avp_view> find(const avp_definition& d) const noexcept;

private:
  std::string_view octets_;
};

/// How deep groups may stand in each other: Troupe's own limit; the deepest that the specifications have is 7.
inline constexpr unsigned deepest = 16;

/// Every length and padding is right, of known groups inside too, none deeper than `deepest`; and no AVP has a flag
/// bit that nobody defined (RFC 6733 clause 4.1 has this be an error).
outcome<void> check_structure(std::string_view octets);

/// The value has the size and shape of its type: 5014 or 5004. Groups are left to check_structure().
outcome<void> check_value(const avp_definition& d, const avp_view& avp);

/// Each nothing when the octets have another size.
std::optional<std::uint32_t> to_unsigned32(std::string_view value) noexcept;
std::optional<std::uint64_t> to_unsigned64(std::string_view value) noexcept;

/// RFC 6733 clause 4.3.1. `octets`: 4 for IPv4, 16 for IPv6, else what the family has.
struct address {
  static constexpr std::uint16_t ipv4 = 1;
  static constexpr std::uint16_t ipv6 = 2;
  static constexpr std::uint16_t e164 = 8;

  std::uint16_t family = 0;
  std::string octets;

  friend bool operator==(const address&, const address&) = default;
};
std::optional<address> to_address(std::string_view value);

/// A Time AVP's value, in seconds since 1970.
struct timestamp {
  std::int64_t unix_seconds = 0;

  friend auto operator<=>(const timestamp&, const timestamp&) = default;
};

/// Time is in seconds since 1900, and begins anew in 2036 (RFC 5905 clause 6): seconds since 1970.
std::int64_t to_unix_time(std::uint32_t ntp) noexcept;
std::uint32_t to_ntp_time(std::int64_t unix_seconds) noexcept;

/// What Failed-AVP holds for an AVP that is missing or has a wrong length: its header and as many zeros as its type needs.
std::string empty_avp(const avp_definition& d);
/// As it came, with padding.
std::string copy_of(const avp_view& avp);
/// `inner`, an AVP's octets, as the only member of a group `d`: so that Failed-AVP shows where it stood (clause 7.5).
std::string wrap(const avp_definition& d, std::string_view inner);

} // namespace troupe::diameter
