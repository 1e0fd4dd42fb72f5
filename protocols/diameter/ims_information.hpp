// What an IMS node reports of a session or an event, offline or online: TS 32.299 clause 7.2.77, with the groups in it; which
// node says what: TS 32.260 clauses 6.1 and 6.2. Empty texts, lists and optionals are not said.
#pragma once

#include "protocols/diameter/credit.hpp"
#include "protocols/diameter/cx.hpp"

namespace troupe::charging {

/// Role-Of-Node, clause 7.2.186.
enum class role_of_node : std::uint32_t { originating = 0, terminating = 1, forwarding = 2 };
constexpr bool is_known(role_of_node r) { return r <= role_of_node::forwarding; }

/// Node-Functionality, clause 7.2.113; those of IMS.
enum class node_functionality : std::uint32_t {
  s_cscf = 0,
  p_cscf = 1,
  i_cscf = 2,
  mrfc = 3,
  mgcf = 4,
  bgcf = 5,
  as = 6,
  ibcf = 7,
  e_cscf = 11,
  trf = 13,
  tf = 14,
  atcf = 15,
};
/// Other nodes than ours may report too.
constexpr bool is_known(node_functionality f) { return f <= node_functionality{21}; }

struct event_type {
  std::string sip_method;
  std::string event; ///< of SUBSCRIBE, NOTIFY and PUBLISH
  std::optional<std::uint32_t> expires;

  friend bool operator==(const event_type&, const event_type&) = default;
};

/// Fractions in milliseconds.
struct time_stamps {
  std::optional<timestamp> request;
  std::optional<timestamp> response;
  std::optional<std::uint32_t> request_fraction;
  std::optional<std::uint32_t> response_fraction;

  friend bool operator==(const time_stamps&, const time_stamps&) = default;
};

/// Status-AS-Code.
enum class as_status : std::uint32_t { answered_4xx = 0, answered_5xx = 1, timed_out = 2 };
constexpr bool is_known(as_status s) { return s <= as_status::timed_out; }

struct application_server {
  std::string uri;
  std::vector<std::string> called_parties;
  std::optional<as_status> status{};

  friend bool operator==(const application_server&, const application_server&) = default;
};

struct inter_operator_identifier {
  std::string originating;
  std::string terminating;

  friend bool operator==(const inter_operator_identifier&, const inter_operator_identifier&) = default;
};

enum class sdp_type : std::uint32_t { offer = 0, answer = 1 };
constexpr bool is_known(sdp_type t) { return t <= sdp_type::answer; }
enum class media_initiator : std::uint32_t { called = 0, calling = 1, unknown = 2 };
constexpr bool is_known(media_initiator i) { return i <= media_initiator::unknown; }

struct sdp_media_component {
  std::string name;                      ///< the m= line's value
  std::vector<std::string> descriptions; ///< its other lines
  std::optional<bool> local_gateway{};   ///< Local-GW-Inserted-Indication
  std::optional<bool> default_realm{};   ///< IP-Realm-Default-Indication
  std::optional<bool> transcoder{};      ///< Transcoder-Inserted-Indication
  std::optional<media_initiator> initiator{};
  std::string initiator_party{};
  std::optional<std::uint32_t> charging_id{}; ///< 3GPP-Charging-Id
  std::string access_charging_id{};           ///< Access-Network-Charging-Identifier-Value
  std::optional<sdp_type> type{};

  friend bool operator==(const sdp_media_component&, const sdp_media_component&) = default;
};

struct sdp_time_stamps {
  std::optional<timestamp> offer;
  std::optional<timestamp> answer;

  friend bool operator==(const sdp_time_stamps&, const sdp_time_stamps&) = default;
};

struct early_media {
  std::optional<sdp_time_stamps> times;
  std::vector<sdp_media_component> media;
  std::vector<std::string> session;

  friend bool operator==(const early_media&, const early_media&) = default;
};

struct trunk_group {
  std::string incoming;
  std::string outgoing;

  friend bool operator==(const trunk_group&, const trunk_group&) = default;
};

struct service_specific_info {
  std::string data;
  std::optional<std::uint32_t> type;

  friend bool operator==(const service_specific_info&, const service_specific_info&) = default;
};

enum class body_originator : std::uint32_t { calling = 0, called = 1 };
constexpr bool is_known(body_originator o) { return o <= body_originator::called; }

struct message_body {
  std::string content_type;
  std::uint32_t content_length = 0;
  std::string disposition{};
  std::optional<body_originator> originator{};

  friend bool operator==(const message_body&, const message_body&) = default;
};

struct called_identity_change {
  std::string identity;
  std::optional<timestamp> at;

