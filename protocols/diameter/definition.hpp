// How a Diameter dictionary is written down: RFC 6733 clauses 3.1 and 3.2 (commands), 4.1 to 4.4 (AVPs).
// The tables (table_*.hpp) hold what the specifications' own tables and grammars say, in their notation.
#pragma once

#include <cstdint>
#include <string_view>

namespace troupe::diameter {

/// RFC 6733 clauses 4.2 and 4.3. Float32 is here for two AVPs of Rx.
enum class avp_type : std::uint8_t {
  octet_string,
  utf8_string,
  identity, ///< DiameterIdentity: a host's or realm's name
  uri,      ///< DiameterURI
  unsigned32,
  unsigned64,
  integer32,
  integer64,
  float32,
  enumerated, ///< 32 bits with sign
  grouped,
  time,    ///< seconds since 1900, 32 bits
  address, ///< AddressType, then the address
  ip_filter_rule,
};

/// What the specification's table says of the M bit. A receiver must understand an AVP that has it.
enum class m_bit : std::uint8_t { must, may, must_not };

inline constexpr std::uint32_t ietf = 0;
inline constexpr std::uint32_t tgpp = 10415;
inline constexpr std::uint32_t etsi = 13019;
inline constexpr std::uint32_t tgpp2 = 5535;

/// The V bit is set when, and only when, `vendor` is not 0.
struct avp_definition {
  std::string_view name;
  std::uint32_t code;
  std::uint32_t vendor;
  avp_type type;
  m_bit m;
};

/// What a grouped AVP holds: "{A} [B] *[C] 1*{D} 0*2[E] *[AVP]". As in RFC 6733 clause 3.2, <A> is first, {A} is there, [A]
/// may be; "AVP" stands for any other.
struct group_definition {
  std::string_view name; ///< the AVP's
  std::string_view grammar;
};

namespace application {
inline constexpr std::uint32_t base = 0;
inline constexpr std::uint32_t accounting = 3;     ///< and Rf
inline constexpr std::uint32_t credit_control = 4; ///< and Ro
inline constexpr std::uint32_t cx = 16777216;
inline constexpr std::uint32_t sh = 16777217;
inline constexpr std::uint32_t rx = 16777236;
inline constexpr std::uint32_t relay = 0xffffffff;
} // namespace application

struct application_definition {
  std::string_view name;
  std::uint32_t id;
  std::uint32_t vendor;
  bool accounting; ///< its peers say Acct-Application-Id, not Auth-Application-Id
};

/// `name` and `abbreviation` are without "-Request", "-Answer", "R" and "A". The grammars are those of this application: the
/// same code has others elsewhere.
struct command_definition {
  std::string_view name;
  std::string_view abbreviation;
  std::uint32_t code;
  std::uint32_t application;
  std::string_view request;
  std::string_view answer;
};

} // namespace troupe::diameter
