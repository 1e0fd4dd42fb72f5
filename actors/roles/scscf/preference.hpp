// Which contacts, and in which order: RFC 3261 clause 16.6, caller preferences of RFC 3841, flows of RFC 5626 clause 7,
// GRUUs of RFC 5627 clause 6. TS 24.229 clause 5.4.3.3 step 10.
#pragma once

#include <cstdint>
#include <vector>

#include "protocols/base/siphash.hpp"
#include "protocols/ims/snapshot.hpp"
#include "protocols/sip/message.hpp"

namespace troupe::roles::scscf {

struct choice {
  const ims::registered_contact* contact = nullptr;
  std::uint32_t group = 0; ///< of one group: at once; groups one after another
};

/// The contacts to try; of each instance one flow. Those in `tried` (fingerprints) are left out.
std::vector<choice> choose_contacts(const ims::profile_snapshot& profile, const sip::message& request, instant now,
                                    const siphash_key& gruu_secret, const std::vector<std::uint64_t>& tried = {});

/// Tells contacts of one set apart.
std::uint64_t fingerprint(const ims::registered_contact& c) noexcept;

} // namespace troupe::roles::scscf
