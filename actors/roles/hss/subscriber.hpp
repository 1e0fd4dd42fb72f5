// A subscription as it is provisioned, and what the network has made of it: TS 23.228 clause 4.3, TS 29.228 clause 5.2.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "actors/roles/hss/services.hpp"
#include "protocols/aka/algorithm.hpp"
#include "protocols/aka/sequence.hpp"
#include "protocols/base/time.hpp"
#include "protocols/diameter/cx.hpp"

namespace troupe::hss {

struct aka_secret {
  aka::algorithm with;
  aka::management_field amf{0x80, 0x00};
  aka::sequence_scheme scheme = aka::sequence_scheme::counter;
  instant born{}; ///< time_based: when it was provisioned

  friend bool operator==(const aka_secret&, const aka_secret&) = default;
};

/// SIP digest keeps H(A1) and no password. At least one is there.
struct digest_secret {
  std::string realm;
  std::string md5;    ///< 32 hex characters, or empty
  std::string sha256; ///< 64, or empty

  friend bool operator==(const digest_secret&, const digest_secret&) = default;
};

struct private_identity {
  std::string impi;
  std::variant<digest_secret, aka_secret> secret;

  friend bool operator==(const private_identity&, const private_identity&) = default;
};

struct identity {
  std::string uri;       ///< as provisioned: sip: or tel:
  std::string canonical; ///< what requests carry and look-ups compare
  std::string display_name;
  bool barred = false; ///< may be registered with, not called from or to

  friend bool operator==(const identity&, const identity&) = default;
};

struct implicit_set {
  std::vector<identity> identities; ///< at least one
  services_ref services;

  /// The first that is not barred; null when all are.
  const identity* default_identity() const noexcept;
  friend bool operator==(const implicit_set&, const implicit_set&) = default;
};

/// Immutable once it is in the directory: a change makes another.
struct subscriber {
  static constexpr std::size_t most_privates = 32; ///< bits of set_state

  std::vector<private_identity> privates;    ///< at least one; all may use all sets
  std::vector<implicit_set> sets;            ///< at least one
  std::vector<std::string> visited_networks; ///< where he may register; none: everywhere
  cx::server_capabilities capabilities;
  cx::charging_addresses charging;

  std::optional<std::size_t> find_private(std::string_view impi) const noexcept;
  /// `impu` is canonical.
  std::optional<std::size_t> find_set(std::string_view impu) const noexcept;
  const identity* find_identity(std::string_view impu) const noexcept;

  friend bool operator==(const subscriber&, const subscriber&) = default;
};

enum class registration_state : std::uint8_t { not_registered = 0, registered = 1, unregistered = 2 };

/// Of one implicit registration set. Bit i of the masks stands for privates[i].
struct set_state {
  registration_state state = registration_state::not_registered;
  std::uint32_t registered_by = 0;
  std::uint32_t pending = 0; ///< the authentication pending flag: a vector was given, no SAR has come

  friend bool operator==(const set_state&, const set_state&) = default;
};

/// The Diameter node that an S-CSCF asks from, and where RTR and PPR go; empty: it is of this node or cluster.
struct diameter_end {
  std::string host, realm;

  bool empty() const noexcept { return host.empty(); }
  friend bool operator==(const diameter_end&, const diameter_end&) = default;
};

/// What the S-CSCF has told us.
struct assignment {
  std::string server_name;     ///< of the assigned S-CSCF; empty if none
  std::string displaced;       ///< the one before, while another's authentication is pending
  std::vector<set_state> sets; ///< as many as the subscriber's
  /// The S-CSCF that a user has left last, and when: his REGISTER may come again over the death of a node.
  std::string left{};
  instant left_at{};
  diameter_end at{};           ///< of `server_name`
  diameter_end displaced_at{}; ///< of `displaced`

  bool any_active() const noexcept;
  friend bool operator==(const assignment&, const assignment&) = default;
};

/// Of an S-CSCF that this state names.
diameter_end end_of(const assignment& state, std::string_view server_name);
/// Where the S-CSCFs of `next` are: who asks from `asking`, and of the other what was known `before`.
void place_servers(const assignment& before, assignment& next, std::string_view asking_name,
                   const diameter_end& asking);

/// What of a state outlives a crash: without authentications that are under way. It changes with a first registration
/// and a last de-registration only, so that re-registrations write nothing.
assignment settled(const assignment& state);
/// settled(a) == settled(b), without making them.
bool equally_settled(const assignment& a, const assignment& b);

/// The state of a subscription after its definition has changed: sets and private identities are found again by their
/// names; what is new is not registered.
assignment carry_over(const subscriber& before, const assignment& state, const subscriber& after);

} // namespace troupe::hss