  friend bool operator==(const called_identity_change&, const called_identity_change&) = default;
};

enum class session_direction : std::uint32_t { inbound = 0, outbound = 1 };
constexpr bool is_known(session_direction d) { return d <= session_direction::outbound; }
enum class nni_type : std::uint32_t { non_roaming = 0, roaming_without_loopback = 1, roaming_with_loopback = 2 };
constexpr bool is_known(nni_type t) { return t <= nni_type::roaming_with_loopback; }
enum class relationship_mode : std::uint32_t { trusted = 0, non_trusted = 1 };
constexpr bool is_known(relationship_mode m) { return m <= relationship_mode::non_trusted; }

struct nni {
  std::optional<session_direction> direction;
  std::optional<nni_type> type;
  std::optional<relationship_mode> mode;
  std::optional<address> neighbour;

  friend bool operator==(const nni&, const nni&) = default;
};

struct access_network_change {
  std::vector<std::string> access_network;
  std::string cellular_network;
  std::optional<timestamp> at;

  friend bool operator==(const access_network_change&, const access_network_change&) = default;
};

enum class transfer_type : std::uint32_t {
  ps_to_cs = 0,
  cs_to_ps = 1,
  ps_to_ps = 2,
  cs_to_cs = 3,
};
constexpr bool is_known(transfer_type t) { return t <= transfer_type::cs_to_cs; }

struct access_transfer {
  std::optional<transfer_type> type;
  std::vector<std::string> access_network;
  std::string cellular_network;
  std::optional<bool> between_ues; ///< Inter-UE-Transfer
  std::optional<user_equipment> equipment;
  std::string instance_id;
  std::string related_icid;
  std::optional<address> related_icid_node;
  std::optional<timestamp> at;

  friend bool operator==(const access_transfer&, const access_transfer&) = default;
};

struct rate_element {
  unit_type unit = unit_type::time;
  std::optional<std::uint32_t> reason{}; ///< Charge-Reason-Code
  std::optional<decimal> value{};        ///< Unit-Value
  std::optional<decimal> cost{};         ///< Unit-Cost
  std::optional<std::uint32_t> threshold{};

  friend bool operator==(const rate_element&, const rate_element&) = default;
};

struct tariff {
  std::optional<std::uint32_t> currency; ///< ISO 4217
  std::optional<decimal> scale;
  std::vector<rate_element> rates;

  friend bool operator==(const tariff&, const tariff&) = default;
};

struct tariff_information {
  tariff current;
  std::optional<timestamp> change;
  std::optional<tariff> next;

  friend bool operator==(const tariff_information&, const tariff_information&) = default;
};

struct real_time_tariff {
  std::optional<tariff_information> information;
  std::string xml;

  friend bool operator==(const real_time_tariff&, const real_time_tariff&) = default;
};

/// TAD-Identifier: over which domain the terminating access was selected.
enum class access_domain : std::uint32_t { cs = 0, ps = 1 };
constexpr bool is_known(access_domain d) { return d <= access_domain::ps; }

struct ims_information {
  std::optional<event_type> event;
  std::optional<role_of_node> role;
  node_functionality node = node_functionality::s_cscf;
  std::string user_session_id; ///< Call-ID
  std::string outgoing_session_id;
  std::optional<cx::session_priority> priority;
  std::vector<std::string> calling_parties;
  std::string called_party;
  std::vector<std::string> called_asserted_identities;
  std::optional<called_identity_change> identity_change;
  std::string number_portability;
  std::string carrier_select;
  std::string alternate_charged_party;
  std::vector<std::string> requested_parties;
  std::vector<std::string> associated_uris;
  std::optional<time_stamps> times;
  std::vector<application_server> application_servers;
  std::vector<inter_operator_identifier> operators;
  std::vector<std::string> transit_iois;
  std::string icid;
  std::vector<std::string> sdp_session; ///< lines
  std::vector<sdp_media_component> media;
  std::optional<address> served_party_address;
  std::optional<cx::server_capabilities> capabilities;
  std::optional<trunk_group> trunk;
  std::string bearer_service;
  std::string service_id;
  std::vector<service_specific_info> service_specific;
  std::vector<message_body> bodies;
  std::optional<std::int32_t>
      cause; ///< Cause-Code, clause 7.2.35: 0 is the normal end, -1 to -5 successes, else a status
  std::vector<std::string> reasons;        ///< Reason header fields
  std::vector<std::string> access_network; ///< P-Access-Network-Info
  std::string cellular_network;            ///< Cellular-Network-Info
  std::vector<early_media> early;
  std::string communication_service; ///< ICSI
  std::string application_reference; ///< IARI
  std::optional<bool> online_charging;
  std::optional<charging::real_time_tariff> real_time_tariff;
  std::optional<timestamp> account_expiration;
  std::string initial_icid;
  std::vector<nni> nnis;
  std::string from_address;
  bool emergency = false; ///< IMS-Emergency-Indicator: Emergency
  std::string visited_network;
  std::vector<access_network_change> access_changes;
  std::vector<access_transfer> transfers;
  std::string related_icid;
  std::optional<address> related_icid_node;
  std::string route_received;
  std::string route_transmitted;
  std::string instance_id;
  std::optional<access_domain> terminating_domain;
  std::string functional_entities; ///< FE-Identifier-List

  friend bool operator==(const ims_information&, const ims_information&) = default;
};

} // namespace troupe::charging
