#include "protocols/diameter/sh_commands.hpp"

#include "protocols/diameter/command_codec.hpp"

namespace troupe::diameter {

void fields(auto& io, is<sh::user_identity> auto& m) {
  io("Public-Identity"_avp, m.impu);
  io("MSISDN"_avp, m.msisdn);
  io("External-Identifier"_avp, m.external);
}

void fields(auto& io, is<sh::call_reference> auto& m) {
  io("Call-Reference-Number"_avp, m.number);
  io("AS-Number"_avp, m.as_number);
}

void fields(auto& io, is<sh::repository_data_id> auto& m) {
  io("Service-Indication"_avp, m.service);
  io("Sequence-Number"_avp, m.sequence);
}

void subject(auto& io, auto& m) {
  io("User-Identity"_avp, m.user);
  io("Wildcarded-Public-Identity"_avp, m.wildcarded_psi);
  io("Wildcarded-IMPU"_avp, m.wildcarded_impu);
  io("User-Name"_avp, m.impi);
}

void wildcards(auto& io, auto& m) {
  io("Wildcarded-Public-Identity"_avp, m.wildcarded_psi);
  io("Wildcarded-IMPU"_avp, m.wildcarded_impu);
}

void fields(auto& io, is<sh::udr> auto& m) {
  subject(io, m.about);
  io("Server-Name"_avp, m.server_name);
  io("Service-Indication"_avp, m.services);
  io("Data-Reference"_avp, m.data);
  io("Identity-Set"_avp, m.identities);
  io("Requested-Domain"_avp, m.domain);
  io("Current-Location"_avp, m.current_location);
  io("DSAI-Tag"_avp, m.dsai_tags);
  io("Session-Priority"_avp, m.priority);
  io("Requested-Nodes"_avp, m.requested_nodes);
  io.presence("Serving-Node-Indication"_avp, m.serving_node_only);
  io("Pre-paging-Supported"_avp, m.prepaging);
  io("Local-Time-Zone-Indication"_avp, m.time_zone_with_location);
  io("UDR-Flags"_avp, m.flags);
  io("Call-Reference-Info"_avp, m.call);
}

void fields(auto& io, is<sh::uda> auto& m) {
  wildcards(io, m);
  io("Sh-User-Data"_avp, m.user_data);
}

void fields(auto& io, is<sh::pur> auto& m) {
  subject(io, m.about);
  io("Data-Reference"_avp, m.data);
  io("Sh-User-Data"_avp, m.user_data);
}

void fields(auto& io, is<sh::pua> auto& m) {
  wildcards(io, m);
  io("Repository-Data-ID"_avp, m.repository);
  io("Data-Reference"_avp, m.data);
}

void fields(auto& io, is<sh::snr> auto& m) {
  subject(io, m.about);
  io("Service-Indication"_avp, m.services);
  io("Send-Data-Indication"_avp, m.send_data);
  io("Server-Name"_avp, m.server_name);
  io("Subs-Req-Type"_avp, m.type);
  io("Data-Reference"_avp, m.data);
  io("Identity-Set"_avp, m.identities);
  io("Expiry-Time"_avp, m.expires);
  io("DSAI-Tag"_avp, m.dsai_tags);
  io.presence("One-Time-Notification"_avp, m.once);
}

void fields(auto& io, is<sh::sna> auto& m) {
  wildcards(io, m);
  io("Sh-User-Data"_avp, m.user_data);
  io("Expiry-Time"_avp, m.expires);
}

void fields(auto& io, is<sh::pnr> auto& m) {
  subject(io, m.about);
  io("Sh-User-Data"_avp, m.user_data);
}

void fields(auto&, is<sh::pna> auto&) {}

template outcome<void> encode(std::string&, const identifiers&, const envelope&, const sh::udr&);
template outcome<void> encode(std::string&, const identifiers&, const envelope&, const sh::uda&);
template outcome<void> encode(std::string&, const identifiers&, const envelope&, const sh::pur&);
template outcome<void> encode(std::string&, const identifiers&, const envelope&, const sh::pua&);
template outcome<void> encode(std::string&, const identifiers&, const envelope&, const sh::snr&);
template outcome<void> encode(std::string&, const identifiers&, const envelope&, const sh::sna&);
template outcome<void> encode(std::string&, const identifiers&, const envelope&, const sh::pnr&);
template outcome<void> encode(std::string&, const identifiers&, const envelope&, const sh::pna&);
template outcome<received<sh::udr>> decode_command(const message_view&);
template outcome<received<sh::uda>> decode_command(const message_view&);
template outcome<received<sh::pur>> decode_command(const message_view&);
template outcome<received<sh::pua>> decode_command(const message_view&);
template outcome<received<sh::snr>> decode_command(const message_view&);
template outcome<received<sh::sna>> decode_command(const message_view&);
template outcome<received<sh::pnr>> decode_command(const message_view&);
template outcome<received<sh::pna>> decode_command(const message_view&);

} // namespace troupe::diameter
