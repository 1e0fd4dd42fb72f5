// Each command with everything that it may have: for tests of mappings, and for what another program is to read.
#pragma once

#include "protocols/diameter/charging_commands.hpp"
#include "protocols/diameter/cx_commands.hpp"
#include "protocols/diameter/rx_commands.hpp"
#include "protocols/diameter/sh_commands.hpp"

namespace troupe::diameter::examples {

inline const timestamp noon{1700000000};
inline const address ipv4{address::ipv4, std::string("\xc0\0\2\1", 4)};
inline const address ipv6{address::ipv6, std::string("\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1", 16)};

inline charging::ims_information ims_information() {
  using namespace charging;
  charging::ims_information m;
  m.event = event_type{"INVITE", "presence", 600};
  m.role = role_of_node::terminating;
  m.node = node_functionality::p_cscf;
  m.user_session_id = "call-1@ue.example";
  m.outgoing_session_id = "call-2@b.example";
  m.priority = cx::session_priority::priority_1;
  m.calling_parties = {"sip:a@ims.example", "tel:+15550001"};
  m.called_party = "sip:b@ims.example";
  m.called_asserted_identities = {"sip:b@ims.example", "tel:+15550002"};
  m.identity_change = called_identity_change{"sip:c@ims.example", noon};
  m.number_portability = "np";
  m.carrier_select = "carrier";
  m.alternate_charged_party = "sip:payer@ims.example";
  m.requested_parties = {"sip:d@ims.example"};
  m.associated_uris = {"sip:a1@ims.example", "sip:a2@ims.example"};
  m.times = time_stamps{noon, timestamp{1700000001}, 250, 999};
  m.application_servers = {{"sip:as.example", {"sip:e@x", "sip:f@x"}, as_status::timed_out}, {"sip:as2.example", {}}};
  m.operators = {{"home.example", "other.example"}, {"only.example", {}}};
  m.transit_iois = {"t1.example", "t2.example"};
  m.icid = "icid-1";
  m.sdp_session = {"c=IN IP4 192.0.2.1"};
  sdp_media_component audio{"audio 49170 RTP/AVP 96", {"a=rtpmap:96 AMR-WB/16000"}};
  audio.local_gateway = true;
  audio.default_realm = false;
  audio.transcoder = true;
  audio.initiator = media_initiator::called;
  audio.initiator_party = "sip:b@ims.example";
  audio.charging_id = 77;
  audio.access_charging_id = std::string("\0\1\2", 3);
  audio.type = sdp_type::answer;
  m.media = {audio, {"video 0 RTP/AVP 97", {}}};
  m.served_party_address = ipv6;
  m.capabilities = cx::server_capabilities{{1}, {2, 3}, {"sip:s.example"}};
  m.trunk = trunk_group{"in", "out"};
  m.bearer_service = "bearer";
  m.service_id = "conference-1";
  m.service_specific = {{"data", 4}, {"more", {}}};
  m.bodies = {{"text/plain", 5, "render", body_originator::called}, {"application/sdp", 0}};
  m.cause = -3;
  m.reasons = {"SIP;cause=200", "Q.850;cause=16"};
  m.access_network = {"3GPP-E-UTRAN-FDD;utran-cell-id-3gpp=00101"};
  m.cellular_network = "3GPP-NR";
  m.early = {{sdp_time_stamps{noon, {}}, {{"audio 1 RTP/AVP 0", {}}}, {"s=-"}}};
  m.communication_service = "urn:urn-7:3gpp-service.ims.icsi.mmtel";
  m.application_reference = "iari";
  m.online_charging = true;
  tariff now{978, decimal{1, -2}, {{unit_type::time, 1, decimal{60, {}}, decimal{5, -2}, 10}}};
  m.real_time_tariff = real_time_tariff{tariff_information{now, noon, tariff{{}, {}, {}}}, "<tariff/>"};
  m.account_expiration = timestamp{2100000000};
  m.initial_icid = "icid-0";
  m.nnis = {{session_direction::outbound, nni_type::roaming_with_loopback, relationship_mode::non_trusted, ipv4}};
  m.from_address = "<sip:a@ims.example>;tag=1";
  m.emergency = true;
  m.visited_network = "visited.example";
  m.access_changes = {{{"3GPP-GERAN"}, "3GPP-UTRAN", noon}};
  access_transfer moved;
  moved.type = transfer_type::cs_to_ps;
  moved.access_network = {"3GPP-GERAN"};
  moved.cellular_network = "cell";
  moved.between_ues = true;
  moved.equipment = user_equipment{user_equipment::kind::mac, "123456"};
  moved.instance_id = "urn:gsma:imei:1";
  moved.related_icid = "icid-3";
  moved.related_icid_node = ipv4;
  moved.at = noon;
  m.transfers = {moved};
  m.related_icid = "icid-2";
  m.related_icid_node = ipv6;
  m.route_received = "<sip:p.example;lr>";
  m.route_transmitted = "<sip:s.example;lr>";
  m.instance_id = "urn:gsma:imei:2";
  m.terminating_domain = access_domain::ps;
  m.functional_entities = "fe";
  return m;
}

inline charging::acr acr() {
  charging::acr m;
  m.type = charging::record_type::start;
  m.number = 7;
  m.user_name = "a@ims.example";
  m.sub_session = 0x0102030405060708;
  m.interim_interval = 300;
  m.at = noon;
  m.service_context = charging::ims_context;
  m.service = {{{charging::subscription_id::kind::sip_uri, "sip:a@ims.example"},
                {charging::subscription_id::kind::e164, "15550001"}},
               ims_information()};
  return m;
}

inline charging::aca aca() {
  return {{code::success, false},
          charging::record_type::stop,
          9,
          "a@ims.example",
          60,
          charging::realtime_required::grant_and_store,
          noon};
}

inline charging::service_units units() { return {60, charging::money{{100, -2}, 978}, 1'000'000'000'000, 1, 2, 3}; }

inline charging::ccr ccr() {
  using namespace charging;
  charging::ccr m;
  m.service_context = ims_context;
  m.type = charging::request_type::update;
  m.number = 2;
  m.user_name = "a@ims.example";
  m.at = noon;
  m.subscriptions = {{subscription_id::kind::imsi, "001010000000001"}};
  m.termination_cause = 1;
  m.action = requested_action::check_balance;
  m.advice = aoc_request::cost_only;
  m.multiple_services = true;
  charging::credit_control quota;
  quota.requested = service_units{};
  used_units used{units()};
  used.reason = reporting_reason::quota_exhausted;
  used.usage = tariff_usage::after_change;
  used.events = {noon, timestamp{1700000060}};
  quota.used = {used};
  quota.service_identifiers = {1, 2};
  quota.rating_group = 100;
  quota.reasons = {reporting_reason::validity_time};
  quota.trigger = trigger{{1, 2}};
  m.services = {quota};
  m.equipment = user_equipment{user_equipment::kind::imeisv, "1234567890123456"};
  m.service.ims = ims_information();
  return m;
}

inline charging::cca cca() {
  using namespace charging;
  charging::cca m;
  m.result = {code::success, false};
  m.type = charging::request_type::update;
  m.number = 2;
  m.session_failover = true;
  charging::credit_control quota;
  granted_units granted{units()};
  granted.tariff_change = noon;
  quota.granted = granted;
  quota.validity = 3600;
  quota.result = code::credit_limit_reached;
  quota.final = final_units{final_unit_action::redirect,
                            {"permit out ip from any to any"},
                            {"filter-1"},
                            redirect_server{redirect_address_type::sip_uri, "sip:topup@ims.example"}};
  quota.time_threshold = 10;
  quota.volume_threshold = 1000;
  quota.unit_threshold = 1;
  quota.holding_time = 30;
  quota.consumption_time = 5;
  m.services = {quota, charging::credit_control{}};
  m.cost = cost{{12, -1}, 978, "call"};
  m.balance = check_balance_result::enough_credit;
  m.low_balance = true;
  m.remaining = money{{5, {}}, 978};
  m.on_failure = failure_handling::retry_and_terminate;
  m.on_debiting_failure = debiting_failure::go_on;
  m.service.subscriptions = {{subscription_id::kind::nai, "a@ims.example"}};
  return m;
}

inline rx::media_component media_component() {
  rx::media_component m;
  m.number = 1;
  rx::media_sub_component rtp{1};
  rtp.descriptions = {"permit out 17 from 192.0.2.1 49170 to 10.0.0.1 5000",
                      "permit in 17 from 10.0.0.1 5000 to 192.0.2.1 49170"};
  rtp.status = rx::flow_status::enabled;
  rtp.usage = rx::flow_usage::rtcp;
  rtp.max_ul = 41000;
  rtp.max_dl = 42000;
  rtp.extended_max_ul = 5'000'000;
  rtp.extended_max_dl = 6'000'000;
  rtp.signalling = rx::signalling_protocol::sip;
  rtp.tos_traffic_class = "\xb8\xfc";
  m.flows = {rtp, {2}};
  m.af_application = "mmtel";
  m.flus_identifier = "flus";
  m.type = rx::media_type::other;
  m.uplink = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
  m.downlink = {11, 12, 13, 14, 15, 16, 17, 18, 19, 20};
  m.status = rx::flow_status::disabled;
  m.priority_sharing_disabled = true;
  m.preemption_incapable = false;
  m.preemption_invulnerable = true;
  m.priority = rx::reservation_priority{5};
  m.rs_bandwidth = 600;
  m.rr_bandwidth = 2000;
  m.codec_data = {"uplink\noffer\nm=audio 49170 RTP/AVP 96\n", "downlink\nanswer\nm=audio 5000 RTP/AVP 96\n"};
  m.content_version = 1;
  m.desired_max_latency = 100.5f;
  m.desired_max_loss = 0.25f;
  m.uhrr_enabled = true;
  return m;
}

inline rx::sponsored_data sponsored() {
  charging::granted_units granted;
  granted.total_octets = 1000;
  charging::used_units used;
  used.seconds = 5;
  return {"sponsor", "provider", granted, used, true};
}

inline rx::access_report access_report() {
  rx::access_report m;
  m.user_location = std::string("\x82\0\xf1\x10", 4);
  m.user_location_at = noon;
  m.time_zone = std::string("\x40\0", 2);
  m.satellite = "satellite";
  m.release_causes = {"\x11", "\x22"};
  m.release_causes_5gs = {{1, 2, rx::ngap_cause{3, 4}}};
  m.mcc_mnc = "00101";
  m.nid = "nid";
  m.twan = "twan";
  m.tcp_port = 4500;
  m.udp_port = 4501;
  m.ue_address = ipv4;
  m.wireline = rx::wireline_location{"hfc", "gli", 1};
  m.netloc = 0;
  return m;
}

inline rx::aar aar() {
  rx::aar m;
  m.ip_domain = "domain";
  m.af_application = "mmtel";
  m.media = {media_component()};
  m.status = rx::service_info_status::preliminary;
  m.charging_id = "icid-1";
  m.forking = rx::forking::several_dialogues;
  m.actions = {rx::specific_action::loss_of_bearer, rx::specific_action::release_of_bearer};
  m.subscriptions = {{charging::subscription_id::kind::sip_uri, "sip:a@ims.example"}};
  m.priority = rx::reservation_priority::highest;
  m.ue_ipv4 = std::string("\xa\0\0\1", 4);
  m.ue_ipv6_prefix = std::string("\0\x80", 2) + ipv6.octets;
  m.apn = "ims";
  m.service_urn = "sos";
  m.sponsored = sponsored();
  m.mps_identifier = "mps";
  m.gcs_identifier = "gcs";
  m.mcptt_identifier = "mcptt";
  m.mcvideo_identifier = "mcvideo";
  m.content_identifier = "content";
  m.content = rx::content_type::conference;
  m.calling_parties = {"sip:a@ims.example"};
  m.callee = rx::callee{"sip:b@ims.example", {"sip:c@x"}, {"tel:+15550002"}};
  m.type = rx::request_type::update;
  m.required = {rx::required_access::user_location, rx::required_access::ms_time_zone};
  m.requested_data = 1;
  m.reference_id = "reference";
  m.preemption_control = 2;
  m.mps_action = rx::mps_action::enable_for_dts;
  return m;
}

inline rx::aaa aaa() {
  rx::aaa m;
  m.result = {code::success, false};
  m.charging_ids = {{std::string("\0\1", 2), {{1, {1, 2}, {7}, charging::final_unit_action::terminate, 3}}},
                    {"id", {}}};
  m.charging_address = ipv4;
  m.acceptable = rx::acceptable_service{{media_component()}, 1, 2, 3, 4};
  m.gateways = {ipv4, ipv6};
  m.untrusted = true;
  m.service_authorization = 1;
  m.ip_can = rx::ip_can_3gpp_eps;
  m.other_access = rx::multi_access{rx::ip_can_3gpp_5gs, 1006, 1};
  m.netloc = 0;
  m.rat = 1004;
  m.flows = {{2, {}}};
  m.subscriptions = {{charging::subscription_id::kind::imsi, "001010000000001"}};
  m.equipment = charging::user_equipment{charging::user_equipment::kind::imeisv, "1234567890123456"};
  m.mcc_mnc = "00101";
  m.nid = "nid";
  m.classes = {"class-1", "class-2"};
  m.retry_interval = 10;
  m.uhrr_supported = false;
  return m;
}

inline rx::rar rar() {
  rx::rar m;
  m.actions = {rx::specific_action::release_of_bearer, rx::specific_action::access_network_info_report};
  m.charging_ids = {{"id", {{1, {1}}}}};
  m.charging_address = ipv4;
  m.gateways = {ipv6};
  m.untrusted = false;
  m.flows = {{1, {1, 2}}};
  m.subscriptions = {{charging::subscription_id::kind::imsi, "001010000000001"}};
  m.abort_cause = rx::abort_cause::ps_to_cs_handover;
  m.ip_can = rx::ip_can_3gpp_eps;
  m.other_access = rx::multi_access{};
  m.rat = 1004;
  m.sponsored = sponsored();
  m.access = access_report();
  m.recovery = rx::recovery_status::triggered;
  m.classes = {"class"};
  m.uhrr_supported = true;
  return m;
}

inline sh::udr udr() {
  sh::udr m;
  m.about = {{"sip:a@ims.example", "\x51\x55\x05", "external@x"}, "sip:psi-!.*!@x", "sip:!.*!@x", "a@ims.example"};
  m.server_name = "sip:as.example";
  m.services = {"service-1", "service-2"};
  m.data = {sh::data_reference::repository_data, sh::data_reference::ims_user_state,
            sh::data_reference::as_registration};
  m.identities = {sh::identity_set::implicit, sh::identity_set::alias};
  m.domain = sh::requested_domain::ps;
  m.current_location = true;
  m.dsai_tags = {"dsai"};
  m.priority = cx::session_priority::priority_2;
  m.requested_nodes = 3;
  m.serving_node_only = true;
  m.prepaging = false;
  m.time_zone_with_location = true;
  m.flags = 1;
  m.call = sh::call_reference{"reference", "as"};
  return m;
}

inline sh::snr snr() {
  sh::snr m;
  m.about.user.impu = "sip:a@ims.example";
  m.services = {"service"};
  m.send_data = true;
  m.server_name = "sip:as.example";
  m.type = sh::subscription_type::unsubscribe;
  m.data = {sh::data_reference::ims_user_state};
  m.identities = {sh::identity_set::registered};
  m.expires = noon;
  m.dsai_tags = {"dsai"};
  m.once = true;
  return m;
}

} // namespace troupe::diameter::examples
