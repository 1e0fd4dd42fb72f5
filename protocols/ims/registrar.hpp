// The registrar of the S-CSCF as a machine over registration.hpp's value: TS 24.229 clauses 5.4.1.2.2F, 5.4.1.4 to
// 5.4.1.7; RFC 3261 clause 10.3.
//
// A REGISTER that needs the HSS's word makes an `assign` effect that carries it, and comes back with the `assigned`
// event: so the value holds no half-done work, and what changed meanwhile is seen when it returns.
#pragma once

#include <variant>

#include "protocols/base/siphash.hpp"
#include "protocols/ims/identity.hpp"
#include "protocols/ims/registration.hpp"

namespace troupe::ims {

struct registrar_policy {
  std::uint32_t min_expires = 60; ///< shorter ones, but for 0, get 423
  std::uint32_t default_expires = 3'600;
  std::uint32_t max_expires = 7'200; ///< longer ones are cut
  std::size_t max_contacts = 8;      ///< of the set; one more gets 403
  bool assign_on_refresh = true;     ///< SAR RE_REGISTRATION on each refresh (TS 29.228 clause 6.1.2.1)
  bool keep_server_name = false;     ///< de-registrations ask the HSS to keep the S-CSCF's name
  siphash_key gruu_secret{};         ///< the cluster's, for temporary GRUUs
};

/// Server-Assignment-Type with the values of TS 29.229 clause 6.3.15.
enum class assignment : std::uint8_t {
  registration = 1,
  re_registration = 2,
  unregistered_user = 3,
  timeout_deregistration = 4,
  user_deregistration = 5,
  timeout_deregistration_store_server_name = 6,
  user_deregistration_store_server_name = 7,
  administrative_deregistration = 8,
};

/// A public identity as watchers see it: barred ones are not among them.
struct watched_identity {
  std::string uri;
  std::string wildcard;
  friend bool operator==(const watched_identity&, const watched_identity&) = default;
};

struct contact_change {
  binding what; ///< as it is after the change, or was before it went
  reginfo::contact_event event;
  std::optional<std::uint32_t> retry_after;
  friend bool operator==(const contact_change&, const contact_change&) = default;
};

struct registration_change {
  instant at;
  std::vector<watched_identity> identities; ///< of the set; where it ended: as they were
  std::vector<contact_change> contacts;
  std::vector<watched_identity> gone; ///< identities that left the profile
  bool ended = false;                 ///< no contact is left
  friend bool operator==(const registration_change&, const registration_change&) = default;
};

/// A REGISTER that the S-CSCF sends to an AS: clause 5.4.1.7.
struct third_party_register {
  std::string server_name; ///< Request-URI
  std::string impu;        ///< To: a public identity of this service profile that is not barred
  registration_type type = registration_type::initial;
  std::uint32_t expires = 0; ///< seconds; 0 with de-registration
  default_handling handling = default_handling::session_continued;
  std::string service_info;
  bool include_request = false;  ///< the UE's REGISTER as message/sip
  bool include_response = false; ///< and its 200
  friend bool operator==(const third_party_register&, const third_party_register&) = default;
};

/// The content of a 200 to a REGISTER.
struct registration_answer {
  struct contact {
    std::string uri;
    std::string display_name;
    std::vector<contact_parameter> parameters; ///< pub-gruu and temp-gruu among them where the UE asked
    std::uint16_t q = 1000;
    std::uint32_t expires = 0; ///< seconds left
    friend bool operator==(const contact&, const contact&) = default;
  };
  std::vector<contact> contacts;
  std::vector<associated_uri> associated; ///< the first is the default
  std::vector<std::string> path;
  charging_addresses charging; ///< for the P-CSCF alone
  bool outbound = false;       ///< Require: outbound
  bool registered = false;     ///< Service-Route and P-Associated-URI belong in
  friend bool operator==(const registration_answer&, const registration_answer&) = default;
};
/// Puts the answer's fields into a 200. `service_route`: the S-CSCF's value, such as "<sip:orig@s.home;lr>"; empty: left to the
/// caller.
void fill_response(sip::message& response, const registration_answer& answer, std::string_view service_route);

namespace registrar_event {
struct registering {
  register_request_ref request;
  std::uint64_t ticket = 0; ///< names the request in the effects
};
/// The HSS's word on an `assign` that carried a request. Null user data with success: unchanged.
struct assigned {
  register_request_ref request;
  std::uint64_t ticket = 0;
  bool success = false;
  int status = 500; ///< where it failed: 403, 480, 504...
  std::shared_ptr<const std::string> user_data;
  std::shared_ptr<const subscription> user;
  charging_addresses charging;
  std::vector<std::string> associated_impis;
};
/// The profile of a user who is not registered, for a call or a service of his (clauses 5.4.3.2 and 5.4.3.3).
struct served_unregistered {
  std::shared_ptr<const std::string> user_data;
  std::shared_ptr<const subscription> user;
  charging_addresses charging;
};
struct no_longer_served {}; ///< the above ends: nothing happened for a while
/// PPR: TS 29.228 clause 6.2.
struct profile_pushed {
  instant at;
  std::shared_ptr<const std::string> user_data; ///< null: unchanged
  std::shared_ptr<const subscription> user;
  charging_addresses charging; ///< empty: unchanged
};
/// Network-initiated de-registration, clause 5.4.1.5. Without `impis` and `contacts`: the whole set.
struct terminating {
  instant at;
  std::vector<std::string> impis;
  std::vector<std::uint64_t> contacts;                                ///< binding ids
  reginfo::contact_event event = reginfo::contact_event::deactivated; ///< deactivated, rejected or probation
  std::optional<std::uint32_t> retry_after;
  bool by_hss = false; ///< RTR: the HSS knows
};
/// Network-initiated re-authentication, clause 5.4.1.6: contacts end in `expires` seconds unless the UE registers
/// again.
struct shortening {
  instant at;
  std::vector<std::uint64_t> contacts; ///< none: all
  std::uint32_t expires = 60;
};
struct time_passed {
  instant at;
};
} // namespace registrar_event
using registrar_event_type =
    std::variant<registrar_event::registering, registrar_event::assigned, registrar_event::served_unregistered,
                 registrar_event::no_longer_served, registrar_event::profile_pushed, registrar_event::terminating,
                 registrar_event::shortening, registrar_event::time_passed>;

/// The contact event that an RTR's Reason-Code asks for (TS 24.229 clause 5.4.1.5, TS 29.229 clause 6.3.17).
reginfo::contact_event event_for_rtr(std::uint32_t reason_code) noexcept;

namespace registrar_effect {
struct answer {
  std::uint64_t ticket = 0;
  registration_answer content;
};
struct refuse {
  std::uint64_t ticket = 0;
  int status = 500;
  std::uint32_t min_expires = 0; ///< with 423
  std::string why;
};
/// SAR. With a request its answer comes back as `assigned`; without, nobody waits for it.
struct assign {
  assignment type;
  std::string impi;
  std::vector<std::string> impus;
  register_request_ref request; ///< or null
  std::uint64_t ticket = 0;
};
struct changed {
  registration_change what; ///< for the watchers
};
struct register_at_servers {
  std::vector<third_party_register> what;
  sip::message_ref heard; ///< the UE's REGISTER; null without one
};
/// Those in which one of these identities (canonical) is served: clause 5.4.5.1.2.
struct release_calls {
  std::vector<std::string> identities;
};
struct forget {}; ///< nothing is left to be kept
} // namespace registrar_effect
using registrar_effect_type = std::variant<registrar_effect::answer, registrar_effect::refuse, registrar_effect::assign,
                                           registrar_effect::changed, registrar_effect::register_at_servers,
                                           registrar_effect::release_calls, registrar_effect::forget>;

struct registrar_step {
  registration_set next;
  std::vector<registrar_effect_type> effects;
  bool changed = true; ///< false: `next` is the set as it was
};

registrar_step on(registration_set set, const registrar_event_type& event, const registrar_policy& policy);

/// The identities that watchers may see, in the order of the profile.
std::vector<watched_identity> watched_identities(const registration_set& set);

} // namespace troupe::ims
