// The Cx interface as values: TS 29.228 clauses 6.1 to 6.3, codes and enumerations of TS 29.229 clause 6.
// I- and S-CSCF ask, the HSS answers and in its turn sends RTR and PPR. The same structs serve the embedded HSS, where
// they are passed in memory, and a foreign one, where they become Diameter AVPs. Octet strings are held as std::string.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "protocols/diameter/avp.hpp"

namespace troupe::cx {

using diameter::result_code;

// RFC 6733 clause 7.1.
inline constexpr result_code success{2001, false};
inline constexpr result_code unable_to_deliver{3002, false}; ///< no route to the HSS
inline constexpr result_code too_busy{3004, false};
inline constexpr result_code authorization_rejected{5003, false};
inline constexpr result_code missing_avp{5005, false};
inline constexpr result_code avp_occurs_too_many_times{5009, false};
inline constexpr result_code unable_to_comply{5012, false};
// TS 29.229 clause 6.2.
inline constexpr result_code first_registration{2001, true};
inline constexpr result_code subsequent_registration{2002, true};
inline constexpr result_code unregistered_service{2003, true};
inline constexpr result_code success_server_name_not_stored{2004, true};
inline constexpr result_code user_unknown{5001, true};
inline constexpr result_code identities_dont_match{5002, true};
inline constexpr result_code identity_not_registered{5003, true};
inline constexpr result_code roaming_not_allowed{5004, true};
inline constexpr result_code identity_already_registered{5005, true};
inline constexpr result_code auth_scheme_not_supported{5006, true};
inline constexpr result_code in_assignment_type{5007, true};
inline constexpr result_code too_much_data{5008, true};
inline constexpr result_code not_supported_user_data{5009, true};
inline constexpr result_code feature_unsupported{5011, true};

/// What an S-CSCF must and should be able to do (Server-Capabilities, TS 29.229 clause 6.3.4); the I-CSCF selects by it.
struct server_capabilities {
  std::vector<std::uint32_t> mandatory;
  std::vector<std::uint32_t> optional;
  std::vector<std::string> server_names; ///< SIP URIs to prefer

  friend bool operator==(const server_capabilities&, const server_capabilities&) = default;
};

/// Charging-Information (TS 29.229 clause 6.3.19): Diameter URIs, empty where there is none.
/// ccf: offline charging (Rf); ecf: online charging (Ro).
struct charging_addresses {
  std::string primary_ccf;
  std::string secondary_ccf;
  std::string primary_ecf;
  std::string secondary_ecf;

  bool empty() const noexcept {
    return primary_ccf.empty() && secondary_ccf.empty() && primary_ecf.empty() && secondary_ecf.empty();
  }
  friend bool operator==(const charging_addresses&, const charging_addresses&) = default;
};

/// User-Authorization-Type, TS 29.229 clause 6.3.24.
enum class authorization_type : std::uint32_t {
  registration = 0,
  de_registration = 1,
  registration_and_capabilities = 2,
};
constexpr bool is_known(authorization_type t) { return t <= authorization_type::registration_and_capabilities; }

/// User-Authorization: may this user register here, and which S-CSCF serves him? TS 29.228 clause 6.1.1.
struct uar {
  std::string impi;
  std::string impu; ///< canonical: without parameters, sip: or tel:
  std::string visited_network;
  authorization_type type = authorization_type::registration;
  bool emergency = false; ///< UAR-Flags bit 0: no barring and roaming check

  friend bool operator==(const uar&, const uar&) = default;
};

struct uaa {
  result_code result;
  std::string server_name; ///< SIP URI of the assigned S-CSCF; empty if none
  std::optional<server_capabilities> capabilities;

  friend bool operator==(const uaa&, const uaa&) = default;
};

/// Session-Priority, TS 29.229 clause 6.3.56: 0 is the highest.
enum class session_priority : std::uint32_t { priority_0 = 0, priority_1, priority_2, priority_3, priority_4 };
constexpr bool is_known(session_priority p) { return p <= session_priority::priority_4; }

/// Location-Info: which S-CSCF serves this public identity? TS 29.228 clause 6.1.4.
struct lir {
  std::string impu;
  bool originating = false;  ///< Originating-Request: an AS originates on behalf of the identity
  bool capabilities = false; ///< User-Authorization-Type REGISTRATION_AND_CAPABILITIES: select another S-CSCF
  std::optional<session_priority> priority{};

