// One contact's registration as the P-CSCF knows it: TS 24.229 clauses 5.2.2 (registration), 5.2.3 (its subscription
// to the registration event) and 5.2.5 (de-registration).
//
// The P-CSCF sees REGISTERs pass, and trusts what the S-CSCF answers and notifies, never what the UE says. Until the
// first 200 nothing is registered; a REGISTER of a registered contact leaves it as it is until it is answered.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocols/ims/identity.hpp"
#include "protocols/ims/reginfo.hpp"

namespace troupe::ims {

/// The dialog of the P-CSCF's own subscription.
struct reg_subscription {
  enum class phase : std::uint8_t { none, asked, active, ended };

  phase now = phase::none;
  std::string call_id;
  std::string local_tag;
  std::string remote_tag;
  std::string target; ///< Contact of the notifier
  std::vector<std::string> routes;
  std::uint32_t local_cseq = 0;
  std::uint32_t remote_cseq = 0;
  instant expires_at;
  /// active: when the SUBSCRIBE goes out again; asked or renewing: when it counts as lost; ended: when one may be
  /// tried.
  instant renew_at;
  bool renewing = false;
  bool retry = false;          ///< ended: try again at renew_at
  reginfo::versions_seen seen; ///< the documents themselves change the binding as they come
  friend bool operator==(const reg_subscription&, const reg_subscription&) = default;
};

struct access_binding {
  /// `gone`: for a moment nothing is left but the dialog of the subscription, so that the S-CSCF's last NOTIFY gets
  /// its 200.
  enum class phase : std::uint8_t { empty, pending, registered, gone };

  phase now = phase::empty;
  std::string impi;
  std::string impu;         ///< canonical: To of the REGISTER
  std::string contact;      ///< URI
  std::string path_token;   ///< names this binding in the Path that the P-CSCF gave
  std::string flow;         ///< opaque: where requests to the UE go
  std::string source;       ///< address and port that the REGISTER came from
  std::string pending_flow; ///< of a REGISTER that is not answered yet
  std::string pending_source;
  std::vector<associated_uri> identities; ///< registered and not barred; the first is the default
  std::vector<std::string> wildcards;     ///< wildcarded identities that are registered too
  std::vector<std::string> service_route; ///< Route of the UE's requests behind the P-CSCF
  charging_addresses charging;
  instant expires_at;    ///< registered; gone: the end of that moment
  instant pending_until; ///< a REGISTER is under way until then; zero: none
  reg_subscription subscription;
  std::string unknown;

  bool is_registered() const noexcept { return now == phase::registered; }
  friend bool operator==(const access_binding&, const access_binding&) = default;
};

struct access_policy {
  milliseconds register_timeout{240'000}; ///< as long as the S-CSCF's reg-await-auth
  bool subscribe = true;
  std::uint32_t subscribe_expires = 600'000;
  seconds retry_subscribe{60};
  seconds linger{32}; ///< timer F: how long a last NOTIFY is waited for
};

/// What a 200 to a REGISTER says about one contact.
struct register_outcome {
  std::optional<std::uint32_t> expires; ///< of our contact; nothing: it is not listed
  std::vector<associated_uri> identities;
  std::vector<std::string> service_route;
  charging_addresses charging;
};
register_outcome read_register_outcome(const sip::message& response, std::string_view contact);

/// The Route values of a request are those that the P-CSCF stored, in their order: clauses 5.2.6.3.3 step 4 and
/// 5.2.6.3.7. `routes` without the P-CSCF's own. Where not, the P-CSCF answers 400 or puts the stored ones in.
bool follows_service_route(const access_binding& binding, const std::vector<std::string_view>& routes);

namespace access_event {
struct register_forwarded {
  instant at;
  std::string impi;
  std::string impu;
  std::string contact;
  std::string path_token;
  std::string flow;
  std::string source;
};
/// A final response; 401 leaves the REGISTER under way.
struct register_answered {
  instant at;
  int status = 200;
  register_outcome outcome;  ///< of a 200
  std::string fresh_call_id; ///< for a subscription that begins
  std::string fresh_tag;
};
struct subscribe_answered {
  instant at;
  int status = 200; ///< 408: no answer
  std::uint32_t expires = 0;
  std::string remote_tag;
  std::string target;
  std::vector<std::string> routes; ///< Record-Route values of the 200, reversed
};
struct notify_received {
  std::uint64_t ticket = 0;
  instant at;
  std::string remote_tag;
  std::uint32_t cseq = 0;
  std::string subscription_state; ///< the field's value
  std::string target;
  std::vector<std::string> routes; ///< Record-Route values of the NOTIFY, for one that comes before the 200
  std::string_view body;
};
struct time_passed {
  instant at;
  std::string fresh_call_id;
  std::string fresh_tag;
};
/// The connection to the UE is gone for good, or the access network says that the UE is (clause 5.2.8.1).
struct access_lost {
  instant at;
};
} // namespace access_event
using access_event_type =
    std::variant<access_event::register_forwarded, access_event::register_answered, access_event::subscribe_answered,
                 access_event::notify_received, access_event::time_passed, access_event::access_lost>;

namespace access_effect {
/// SUBSCRIBE with the dialog as it stands in `with`; `resource` is the default identity.
struct subscribe {
  reg_subscription with;
  std::string resource;
  std::uint32_t expires = 0;
};
struct answer_notify {
  std::uint64_t ticket = 0;
  int status = 200;
};
/// The binding is gone: flows, associations and calls of it are to be released. With `by_network` calls too (clause
/// 5.2.8).
struct removed {
  bool by_network = false;
  std::optional<reginfo::contact_event> why;
};
struct forget {};
} // namespace access_effect
using access_effect_type =
    std::variant<access_effect::subscribe, access_effect::answer_notify, access_effect::removed, access_effect::forget>;

struct access_step {
  access_binding next;
  std::vector<access_effect_type> effects;
};
access_step on(const access_binding& binding, const access_event_type& event, const access_policy& policy);

std::optional<instant> deadline_of(const access_binding& binding) noexcept;

/// The SUBSCRIBE without Via and Max-Forwards. `self`: the P-CSCF's SIP URI, its From, Contact and asserted identity.
sip::message make_subscribe(const access_effect::subscribe& s, std::string_view self, std::string_view contact);

/// Appends the stored form; or answers it.
void encode_to(std::string& out, const access_binding& binding);
std::string encode(const access_binding& binding);
std::optional<access_binding> decode_access_binding(std::string_view octets);

} // namespace troupe::ims
