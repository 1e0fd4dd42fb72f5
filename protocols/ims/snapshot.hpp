// What a call needs to know of a served user, as one immutable value: TS 24.229 clauses 5.4.3.2 and 5.4.3.3.
//
// The registration changes while calls run. A call that asked it again for each decision could mix two profiles; so
// each change makes a new snapshot, and a call keeps the one that it began with.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/base/time.hpp"
#include "protocols/ims/charging.hpp"
#include "protocols/ims/profile.hpp"

namespace troupe::ims {

/// State of the implicit registration set at the S-CSCF (TS 29.228 clause 5.2): `unregistered` has a profile, and the
/// S-CSCF serves it for calls that find nobody registered.
enum class registration_state : std::uint8_t { not_registered, registered, unregistered };

struct contact_parameter {
  std::string name;
  std::string value; ///< with its quotes, if any
  bool has_value = false;
  friend bool operator==(const contact_parameter&, const contact_parameter&) = default;
};

/// A registered contact as one routes to it: RFC 3327, RFC 5626, RFC 3841.
struct registered_contact {
  std::string uri;
  std::string impi;
  std::string instance_id; ///< of +sip.instance, without <>; empty if none
  std::uint32_t reg_id = 0;
  std::uint16_t q = 1000;                    ///< thousandths
  std::vector<std::string> path;             ///< Path values, topmost first: the Route of a request to this contact
  std::vector<contact_parameter> parameters; ///< feature parameters among them, as the UE gave them
  std::string pub_gruu;                      ///< empty: the UE did not ask for GRUUs
  std::uint32_t gruu_epoch = 0;              ///< temporary GRUUs of other epochs are dead
  instant expires_at;
  friend bool operator==(const registered_contact&, const registered_contact&) = default;
};

class profile_snapshot {
public:
  struct hit {
    const public_identity* identity = nullptr; ///< null: the set does not hold this identity
    const service_profile* profile = nullptr;
    explicit operator bool() const noexcept { return identity != nullptr; }
  };

  registration_state state = registration_state::not_registered;
  std::shared_ptr<const subscription> user;     ///< null when there is no profile
  std::shared_ptr<const std::string> user_data; ///< what it was read from
  charging_addresses charging;
  std::vector<registered_contact> contacts; ///< by q, highest first

  /// By canonical form: a distinct identity before a wildcard (TS 23.003 clause 13.5).
  hit find(std::string_view canonical) const;
  /// The first identity that is not barred; null when there is none. TS 29.228 clause 6.1.2.1.
  const public_identity* default_identity() const;
  /// Distinct public user identities that are not barred, in the order of the profile: the first is the default.
  std::vector<const public_identity*> usable_identities() const;
  /// The identity of the other scheme in the same service profile and, where given, the same alias group: a tel: URI
  /// for a SIP URI and the reverse. Null when there is none.
  const public_identity* alias_of(const public_identity& id) const;

  /// Whether they are the same view: of one profile, not of two that say the same.
  friend bool operator==(const profile_snapshot&, const profile_snapshot&) = default;
};

using profile_ref = std::shared_ptr<const profile_snapshot>;

} // namespace troupe::ims
