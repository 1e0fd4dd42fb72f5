// GRUUs of registered contacts: RFC 5627 clauses 3 and 5; TS 24.229 clause 5.4.7A.
#pragma once

#include <string>
#include <string_view>

#include "protocols/base/siphash.hpp"
#include "protocols/ims/snapshot.hpp"
#include "protocols/sip/uri.hpp"

namespace troupe::ims {

/// A hash of the identity that a contact was registered with: what a temporary GRUU leads to.
std::uint64_t gruu_registration_hash(std::string_view impu, const siphash_key& secret) noexcept;

/// "sip:USER@host;gr" for a contact of the SIP identity `impu` (canonical). The nonce is used once.
std::string make_temp_gruu(std::string_view impu, const registered_contact& contact, std::uint64_t nonce,
                           const siphash_key& secret);

/// The identity of this set that a temporary GRUU was made for; null when it is none of this set's.
const public_identity* identity_of_temp_gruu(const profile_snapshot& snapshot, const sip::uri& gruu,
                                             const siphash_key& secret);
/// The key by which a set is found for the temporary GRUUs of an identity of its; empty for a URI that is none of ours.
std::string temp_gruu_key(std::string_view impu, const siphash_key& secret);
std::string temp_gruu_key(const sip::uri& gruu, const siphash_key& secret);

/// The contact of this set that a public or temporary GRUU names; null when there is none, or the URI is no GRUU.
const registered_contact* contact_of_gruu(const profile_snapshot& snapshot, const sip::uri& gruu,
                                          const siphash_key& secret);

} // namespace troupe::ims
