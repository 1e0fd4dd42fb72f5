// Rx, between P-CSCF and PCRF, as values: TS 29.214 clauses 5.3, 5.4 and 5.6. Bandwidths are in bit/s. What a table of that
// document calls an octet string is a std::string; empty texts, lists and optionals are not said.
#pragma once

#include "protocols/diameter/credit.hpp"
#include "protocols/diameter/failure.hpp"

namespace troupe::rx {

using charging::subscription_id;
using charging::user_equipment;
using diameter::address;
using diameter::result_code;
using diameter::timestamp;

/// Experimental-Result codes, clause 5.5.
inline constexpr result_code invalid_service_information{5061, true};
inline constexpr result_code filter_restrictions{5062, true};
inline constexpr result_code requested_service_not_authorized{5063, true};
inline constexpr result_code duplicated_af_session{5064, true};
inline constexpr result_code ip_can_session_not_available{5065, true};
inline constexpr result_code unauthorized_non_emergency_session{5066, true};
inline constexpr result_code unauthorized_sponsored_data_connectivity{5067, true};
inline constexpr result_code temporary_network_failure{5068, true};

enum class flow_status : std::uint32_t {
  enabled_uplink = 0,
  enabled_downlink = 1,
  enabled = 2,
  disabled = 3,
  removed = 4
};
constexpr bool is_known(flow_status s) { return s <= flow_status::removed; }

enum class flow_usage : std::uint32_t { no_information = 0, rtcp = 1, af_signalling = 2 };
constexpr bool is_known(flow_usage u) { return u <= flow_usage::af_signalling; }

enum class media_type : std::uint32_t {
  audio = 0,
  video = 1,
  data = 2,
  application = 3,
  control = 4,
  text = 5,
  message = 6,
  other = 0xffffffff,
};
constexpr bool is_known(media_type t) { return t <= media_type::message || t == media_type::other; }

enum class signalling_protocol : std::uint32_t { no_information = 0, sip = 1 };
constexpr bool is_known(signalling_protocol p) { return p <= signalling_protocol::sip; }

/// Clause 5.3.13.
enum class specific_action : std::uint32_t {
  charging_correlation_exchange = 1,
  loss_of_bearer = 2,
  recovery_of_bearer = 3,
  release_of_bearer = 4,
  ip_can_change = 6,
  out_of_credit = 7,
  successful_resources_allocation = 8,
  failed_resources_allocation = 9,
  limited_pcc_deployment = 10,
  usage_report = 11,
  access_network_info_report = 12,
  recovery_from_limited_pcc_deployment = 13,
  access_network_info_reporting_failure = 14,
  transfer_policy_expired = 15,
  plmn_change = 16,
  eps_fallback = 17,
  reallocation_of_credit = 18,
  successful_qos_update = 19,
  failed_qos_update = 20,
  cn_health_monitor = 21,
  uhrr_capability_report = 23,
};
constexpr bool is_known(specific_action a) {
  return a != specific_action{0} && a != specific_action{5} && a <= specific_action::uhrr_capability_report;
}

enum class abort_cause : std::uint32_t {
  bearer_released = 0,
  insufficient_server_resources = 1,
  insufficient_bearer_resources = 2,
  ps_to_cs_handover = 3,
  sponsored_data_connectivity_disallowed = 4,
  pcef_failure = 5,
};
constexpr bool is_known(abort_cause c) { return c <= abort_cause::pcef_failure; }

enum class request_type : std::uint32_t { initial = 0, update = 1, pcscf_restoration = 2 };
constexpr bool is_known(request_type t) { return t <= request_type::pcscf_restoration; }

enum class service_info_status : std::uint32_t { final = 0, preliminary = 1 };
constexpr bool is_known(service_info_status s) { return s <= service_info_status::preliminary; }

enum class forking : std::uint32_t { single_dialogue = 0, several_dialogues = 1 };
constexpr bool is_known(forking f) { return f <= forking::several_dialogues; }

enum class required_access : std::uint32_t { user_location = 0, ms_time_zone = 1, ue_satellite = 2 };
constexpr bool is_known(required_access r) { return r <= required_access::ue_satellite; }

/// Reservation-Priority of ETSI TS 183 017: 0 is the default, the others have precedence the higher they are.
enum class reservation_priority : std::uint32_t { normal = 0, highest = 15 };
constexpr bool is_known(reservation_priority p) { return p <= reservation_priority::highest; }

enum class content_type : std::uint32_t { no_detail = 0, cat = 1, conference = 2 };
constexpr bool is_known(content_type t) { return t <= content_type::conference; }

enum class mps_action : std::uint32_t {
  disable_for_dts = 0,
  enable_for_dts = 1,
  authorize_and_enable_for_dts = 2,
  authorize_and_enable_for_signalling = 3,
  disable_messaging_for_signalling = 4,
  enable_messaging_for_signalling = 5,
};
constexpr bool is_known(mps_action a) { return a <= mps_action::enable_messaging_for_signalling; }

/// IP-CAN-Type and RAT-Type grow with each release, and steer nothing here: TS 29.212 clauses 5.3.27 and 5.3.31.
using ip_can_type = std::uint32_t;
using rat_type = std::uint32_t;
inline constexpr ip_can_type ip_can_3gpp_eps = 5;
inline constexpr ip_can_type ip_can_3gpp_5gs = 8;

enum class recovery_status : std::uint32_t { request = 0, triggered = 1, not_triggered = 2, session_not_found = 3 };
constexpr bool is_known(recovery_status s) { return s <= recovery_status::session_not_found; }

/// Media-Sub-Component, clause 5.3.18: one or two IP flows.
struct media_sub_component {
  std::uint32_t flow_number = 0;
  std::vector<std::string> descriptions{}; ///< IPFilterRules: at most one a direction
  std::optional<flow_status> status{};
  std::optional<flow_usage> usage{};
  std::optional<std::uint32_t> max_ul{};
  std::optional<std::uint32_t> max_dl{};
  std::optional<std::uint32_t> extended_max_ul{}; ///< kbit/s, for what has no room in 32 bits
  std::optional<std::uint32_t> extended_max_dl{};
  std::optional<signalling_protocol> signalling{};
  std::string tos_traffic_class{};

