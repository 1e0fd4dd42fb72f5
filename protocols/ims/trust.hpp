// The trust domain at a P-CSCF: what a UE may not tell the network, and what the network does not tell a UE.
// TS 24.229 clause 4.4 (each header field with its own subclause), RFC 3325, RFC 3323, RFC 7315 clause 6.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocols/sip/message.hpp"

namespace troupe::ims {

enum class crossing : std::uint8_t {
  from_ue,   ///< from the access side into the core
  to_ue,     ///< from the core to the access side
  to_others, ///< to a network outside of the trust domain
};

/// One rule: this field does not cross in these ways.
struct trust_rule {
  std::string_view name; ///< as the registry writes it
  sip::hdr id;           ///< hdr::other: found by name
  bool from_ue;
  bool to_ue;
  bool to_others;
  std::string_view clause;
};

/// All rules, for documentation and tests. P-Access-Network-Info from a UE, P-Asserted-Identity towards a UE with
/// Privacy, and the parameters of Authorization, WWW-Authenticate and Via have functions of their own below and in
/// access.hpp.
const std::vector<trust_rule>& trust_rules();

/// Removes the fields that may not cross. Answers how many lines went. Towards a UE and others P-Asserted-Identity is
/// dealt with by apply_privacy().
std::size_t strip(sip::message& m, crossing way);

/// RFC 3325 clause 7 and RFC 3323 clause 5.1, when a message leaves the trust domain: with Privacy "id" (or "user",
/// "header") P-Asserted-Identity goes; without it stays. Towards a UE the Privacy field stays; "id" asked for has
/// then been done, and is taken out only when it goes to others. With "critical" and a service that we do not have
/// (header, session, user) the answer is false: the request must be refused with 500 (RFC 3323 clause 5).
bool apply_privacy(sip::message& m, crossing way);
/// True when the Privacy field lists this value ("id", "none", "history"...), its values being separated by ';'.
bool asks_privacy(const sip::message& m, std::string_view value);

// Parameters of credentials that only a P-CSCF and S-CSCF speak of among themselves, TS 24.229 clauses 7.2A.1 and
// 7.2A.2.

/// integrity-protected, TS 24.229 clause 7.2A.2: what the P-CSCF vouches for about a REGISTER's way.
enum class protection : std::uint8_t {
  absent,
  no,
  yes,
  tls_pending,
  tls_yes,
  tls_connected,
  ip_assoc_pending,
  ip_assoc_yes,
  auth_done,
};
std::string_view to_string(protection p) noexcept; ///< "ip-assoc-yes"; empty for absent
protection protection_of(std::string_view text) noexcept;

/// The value of one parameter of an Authorization or WWW-Authenticate value, without quotes; empty if none.
std::string auth_parameter(std::string_view value, std::string_view name);
/// The value without these parameters (compared without case), the others as they came.
std::string without_auth_parameters(std::string_view value, const std::vector<std::string_view>& names);
/// An Authorization value with this protection in the place of whatever the UE wrote: clause 5.2.2.1.
std::string with_protection(std::string_view authorization, protection p);
/// A WWW-Authenticate value as a UE may see it: without ik and ck (clause 5.2.2.2).
std::string without_keys(std::string_view www_authenticate);

} // namespace troupe::ims
