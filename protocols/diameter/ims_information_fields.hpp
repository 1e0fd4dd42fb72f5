// IMS-Information as AVPs: TS 32.299 clause 7.2. For the files that map charging commands.
#pragma once

#include "protocols/diameter/credit_fields.hpp"
#include "protocols/diameter/ims_information.hpp"

namespace troupe::diameter {

void fields(auto& io, is<charging::event_type> auto& m) {
  io("SIP-Method"_avp, m.sip_method);
  io("Event"_avp, m.event);
  io("Expires"_avp, m.expires);
}

void fields(auto& io, is<charging::time_stamps> auto& m) {
  io("SIP-Request-Timestamp"_avp, m.request);
  io("SIP-Response-Timestamp"_avp, m.response);
  io("SIP-Request-Timestamp-Fraction"_avp, m.request_fraction);
  io("SIP-Response-Timestamp-Fraction"_avp, m.response_fraction);
}

void fields(auto& io, is<charging::application_server> auto& m) {
  io("Application-Server"_avp, m.uri);
  io("Application-Provided-Called-Party-Address"_avp, m.called_parties);
  io("Status-AS-Code"_avp, m.status);
}

void fields(auto& io, is<charging::inter_operator_identifier> auto& m) {
  io("Originating-IOI"_avp, m.originating);
  io("Terminating-IOI"_avp, m.terminating);
}

void fields(auto& io, is<charging::sdp_media_component> auto& m) {
  io("SDP-Media-Name"_avp, m.name);
  io("SDP-Media-Description"_avp, m.descriptions);
  io("Local-GW-Inserted-Indication"_avp, m.local_gateway);
  io("IP-Realm-Default-Indication"_avp, m.default_realm);
  io("Transcoder-Inserted-Indication"_avp, m.transcoder);
  io("Media-Initiator-Flag"_avp, m.initiator);
  io("Media-Initiator-Party"_avp, m.initiator_party);
  io("3GPP-Charging-Id"_avp, m.charging_id);
  io("Access-Network-Charging-Identifier-Value"_avp, m.access_charging_id);
  io("SDP-Type"_avp, m.type);
}

void fields(auto& io, is<charging::sdp_time_stamps> auto& m) {
  io("SDP-Offer-Timestamp"_avp, m.offer);
  io("SDP-Answer-Timestamp"_avp, m.answer);
}

void fields(auto& io, is<charging::early_media> auto& m) {
  io("SDP-TimeStamps"_avp, m.times);
  io("SDP-Media-Component"_avp, m.media);
  io("SDP-Session-Description"_avp, m.session);
}

void fields(auto& io, is<charging::trunk_group> auto& m) {
  io("Incoming-Trunk-Group-Id"_avp, m.incoming);
  io("Outgoing-Trunk-Group-Id"_avp, m.outgoing);
}

void fields(auto& io, is<charging::service_specific_info> auto& m) {
  io("Service-Specific-Data"_avp, m.data);
  io("Service-Specific-Type"_avp, m.type);
}

void fields(auto& io, is<charging::message_body> auto& m) {
  io("Content-Type"_avp, m.content_type);
  io("Content-Length"_avp, m.content_length);
  io("Content-Disposition"_avp, m.disposition);
  io("Originator"_avp, m.originator);
}

void fields(auto& io, is<charging::called_identity_change> auto& m) {
  io("Called-Identity"_avp, m.identity);
  io("Change-Time"_avp, m.at);
}

void fields(auto& io, is<charging::nni> auto& m) {
  io("Session-Direction"_avp, m.direction);
  io("NNI-Type"_avp, m.type);
  io("Relationship-Mode"_avp, m.mode);
  io("Neighbour-Node-Address"_avp, m.neighbour);
}

void fields(auto& io, is<charging::access_network_change> auto& m) {
  io("Access-Network-Information"_avp, m.access_network);
  io("Cellular-Network-Information"_avp, m.cellular_network);
  io("Change-Time"_avp, m.at);
}

void fields(auto& io, is<charging::access_transfer> auto& m) {
  io("Access-Transfer-Type"_avp, m.type);
  io("Access-Network-Information"_avp, m.access_network);
  io("Cellular-Network-Information"_avp, m.cellular_network);
  io("Inter-UE-Transfer"_avp, m.between_ues);
  io("User-Equipment-Info"_avp, m.equipment);
  io("Instance-Id"_avp, m.instance_id);
  io("Related-IMS-Charging-Identifier"_avp, m.related_icid);
  io("Related-IMS-Charging-Identifier-Node"_avp, m.related_icid_node);
  io("Change-Time"_avp, m.at);
}

void fields(auto& io, is<charging::rate_element> auto& m) {
  io("CC-Unit-Type"_avp, m.unit);
  io("Charge-Reason-Code"_avp, m.reason);
  io("Unit-Value"_avp, m.value);
  io("Unit-Cost"_avp, m.cost);
  io("Unit-Quota-Threshold"_avp, m.threshold);
}

void fields(auto& io, is<charging::tariff> auto& m) {
  io("Currency-Code"_avp, m.currency);
  io("Scale-Factor"_avp, m.scale);
  io("Rate-Element"_avp, m.rates);
}

void fields(auto& io, is<charging::tariff_information> auto& m) {
  io("Current-Tariff"_avp, m.current);
  io("Tariff-Time-Change"_avp, m.change);
  io("Next-Tariff"_avp, m.next);
}

void fields(auto& io, is<charging::real_time_tariff> auto& m) {
  io("Tariff-Information"_avp, m.information);
  io("Tariff-XML"_avp, m.xml);
}

/// Server-Capabilities is Cx's.
void fields(auto& io, is<cx::server_capabilities> auto& m) {
  io("Mandatory-Capability"_avp, m.mandatory);
  io("Optional-Capability"_avp, m.optional);
  io("Server-Name"_avp, m.server_names);
}

/// Who took part, and by what means: the first half of the grammar.
void parties(auto& io, auto& m) {
  io("Event-Type"_avp, m.event);
  io("Role-Of-Node"_avp, m.role);
  io("Node-Functionality"_avp, m.node);
  io("User-Session-Id"_avp, m.user_session_id);
  io("Outgoing-Session-Id"_avp, m.outgoing_session_id);
  io("Session-Priority"_avp, m.priority);
  io("Calling-Party-Address"_avp, m.calling_parties);
  io("Called-Party-Address"_avp, m.called_party);
  io("Called-Asserted-Identity"_avp, m.called_asserted_identities);
  io("Called-Identity-Change"_avp, m.identity_change);
  io("Number-Portability-Routing-Information"_avp, m.number_portability);
  io("Carrier-Select-Routing-Information"_avp, m.carrier_select);
  io("Alternate-Charged-Party-Address"_avp, m.alternate_charged_party);
  io("Requested-Party-Address"_avp, m.requested_parties);
  io("Associated-URI"_avp, m.associated_uris);
}

void media(auto& io, auto& m) {
  io("Time-Stamps"_avp, m.times);
  io("Application-Server-Information"_avp, m.application_servers);
  io("Inter-Operator-Identifier"_avp, m.operators);
  io("Transit-IOI-List"_avp, m.transit_iois);
  io("IMS-Charging-Identifier"_avp, m.icid);
  io("SDP-Session-Description"_avp, m.sdp_session);
  io("SDP-Media-Component"_avp, m.media);
  io("Served-Party-IP-Address"_avp, m.served_party_address);
  io("Server-Capabilities"_avp, m.capabilities);
  io("Trunk-Group-ID"_avp, m.trunk);
  io("Bearer-Service"_avp, m.bearer_service);
  io("Service-Id"_avp, m.service_id);
  io("Service-Specific-Info"_avp, m.service_specific);
  io("Message-Body"_avp, m.bodies);
  io("Cause-Code"_avp, m.cause);
  io("Reason-Header"_avp, m.reasons);
  io("Access-Network-Information"_avp, m.access_network);
  io("Cellular-Network-Information"_avp, m.cellular_network);
  io("Early-Media-Description"_avp, m.early);
}

void circumstances(auto& io, auto& m) {
  io("IMS-Communication-Service-Identifier"_avp, m.communication_service);
  io("IMS-Application-Reference-Identifier"_avp, m.application_reference);
  io("Online-Charging-Flag"_avp, m.online_charging);
  io("Real-Time-Tariff-Information"_avp, m.real_time_tariff);
  io("Account-Expiration"_avp, m.account_expiration);
  io("Initial-IMS-Charging-Identifier"_avp, m.initial_icid);
  io("NNI-Information"_avp, m.nnis);
  io("From-Address"_avp, m.from_address);
  io.if_true("IMS-Emergency-Indicator"_avp, m.emergency);
  io("IMS-Visited-Network-Identifier"_avp, m.visited_network);
  io("Access-Network-Info-Change"_avp, m.access_changes);
  io("Access-Transfer-Information"_avp, m.transfers);
  io("Related-IMS-Charging-Identifier"_avp, m.related_icid);
  io("Related-IMS-Charging-Identifier-Node"_avp, m.related_icid_node);
  io("Route-Header-Received"_avp, m.route_received);
  io("Route-Header-Transmitted"_avp, m.route_transmitted);
  io("Instance-Id"_avp, m.instance_id);
  io("TAD-Identifier"_avp, m.terminating_domain);
  io("FE-Identifier-List"_avp, m.functional_entities);
}

void fields(auto& io, is<charging::ims_information> auto& m) {
  parties(io, m);
  media(io, m);
  circumstances(io, m);
}

} // namespace troupe::diameter
