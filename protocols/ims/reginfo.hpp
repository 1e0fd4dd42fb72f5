// Registration information documents (application/reginfo+xml): RFC 3680 clause 5, RFC 5628 (GRUU), and the wildcarded
// identities of TS 24.229 clause 5.4.2.1.2.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/base/result.hpp"
#include "protocols/ims/snapshot.hpp"

namespace troupe::ims::reginfo {

inline constexpr std::string_view content_type = "application/reginfo+xml";

enum class document_state : std::uint8_t { full, partial };
enum class registration_status : std::uint8_t { init, active, terminated };
enum class contact_status : std::uint8_t { active, terminated };
/// Why a contact is in its state: RFC 3680 clause 5.3.2.1.1 and the machine of clause 4.7.2.
enum class contact_event : std::uint8_t {
  registered,
  created,
  refreshed,
  shortened,
  expired,
  deactivated,
  probation,
  unregistered,
  rejected,
};

std::string_view to_string(document_state s) noexcept;
std::string_view to_string(registration_status s) noexcept;
std::string_view to_string(contact_status s) noexcept;
std::string_view to_string(contact_event e) noexcept;
/// The state that a contact has after this event.
contact_status status_after(contact_event e) noexcept;

struct contact {
  std::string id; ///< the same in all documents about this contact, and of no other
  contact_status status = contact_status::active;
  contact_event event = contact_event::registered;
  std::optional<std::uint32_t> expires;     ///< seconds left; must be there for `shortened`
  std::optional<std::uint32_t> retry_after; ///< seconds, for `probation`
  std::optional<std::uint64_t> duration_registered;
  std::optional<std::uint16_t> q; ///< thousandths
  std::string call_id;
  std::optional<std::uint32_t> cseq;
  std::string uri;
  std::string display_name;
  std::vector<contact_parameter> unknown_params; ///< of the Contact field, values without quotes
  std::string pub_gruu;
  std::string temp_gruu;
  std::optional<std::uint32_t> temp_gruu_first_cseq;
  friend bool operator==(const contact&, const contact&) = default;
};

struct registration {
  std::string aor;
  std::string id;
  registration_status status = registration_status::init;
  std::vector<contact> contacts;
  std::string wildcard; ///< wildcardedIdentity of urn:3gpp:ns:extRegExp:1.0: this aor stands for all that match
  friend bool operator==(const registration&, const registration&) = default;
};

struct document {
  std::uint32_t version = 0; ///< one more than in the document before, per subscription
  document_state state = document_state::full;
  std::vector<registration> registrations;
  friend bool operator==(const document&, const document&) = default;
};

std::string build(const document& d);

struct limits {
  std::size_t octets = 256 * 1024;
  std::size_t depth = 16;
  std::size_t registrations = 256;
  std::size_t contacts = 256; ///< of one registration
};

/// What a notifier of a vendor unknown sent. An error where it is no reginfo document; a registration or contact that
/// lacks what it must have, or has a state that nobody defined, makes all of it an error: half a truth would drop a
/// user.
result<document> parse(std::string_view xml, const limits& most = {});

/// How far a subscriber has followed a registration: RFC 3680 clause 5.1.
struct versions_seen {
  std::uint32_t version = 0;
  bool have_full = false;
  friend bool operator==(const versions_seen&, const versions_seen&) = default;
};
/// And what it holds of it.
struct view : versions_seen {
  std::vector<registration> registrations;
  friend bool operator==(const view&, const view&) = default;
};
enum class merge_result : std::uint8_t {
  taken,
  old,     ///< a version that was seen: to be ignored
  missing, ///< versions in between are lost, or no full state yet: to be refreshed by a SUBSCRIBE
};
/// For who acts on each document and keeps none. Changes `seen` only when the answer is `taken`.
merge_result follow(versions_seen& seen, const document& d);
/// Changes `v` only when the answer is `taken`. Contacts that are terminated leave the view, as do terminated
/// registrations.
merge_result merge(view& v, const document& d);

} // namespace troupe::ims::reginfo
