// Globally routable user agent URIs: RFC 5627; TS 23.003 clause 13.6 and TS 24.229 clause 5.4.7A.
//
// A public GRUU is the identity with the instance in a gr parameter. A temporary one must not tell whose it is, nor that two are
// of the same user, and the registrar should not have to keep each that it ever gave out: so its user part is what is to be found
// again, encrypted and authenticated under the cluster's secret, different each time by a nonce.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocols/base/siphash.hpp"
#include "protocols/sip/uri.hpp"

namespace troupe::sip {

/// "sip:user@host;gr=urn:uuid:..."; empty when `aor` is no SIP URI or there is no instance.
std::string public_gruu(std::string_view aor, std::string_view instance);

/// gr with a value: the instance that a public GRUU names, escapes undone; nothing for other URIs.
std::optional<std::string> instance_of_gruu(const uri& u);

/// What a temporary GRUU leads to.
struct gruu_target {
  std::uint64_t registration = 0; ///< a hash of the registration's key under the cluster's secret
  std::uint32_t instance = 0;     ///< gruu_instance_hash
  std::uint32_t epoch = 0; ///< older ones fall when the Call-ID of the registration changes (RFC 5627 clause 5.4)

  friend bool operator==(const gruu_target&, const gruu_target&) = default;
};
std::uint32_t gruu_instance_hash(std::string_view instance, const siphash_key& secret) noexcept;

/// The user part; `nonce` is random, never used twice.
std::string make_temporary_gruu(const gruu_target& target, std::uint64_t nonce, const siphash_key& secret);
/// "sip:USER@host;gr".
std::string temporary_gruu_uri(std::string_view user, std::string_view host);
/// Nothing for a URI that is no temporary GRUU, or not one of ours.
std::optional<gruu_target> read_temporary_gruu(const uri& u, const siphash_key& secret);

} // namespace troupe::sip