  friend bool operator==(const media_sub_component&, const media_sub_component&) = default;
};

/// One direction's bandwidths of a media component; those that begin with extended are in kbit/s.
struct bandwidths {
  std::optional<std::uint32_t> max_requested{};
  std::optional<std::uint32_t> max_supported{};
  std::optional<std::uint32_t> min_desired{};
  std::optional<std::uint32_t> min_requested{};
  std::optional<std::uint32_t> extended_max_requested{};
  std::optional<std::uint32_t> extended_max_supported{};
  std::optional<std::uint32_t> extended_min_desired{};
  std::optional<std::uint32_t> extended_min_requested{};
  std::optional<std::uint32_t> sharing_key{};
  std::optional<std::uint32_t> max_packet_loss{}; ///< tenths of a percent

  friend bool operator==(const bandwidths&, const bandwidths&) = default;
};

/// Media-Component-Description, clause 5.3.16: one m= section.
struct media_component {
  std::uint32_t number = 0; ///< its place in the SDP, from 1; 0 with AF signalling
  std::vector<media_sub_component> flows{};
  std::string af_application{};
  std::string flus_identifier{};
  std::optional<media_type> type{};
  bandwidths uplink{};
  bandwidths downlink{};
  std::optional<flow_status> status{};
  std::optional<bool> priority_sharing_disabled{}; ///< Priority-Sharing-Indicator
  std::optional<bool> preemption_incapable{};      ///< Pre-emption-Capability DISABLED
  std::optional<bool> preemption_invulnerable{};   ///< Pre-emption-Vulnerability DISABLED
  std::optional<reservation_priority> priority{};
  std::optional<std::uint32_t> rs_bandwidth{}; ///< RTCP of senders
  std::optional<std::uint32_t> rr_bandwidth{}; ///< RTCP of receivers
  std::vector<std::string> codec_data{};       ///< at most two: "uplink\noffer\n" and SDP lines (clause 5.3.7)
  std::optional<std::uint64_t> content_version{};
  std::optional<float> desired_max_latency{}; ///< ms
  std::optional<float> desired_max_loss{};
  std::optional<bool> uhrr_enabled{};

