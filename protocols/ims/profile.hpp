// A user's profile as Cx carries it: the IMSSubscription document of TS 29.228 Annexes B and E, read and written.
//
// The document lists the service profiles of one implicit registration set. Each holds public identities and the
// initial filter criteria that say which application servers see their requests.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocols/base/result.hpp"
#include "protocols/ims/pattern.hpp"

namespace troupe::ims {

/// IdentityType, TS 29.228 clause B.2.1.
enum class identity_type : std::uint8_t { public_user_identity, distinct_psi, wildcarded_psi, wildcarded_impu };

struct public_identity {
  std::string uri;       ///< as the HSS wrote it
  std::string canonical; ///< sip::canonical_aor of it: what look-ups compare; of a wildcard: the same as `uri`
  bool barred = false;
  identity_type type = identity_type::public_user_identity;
  std::string wildcard;     ///< WildcardedPSI or WildcardedIMPU: text with a regular expression between two '!'
  std::string display_name; ///< without quotes
  std::string alias_group;  ///< identities of one group share their service data (TS 23.228 clause 4.3.3.4)
  std::string sip_uri_parameters;
  std::string trace_info;                         ///< ServiceLevelTraceInfo
  std::optional<std::uint32_t> max_registrations; ///< MaxNumOfAllowedSimultRegistrations
  pattern wildcard_pattern;

  bool is_wildcard() const noexcept {
    return type == identity_type::wildcarded_psi || type == identity_type::wildcarded_impu;
  }
  friend bool operator==(const public_identity&, const public_identity&) = default;
};

/// TS 29.228 clause B.2.3.
enum class session_case : std::uint8_t {
  originating_registered,
  terminating_registered,
  terminating_unregistered,
  originating_unregistered,
  originating_cdiv,
};

enum class registration_type : std::uint8_t { initial, re_registration, de_registration };

// The service point triggers of clause B.2.3, one type each.
struct request_uri_spt {
  pattern content;
  friend bool operator==(const request_uri_spt&, const request_uri_spt&) = default;
};
struct method_spt {
  std::string name;
  std::vector<registration_type> registration; ///< of REGISTER; none: all
  friend bool operator==(const method_spt&, const method_spt&) = default;
};
struct header_spt {
  pattern name;
  std::optional<pattern> content; ///< none: the header field is there
  friend bool operator==(const header_spt&, const header_spt&) = default;
};
struct session_case_spt {
  session_case value;
  friend bool operator==(const session_case_spt&, const session_case_spt&) = default;
};
struct session_description_spt {
  pattern line; ///< of the letter before '='
  std::optional<pattern> content;
  friend bool operator==(const session_description_spt&, const session_description_spt&) = default;
};

struct service_point_trigger {
  std::variant<request_uri_spt, method_spt, header_spt, session_case_spt, session_description_spt> condition;
  bool negated = false;
  std::vector<std::uint32_t> groups;
  friend bool operator==(const service_point_trigger&, const service_point_trigger&) = default;
};

struct trigger_point {
  bool conjunctive = true; ///< ConditionTypeCNF: groups are ORs and all must hold; else groups are ANDs and one must
  std::vector<service_point_trigger> spts;
  /// A condition in it could not be understood. Such a criterion never matches: a negated one that we cannot read
  /// must not either.
  bool malformed = false;
  friend bool operator==(const trigger_point&, const trigger_point&) = default;
};

/// What becomes of the session when the AS does not answer: TS 29.228 clause B.2.2, TS 24.229 clause 5.4.3.2.
enum class default_handling : std::uint8_t { session_continued, session_terminated };

struct application_server {
  std::string name; ///< SIP URI
  default_handling handling = default_handling::session_continued;
  std::string service_info; ///< goes into the body of a third-party REGISTER as it is
  bool include_register_request = false;
  bool include_register_response = false;
  friend bool operator==(const application_server&, const application_server&) = default;
};

enum class profile_part : std::uint8_t { registered, unregistered };

struct filter_criterion {
  std::uint32_t priority = 0;           ///< the lower, the earlier
  std::optional<trigger_point> trigger; ///< none: every request
  application_server server;
  std::optional<profile_part> part; ///< none: both
  friend bool operator==(const filter_criterion&, const filter_criterion&) = default;
};

/// CoreNetworkServicesAuthorization, TS 29.228 clause B.2.1A.
struct core_network_services {
  std::optional<std::uint32_t> media_profile; ///< SubscribedMediaProfileId
  std::vector<std::string> services;          ///< ServiceIds (IMS communication services) the user may use; none: any
  friend bool operator==(const core_network_services&, const core_network_services&) = default;
};

struct service_profile {
  std::vector<public_identity> identities;
  std::vector<filter_criterion> criteria; ///< by priority; of equal ones as in the document
  std::vector<std::uint32_t> shared_criteria_sets;
  std::optional<core_network_services> services;
  friend bool operator==(const service_profile&, const service_profile&) = default;
};

struct subscription {
  std::string private_id;
  std::vector<service_profile> profiles;
  friend bool operator==(const subscription&, const subscription&) = default;
};

struct subscription_limits {
  std::size_t octets = 512 * 1024;
  std::size_t depth = 24;
  std::size_t identities = 1'000;
  std::size_t criteria = 1'000;
};

/// The fault is the HSS's: its status is 500.
result<subscription> parse_subscription(std::string_view xml, const subscription_limits& limits = {});
std::string build_subscription(const subscription& s);

/// Filter criteria sets that the S-CSCF holds itself (SharedIFCSetID, TS 29.228 clause B.2.2 and Annex H).
using shared_criteria = std::map<std::uint32_t, std::vector<filter_criterion>>;
/// Merges the sets that each profile names into its criteria. False when one of them is not known here.
bool apply_shared_criteria(subscription& s, const shared_criteria& sets);

/// By priority; those of one priority stay as they stand.
void sort_by_priority(std::vector<filter_criterion>& criteria);

/// TS 23.003 clause 13.5: "sip:room-!.*!@example.com". A text without two '!' stands for itself.
pattern wildcard_to_pattern(std::string_view wildcard);

} // namespace troupe::ims