  friend bool operator==(const lir&, const lir&) = default;
};

struct lia {
  result_code result;
  std::string server_name;
  std::optional<server_capabilities> capabilities;
  std::string wildcarded_impu; ///< the wildcarded identity that matched; empty if none
  bool psi_direct_routing{};   ///< LIA-Flags bit 0: `server_name` is the AS of a service identity

  friend bool operator==(const lia&, const lia&) = default;
};

/// SIP-Authentication-Scheme values, TS 29.229 clause 6.3.9 and TS 29.228 clause 6.3.
namespace scheme {
inline constexpr const char* aka_v1_md5 = "Digest-AKAv1-MD5";
inline constexpr const char* aka_v2_md5 = "Digest-AKAv2-MD5";
inline constexpr const char* aka_v2_sha256 = "Digest-AKAv2-SHA-256";
inline constexpr const char* sip_digest = "SIP Digest";
inline constexpr const char* unknown = "Unknown"; ///< the HSS chooses by the subscriber's credentials
} // namespace scheme

/// Multimedia-Auth, TS 29.228 clause 6.3.
struct mar {
  std::string impi;
  std::string impu;
  std::string server_name; ///< of the asking S-CSCF
  std::string auth_scheme = scheme::unknown;
  std::uint32_t items = 1; ///< SIP-Number-Auth-Items; the answer may have fewer
  std::string resync;      ///< SIP-Authorization of a synchronisation failure: RAND || AUTS; else empty

  friend bool operator==(const mar&, const mar&) = default;
};

/// One algorithm's password digest of a SIP digest subscriber.
struct digest_credential {
  std::string algorithm; ///< as in the header: MD5, SHA-256
  std::string ha1;       ///< lower-case hex of H(impi:realm:password)

  friend bool operator==(const digest_credential&, const digest_credential&) = default;
};

/// SIP-Auth-Data-Item: an authentication vector, or what is needed to check a digest.
struct auth_item {
  std::uint32_t number = 1; ///< SIP-Item-Number: vectors are used in this order
  std::string scheme;
  // AKA
  std::string authenticate; ///< RAND || AUTN, octets
  std::string xres;         ///< octets
  std::string ck;
  std::string ik;
  // SIP Digest
  std::string realm;
  std::string qop;                        ///< "auth"
  std::vector<digest_credential> digests; ///< strongest first; at least MD5's when there is one

  friend bool operator==(const auth_item&, const auth_item&) = default;
};

struct maa {
  result_code result;
  std::string impi;
  std::string impu;
  std::vector<auth_item> items;

  friend bool operator==(const maa&, const maa&) = default;
};

/// One header's octets each, of the SUBSCRIBE that holds a reg event subscription (Subscription-Info, clause 6.3.49).
struct subscription_info {
  std::string call_id;
  std::string from;
  std::string to;
  std::string record_route; ///< none in what the P-CSCF subscribed (P-CSCF-Subscription-Info)
  std::string contact;

  friend bool operator==(const subscription_info&, const subscription_info&) = default;
};

/// One contact's registration: Restoration-Info, TS 29.229 clause 6.3.52.
struct restoration_info {
  std::string path;
  std::string contact; ///< address and parameters as in the REGISTER
  std::optional<std::uint32_t> cseq{};
  std::string call_id{};
  std::optional<subscription_info> subscription{};
  std::optional<subscription_info> p_cscf_subscription{};

  friend bool operator==(const restoration_info&, const restoration_info&) = default;
};

/// What another S-CSCF needs to take a registration over: SCSCF-Restoration-Info, TS 29.229 clause 6.3.46; TS 23.380.
struct scscf_restoration_info {
  std::string impi;
  std::vector<restoration_info> contacts;
  std::optional<diameter::timestamp> expires{}; ///< Registration-Time-Out
  std::string auth_scheme{};

  friend bool operator==(const scscf_restoration_info&, const scscf_restoration_info&) = default;
};

/// TS 29.229 clause 6.3.74; TS 23.380 clause 5.4.
struct failed_pcscf {
  std::string fqdn;
  std::vector<diameter::address> addresses;

  friend bool operator==(const failed_pcscf&, const failed_pcscf&) = default;
};

/// Who may vouch for the user's WebRTC access: TS 29.229 clause 6.3.64; none: everyone.
struct webrtc_identities {
  std::vector<std::string> authentication_functions;
  std::vector<std::string> web_servers;