  friend bool operator==(const media_component&, const media_component&) = default;
};

/// Flows, clause 5.3.10: none of the numbers stands for all flows of the component.
struct flows {
  std::uint32_t component = 0;
  std::vector<std::uint32_t> numbers{};
  std::vector<std::uint64_t> content_versions{};
  std::optional<charging::final_unit_action> final_action{};
  std::optional<std::uint32_t> component_status{};

  friend bool operator==(const flows&, const flows&) = default;
};

/// Access-Network-Charging-Identifier, clause 5.3.3.
struct access_charging_id {
  std::string value;
  std::vector<rx::flows> flows{};

  friend bool operator==(const access_charging_id&, const access_charging_id&) = default;
};

/// Acceptable-Service-Info, clause 5.3.24: what the PCRF would have authorised.
struct acceptable_service {
  std::vector<media_component> media{};
  std::optional<std::uint32_t> max_dl{};
  std::optional<std::uint32_t> max_ul{};
  std::optional<std::uint32_t> extended_max_dl{};
  std::optional<std::uint32_t> extended_max_ul{};

  friend bool operator==(const acceptable_service&, const acceptable_service&) = default;
};

/// Sponsored-Connectivity-Data, clause 5.3.27.
struct sponsored_data {
  std::string sponsor{};
  std::string provider{};
  std::optional<charging::granted_units> granted{};
  std::optional<charging::used_units> used{};
  std::optional<bool> enabled{}; ///< Sponsoring-Action

  friend bool operator==(const sponsored_data&, const sponsored_data&) = default;
};

struct callee {
  std::string called_party{};
  std::vector<std::string> requested_parties{};
  std::vector<std::string> asserted{};

  friend bool operator==(const callee&, const callee&) = default;
};

/// MA-Information: the other access of a multi-access PDU session.
struct multi_access {
  std::optional<ip_can_type> ip_can{};
  std::optional<rat_type> rat{};
  std::optional<std::uint32_t> action{};

  friend bool operator==(const multi_access&, const multi_access&) = default;
};

struct ngap_cause {
  std::uint32_t group = 0;
  std::uint32_t value = 0;

  friend bool operator==(const ngap_cause&, const ngap_cause&) = default;
};

/// 5GS-RAN-NAS-Release-Cause.
struct release_cause_5gs {
  std::optional<std::uint32_t> mm{};
  std::optional<std::uint32_t> sm{};
  std::optional<ngap_cause> ngap{};

  friend bool operator==(const release_cause_5gs&, const release_cause_5gs&) = default;
};

struct wireline_location {
  std::string hfc_node{};
  std::string gli{};
  std::optional<std::uint32_t> line_type{};

  friend bool operator==(const wireline_location&, const wireline_location&) = default;
};

/// What is known of the access where a session is or was: of RAR and STA. Octets as TS 29.061 clause 16.4.7 has them.
struct access_report {
  std::string user_location{};
  std::optional<timestamp> user_location_at{};
  std::string time_zone{};
  std::string satellite{};
  std::vector<std::string> release_causes{};
  std::vector<release_cause_5gs> release_causes_5gs{};
  std::string mcc_mnc{};
  std::string nid{};
  std::string twan{};
  std::optional<std::uint32_t> tcp_port{};
  std::optional<std::uint32_t> udp_port{};
  std::optional<address> ue_address{};
  std::optional<wireline_location> wireline{};
  std::optional<std::uint32_t> netloc{}; ///< NetLoc-Access-Support: 0 is not supported

