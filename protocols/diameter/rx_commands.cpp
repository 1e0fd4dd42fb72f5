#include "protocols/diameter/rx_commands.hpp"

#include "protocols/diameter/command_codec.hpp"
#include "protocols/diameter/credit_fields.hpp"

namespace troupe::diameter {

void fields(auto& io, is<rx::media_sub_component> auto& m) {
  io("Flow-Number"_avp, m.flow_number);
  io("Flow-Description"_avp, m.descriptions);
  io("Flow-Status"_avp, m.status);
  io("Flow-Usage"_avp, m.usage);
  io("Max-Requested-Bandwidth-UL"_avp, m.max_ul);
  io("Max-Requested-Bandwidth-DL"_avp, m.max_dl);
  io("Extended-Max-Requested-BW-UL"_avp, m.extended_max_ul);
  io("Extended-Max-Requested-BW-DL"_avp, m.extended_max_dl);
  io("AF-Signalling-Protocol"_avp, m.signalling);
  io("ToS-Traffic-Class"_avp, m.tos_traffic_class);
}

void uplink(auto& io, auto& m) {
  io("Max-Requested-Bandwidth-UL"_avp, m.max_requested);
  io("Max-Supported-Bandwidth-UL"_avp, m.max_supported);
  io("Min-Desired-Bandwidth-UL"_avp, m.min_desired);
  io("Min-Requested-Bandwidth-UL"_avp, m.min_requested);
  io("Extended-Max-Requested-BW-UL"_avp, m.extended_max_requested);
  io("Extended-Max-Supported-BW-UL"_avp, m.extended_max_supported);
  io("Extended-Min-Desired-BW-UL"_avp, m.extended_min_desired);
  io("Extended-Min-Requested-BW-UL"_avp, m.extended_min_requested);
  io("Sharing-Key-UL"_avp, m.sharing_key);
  io("Max-PLR-UL"_avp, m.max_packet_loss);
}

void downlink(auto& io, auto& m) {
  io("Max-Requested-Bandwidth-DL"_avp, m.max_requested);
  io("Max-Supported-Bandwidth-DL"_avp, m.max_supported);
  io("Min-Desired-Bandwidth-DL"_avp, m.min_desired);
  io("Min-Requested-Bandwidth-DL"_avp, m.min_requested);
  io("Extended-Max-Requested-BW-DL"_avp, m.extended_max_requested);
  io("Extended-Max-Supported-BW-DL"_avp, m.extended_max_supported);
  io("Extended-Min-Desired-BW-DL"_avp, m.extended_min_desired);
  io("Extended-Min-Requested-BW-DL"_avp, m.extended_min_requested);
  io("Sharing-Key-DL"_avp, m.sharing_key);
  io("Max-PLR-DL"_avp, m.max_packet_loss);
}

void fields(auto& io, is<rx::media_component> auto& m) {
  io("Media-Component-Number"_avp, m.number);
  io("Media-Sub-Component"_avp, m.flows);
  io("AF-Application-Identifier"_avp, m.af_application);
  io("FLUS-Identifier"_avp, m.flus_identifier);
  io("Media-Type"_avp, m.type);
  uplink(io, m.uplink);
  downlink(io, m.downlink);
  io("Flow-Status"_avp, m.status);
  io("Priority-Sharing-Indicator"_avp, m.priority_sharing_disabled);
  io("Pre-emption-Capability"_avp, m.preemption_incapable);
  io("Pre-emption-Vulnerability"_avp, m.preemption_invulnerable);
  io("Reservation-Priority"_avp, m.priority);
  io("RS-Bandwidth"_avp, m.rs_bandwidth);
  io("RR-Bandwidth"_avp, m.rr_bandwidth);
  io("Codec-Data"_avp, m.codec_data);
  io("Content-Version"_avp, m.content_version);
  io("Desired-Max-Latency"_avp, m.desired_max_latency);
  io("Desired-Max-Loss"_avp, m.desired_max_loss);
  io("UHRR-Enable-Indication"_avp, m.uhrr_enabled);
}

void fields(auto& io, is<rx::flows> auto& m) {
  io("Media-Component-Number"_avp, m.component);
  io("Flow-Number"_avp, m.numbers);
  io("Content-Version"_avp, m.content_versions);
  io("Final-Unit-Action"_avp, m.final_action);
  io("Media-Component-Status"_avp, m.component_status);
}

void fields(auto& io, is<rx::access_charging_id> auto& m) {
  io("Access-Network-Charging-Identifier-Value"_avp, m.value);
  io("Flows"_avp, m.flows);
}

void fields(auto& io, is<rx::acceptable_service> auto& m) {
  io("Media-Component-Description"_avp, m.media);
  io("Max-Requested-Bandwidth-DL"_avp, m.max_dl);
  io("Max-Requested-Bandwidth-UL"_avp, m.max_ul);
  io("Extended-Max-Requested-BW-DL"_avp, m.extended_max_dl);
  io("Extended-Max-Requested-BW-UL"_avp, m.extended_max_ul);
}

/// Clause 5.4: the units' groups have the M bit clear on Rx.
void fields(auto& io, is<rx::sponsored_data> auto& m) {
  io("Sponsor-Identity"_avp, m.sponsor);
  io("Application-Service-Provider-Identity"_avp, m.provider);
  io.unmarked("Granted-Service-Unit"_avp, m.granted);
  io.unmarked("Used-Service-Unit"_avp, m.used);
  io("Sponsoring-Action"_avp, m.enabled);
}

void fields(auto& io, is<rx::callee> auto& m) {
  io("Called-Party-Address"_avp, m.called_party);
  io("Requested-Party-Address"_avp, m.requested_parties);
  io("Called-Asserted-Identity"_avp, m.asserted);
}

void fields(auto& io, is<rx::multi_access> auto& m) {
  io("IP-CAN-Type"_avp, m.ip_can);
  io("RAT-Type"_avp, m.rat);
  io("MA-Information-Action"_avp, m.action);
}

void fields(auto& io, is<rx::ngap_cause> auto& m) {
  io("NGAP-Group"_avp, m.group);
  io("NGAP-Value"_avp, m.value);
}

void fields(auto& io, is<rx::release_cause_5gs> auto& m) {
  io("5GMM-Cause"_avp, m.mm);
  io("5GSM-Cause"_avp, m.sm);
  io("NGAP-Cause"_avp, m.ngap);
}

void fields(auto& io, is<rx::wireline_location> auto& m) {
  io("HFC-Node-Identifier"_avp, m.hfc_node);
  io("GLI-Identifier"_avp, m.gli);
  io("Line-Type"_avp, m.line_type);
}

void access(auto& io, auto& m) {
  io("3GPP-User-Location-Info"_avp, m.user_location);
  io("User-Location-Info-Time"_avp, m.user_location_at);
  io("3GPP-MS-TimeZone"_avp, m.time_zone);
  io("Serving-Satellite-Identity"_avp, m.satellite);
  io("RAN-NAS-Release-Cause"_avp, m.release_causes);
  io("5GS-RAN-NAS-Release-Cause"_avp, m.release_causes_5gs);
  io("3GPP-SGSN-MCC-MNC"_avp, m.mcc_mnc);
  io("NID"_avp, m.nid);
  io("TWAN-Identifier"_avp, m.twan);
  io("TCP-Source-Port"_avp, m.tcp_port);
  io("UDP-Source-Port"_avp, m.udp_port);
  io("UE-Local-IP-Address"_avp, m.ue_address);
  io("Wireline-User-Location-Info"_avp, m.wireline);
  io("NetLoc-Access-Support"_avp, m.netloc);
}

/// Who asks for what: clause 4.4 of the procedures.
void service(auto& io, auto& m) {
  io("IP-Domain-Id"_avp, m.ip_domain);
  io("AF-Application-Identifier"_avp, m.af_application);
  io("Media-Component-Description"_avp, m.media);
  io("Service-Info-Status"_avp, m.status);
  io("AF-Charging-Identifier"_avp, m.charging_id);
  io("SIP-Forking-Indication"_avp, m.forking);
  io("Specific-Action"_avp, m.actions);
  io("Subscription-Id"_avp, m.subscriptions);
  io("Reservation-Priority"_avp, m.priority);
  io.octets("Framed-IP-Address"_avp, m.ue_ipv4, {4});
  io("Framed-IPv6-Prefix"_avp, m.ue_ipv6_prefix);
  io("Called-Station-Id"_avp, m.apn);
  io("Service-URN"_avp, m.service_urn);
}

void fields(auto& io, is<rx::aar> auto& m) {
  service(io, m);
  io("Sponsored-Connectivity-Data"_avp, m.sponsored);
  io("MPS-Identifier"_avp, m.mps_identifier);
  io("GCS-Identifier"_avp, m.gcs_identifier);
  io("MCPTT-Identifier"_avp, m.mcptt_identifier);
  io("MCVideo-Identifier"_avp, m.mcvideo_identifier);
  io("IMS-Content-Identifier"_avp, m.content_identifier);
  io("IMS-Content-Type"_avp, m.content);
  io("Calling-Party-Address"_avp, m.calling_parties);
  io("Callee-Information"_avp, m.callee);
  io("Rx-Request-Type"_avp, m.type);
  io("Required-Access-Info"_avp, m.required);
  io("AF-Requested-Data"_avp, m.requested_data);
  io("Reference-Id"_avp, m.reference_id);
  io("Pre-emption-Control-Info"_avp, m.preemption_control);
  io("MPS-Action"_avp, m.mps_action);
}

void fields(auto& io, is<rx::aaa> auto& m) {
  io("Access-Network-Charging-Identifier"_avp, m.charging_ids);
  io("Access-Network-Charging-Address"_avp, m.charging_address);
  io("Acceptable-Service-Info"_avp, m.acceptable);
  io("AN-GW-Address"_avp, m.gateways);
  io("AN-Trusted"_avp, m.untrusted);
  io("Service-Authorization-Info"_avp, m.service_authorization);
  io("IP-CAN-Type"_avp, m.ip_can);
  io("MA-Information"_avp, m.other_access);
  io("NetLoc-Access-Support"_avp, m.netloc);
  io("RAT-Type"_avp, m.rat);
  io("Flows"_avp, m.flows);
  io("Subscription-Id"_avp, m.subscriptions);
  io("User-Equipment-Info"_avp, m.equipment);
  io("3GPP-SGSN-MCC-MNC"_avp, m.mcc_mnc);
  io("NID"_avp, m.nid);
  io("Class"_avp, m.classes);
  io("Retry-Interval"_avp, m.retry_interval);
  io("UHRR-Capability"_avp, m.uhrr_supported);
}

void fields(auto& io, is<rx::rar> auto& m) {
  io("Specific-Action"_avp, m.actions);
  io("Access-Network-Charging-Identifier"_avp, m.charging_ids);
  io("Access-Network-Charging-Address"_avp, m.charging_address);
  io("AN-GW-Address"_avp, m.gateways);
  io("AN-Trusted"_avp, m.untrusted);
  io("Flows"_avp, m.flows);
  io("Subscription-Id"_avp, m.subscriptions);
  io("Abort-Cause"_avp, m.abort_cause);
  io("IP-CAN-Type"_avp, m.ip_can);
  io("MA-Information"_avp, m.other_access);
  io("RAT-Type"_avp, m.rat);
  io("Sponsored-Connectivity-Data"_avp, m.sponsored);
  access(io, m.access);
  io("PC-Session-Recovery-Status"_avp, m.recovery);
  io("Class"_avp, m.classes);
  io("UHRR-Capability"_avp, m.uhrr_supported);
}

void fields(auto& io, is<rx::raa> auto& m) {
  io("Media-Component-Description"_avp, m.media);
  io("Service-URN"_avp, m.service_urn);
  io("Class"_avp, m.classes);
}

void fields(auto& io, is<rx::str> auto& m) {
  io("Termination-Cause"_avp, m.cause);
  io("Required-Access-Info"_avp, m.required);
  io("Class"_avp, m.classes);
}

void fields(auto& io, is<rx::sta> auto& m) {
  io("Sponsored-Connectivity-Data"_avp, m.sponsored);
  access(io, m.access);
  io("Class"_avp, m.classes);
}

void fields(auto& io, is<rx::asr> auto& m) { io("Abort-Cause"_avp, m.cause); }

void fields(auto&, is<rx::asa> auto&) {}

template outcome<void> encode(std::string&, const identifiers&, const envelope&, const rx::aar&);
template outcome<void> encode(std::string&, const identifiers&, const envelope&, const rx::aaa&);
template outcome<void> encode(std::string&, const identifiers&, const envelope&, const rx::rar&);
template outcome<void> encode(std::string&, const identifiers&, const envelope&, const rx::raa&);
template outcome<void> encode(std::string&, const identifiers&, const envelope&, const rx::str&);
template outcome<void> encode(std::string&, const identifiers&, const envelope&, const rx::sta&);
template outcome<void> encode(std::string&, const identifiers&, const envelope&, const rx::asr&);
template outcome<void> encode(std::string&, const identifiers&, const envelope&, const rx::asa&);
template outcome<received<rx::aar>> decode_command(const message_view&);
template outcome<received<rx::aaa>> decode_command(const message_view&);
template outcome<received<rx::rar>> decode_command(const message_view&);
template outcome<received<rx::raa>> decode_command(const message_view&);
template outcome<received<rx::str>> decode_command(const message_view&);
template outcome<received<rx::sta>> decode_command(const message_view&);
template outcome<received<rx::asr>> decode_command(const message_view&);
template outcome<received<rx::asa>> decode_command(const message_view&);

} // namespace troupe::diameter