  bool empty() const noexcept { return authentication_functions.empty() && web_servers.empty(); }
  friend bool operator==(const webrtc_identities&, const webrtc_identities&) = default;
};

/// Server-Assignment-Type, TS 29.229 clause 6.3.15.
enum class assignment_type : std::uint32_t {
  no_assignment = 0,
  registration = 1,
  re_registration = 2,
  unregistered_user = 3,
  timeout_deregistration = 4,
  user_deregistration = 5,
  timeout_deregistration_store_server_name = 6,
  user_deregistration_store_server_name = 7,
  administrative_deregistration = 8,
  authentication_failure = 9,
  authentication_timeout = 10,
  deregistration_too_much_data = 11,
};
constexpr bool is_known(assignment_type t) { return t <= assignment_type::deregistration_too_much_data; }

/// Server-Assignment, TS 29.228 clause 6.1.2. De-registrations may name several identities, or the IMPI alone.
struct sar {
  std::string impi; ///< may be empty for unregistered_user and no_assignment
  std::vector<std::string> impus;
  std::string server_name;
  assignment_type type = assignment_type::no_assignment;
  bool user_data_already_available = false;
  std::string wildcarded_impu{};
  std::optional<scscf_restoration_info> restoration{};
  bool multiple_registration{}; ///< Multiple-Registration-Indication
  std::optional<session_priority> priority{};
  bool pcscf_restoration{}; ///< SAR-Flags bit 0: P-CSCF Restoration Indication
  std::optional<failed_pcscf> failed{};

  friend bool operator==(const sar&, const sar&) = default;
};

struct saa {
  result_code result;
  std::string impi;
  /// IMSSubscription document (TS 29.228 Annex E); null when none is sent. The embedded HSS gives the same pointer
  /// until the profile changes, so that the S-CSCF may keep what it parsed by it.
  std::shared_ptr<const std::string> user_data;
  charging_addresses charging;
  std::vector<std::string> associated_impis; ///< other IMPIs of the subscription that share these identities
  std::string server_name;                   ///< with identity_already_registered: the S-CSCF that is assigned
  bool loose_route{};                        ///< Loose-Route-Indication
  std::vector<scscf_restoration_info> restoration{};
  std::vector<std::string> registered_impis{}; ///< Associated-Registered-Identities
  std::string wildcarded_impu{};
  bool privileged_sender{}; ///< Priviledged-Sender-Indication (so spelt there)
  webrtc_identities webrtc{};
};

/// Reason-Code of Deregistration-Reason, TS 29.229 clause 6.3.17.
enum class deregistration_reason : std::uint32_t {
  permanent_termination = 0,
  new_server_assigned = 1,
  server_change = 2,
  remove_s_cscf = 3,
};
constexpr bool is_known(deregistration_reason r) { return r <= deregistration_reason::remove_s_cscf; }

/// Registration-Termination, HSS to S-CSCF, TS 29.228 clause 6.1.3.
struct rtr {
  std::string server_name; ///< the S-CSCF it is for; over Diameter Destination-Host says so
  std::string impi;
  std::vector<std::string> impus; ///< none: all of the IMPI's
  std::vector<std::string> associated_impis;
  deregistration_reason reason = deregistration_reason::permanent_termination;
  std::string info;                  ///< Reason-Info: text for the user
  bool reference_location_changed{}; ///< RTR-Flags bit 0

  friend bool operator==(const rtr&, const rtr&) = default;
};

struct emergency_registration {
  std::string impi;
  std::string impu;

  friend bool operator==(const emergency_registration&, const emergency_registration&) = default;
};

struct rta {
  result_code result;
  std::vector<std::string> associated_impis;
  /// Identity-with-Emergency-Registration: what stays registered for all that.
  std::vector<emergency_registration> emergency{};

  friend bool operator==(const rta&, const rta&) = default;
};

/// Push-Profile, HSS to S-CSCF, TS 29.228 clause 6.2.
struct ppr {
  std::string server_name; ///< the S-CSCF it is for; over Diameter Destination-Host says so
  std::string impi;
  std::shared_ptr<const std::string> user_data; ///< null: the profile is unchanged
  charging_addresses charging;
  std::optional<auth_item> auth{}; ///< a password that was changed: SIP Digest
  webrtc_identities webrtc{};
};

struct ppa {
  result_code result;

  friend bool operator==(const ppa&, const ppa&) = default;
};

} // namespace troupe::cx