  friend bool operator==(const access_report&, const access_report&) = default;
};

/// AA-Request, clause 5.6.1.
struct aar {
  std::string ip_domain{};
  std::string af_application{};
  std::vector<media_component> media{};
  std::optional<service_info_status> status{};
  std::string charging_id{}; ///< AF-Charging-Identifier: the ICID
  std::optional<rx::forking> forking{};
  std::vector<specific_action> actions{}; ///< on what the PCRF is to send a RAR
  std::vector<subscription_id> subscriptions{};
  std::optional<reservation_priority> priority{};
  std::string ue_ipv4{};        ///< Framed-IP-Address: 4 octets
  std::string ue_ipv6_prefix{}; ///< Framed-IPv6-Prefix: a zero, the length, the address
  std::string apn{};            ///< Called-Station-Id
  std::string service_urn{};
  std::optional<sponsored_data> sponsored{};
  std::string mps_identifier{};
  std::string gcs_identifier{};
  std::string mcptt_identifier{};
  std::string mcvideo_identifier{};
  std::string content_identifier{};
  std::optional<content_type> content{};
  std::vector<std::string> calling_parties{};
  std::optional<rx::callee> callee{};
  std::optional<request_type> type{};
  std::vector<required_access> required{};
  std::optional<std::uint32_t> requested_data{};
  std::string reference_id{};
  std::optional<std::uint32_t> preemption_control{};
  std::optional<rx::mps_action> mps_action{};

  friend bool operator==(const aar&, const aar&) = default;
};

/// AA-Answer, clause 5.6.2.
struct aaa {
  result_code result{};
  std::vector<access_charging_id> charging_ids{};
  std::optional<address> charging_address{};
  std::optional<acceptable_service> acceptable{};
  std::vector<address> gateways{}; ///< AN-GW-Address: at most two
  std::optional<bool> untrusted{}; ///< AN-Trusted UNTRUSTED
  std::optional<std::uint32_t> service_authorization{};
  std::optional<ip_can_type> ip_can{};
  std::optional<multi_access> other_access{};
  std::optional<std::uint32_t> netloc{};
  std::optional<rat_type> rat{};
  std::vector<rx::flows> flows{};
  std::vector<subscription_id> subscriptions{};
  std::optional<user_equipment> equipment{};
  std::string mcc_mnc{};
  std::string nid{};
  std::vector<std::string> classes{};
  std::optional<std::uint32_t> retry_interval{}; ///< seconds
  std::optional<bool> uhrr_supported{};

  friend bool operator==(const aaa&, const aaa&) = default;
};

/// Re-Auth-Request, clause 5.6.3: what happened to the bearers.
struct rar {
  std::vector<specific_action> actions{}; ///< at least one
  std::vector<access_charging_id> charging_ids{};
  std::optional<address> charging_address{};
  std::vector<address> gateways{};
  std::optional<bool> untrusted{};
  std::vector<rx::flows> flows{}; ///< none: all of the session
  std::vector<subscription_id> subscriptions{};
  std::optional<rx::abort_cause> abort_cause{};
  std::optional<ip_can_type> ip_can{};
  std::optional<multi_access> other_access{};
  std::optional<rat_type> rat{};
  std::optional<sponsored_data> sponsored{};
  access_report access{};
  std::optional<recovery_status> recovery{};
  std::vector<std::string> classes{};
  std::optional<bool> uhrr_supported{};

  friend bool operator==(const rar&, const rar&) = default;
};

struct raa {
  result_code result{};
  std::vector<media_component> media{};
  std::string service_urn{};
  std::vector<std::string> classes{};

  friend bool operator==(const raa&, const raa&) = default;
};

/// Session-Termination, clauses 5.6.5 and 5.6.6. RFC 6733 clause 8.15: 1 is the user's logout, 4 is administrative.
struct str {
  std::uint32_t cause = 1;
  std::vector<required_access> required{};
  std::vector<std::string> classes{};

  friend bool operator==(const str&, const str&) = default;
};

struct sta {
  result_code result{};
  std::optional<sponsored_data> sponsored{};
  access_report access{};
  std::vector<std::string> classes{};

  friend bool operator==(const sta&, const sta&) = default;
};

/// Abort-Session, clauses 5.6.7 and 5.6.8: the AF answers, and then sends a STR.
struct asr {
  rx::abort_cause cause = rx::abort_cause::bearer_released;

  friend bool operator==(const asr&, const asr&) = default;
};

struct asa {
  result_code result{};

  friend bool operator==(const asa&, const asa&) = default;
};

} // namespace troupe::rx
