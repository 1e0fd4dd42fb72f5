#include "protocols/diameter/cx_commands.hpp"

#include <algorithm>

#include "protocols/base/text.hpp"
#include "protocols/diameter/command_codec.hpp"

namespace troupe::diameter {

void fields(auto& io, is<cx::server_capabilities> auto& m) {
  io("Mandatory-Capability"_avp, m.mandatory);
  io("Optional-Capability"_avp, m.optional);
  io("Server-Name"_avp, m.server_names);
}

void fields(auto& io, is<cx::charging_addresses> auto& m) {
  io("Primary-Event-Charging-Function-Name"_avp, m.primary_ecf);
  io("Secondary-Event-Charging-Function-Name"_avp, m.secondary_ecf);
  io("Primary-Charging-Collection-Function-Name"_avp, m.primary_ccf);
  io("Secondary-Charging-Collection-Function-Name"_avp, m.secondary_ccf);
}

void fields(auto& io, is<cx::webrtc_identities> auto& m) {
  io("WebRTC-Authentication-Function-Name"_avp, m.authentication_functions);
  io("WebRTC-Web-Server-Function-Name"_avp, m.web_servers);
}

void fields(auto& io, is<cx::subscription_info> auto& m) {
  io("Call-ID-SIP-Header"_avp, m.call_id);
  io("From-SIP-Header"_avp, m.from);
  io("To-SIP-Header"_avp, m.to);
  io("Record-Route"_avp, m.record_route);
  io("Contact"_avp, m.contact);
}

void fields(auto& io, is<cx::restoration_info> auto& m) {
  io("Path"_avp, m.path);
  io("Contact"_avp, m.contact);
  io("Initial-CSeq-Sequence-Number"_avp, m.cseq);
  io("Call-ID-SIP-Header"_avp, m.call_id);
  io("Subscription-Info"_avp, m.subscription);
  io("P-CSCF-Subscription-Info"_avp, m.p_cscf_subscription);
}

void fields(auto& io, is<cx::scscf_restoration_info> auto& m) {
  io("User-Name"_avp, m.impi);
  io("Restoration-Info"_avp, m.contacts);
  io("Registration-Time-Out"_avp, m.expires);
  io("SIP-Authentication-Scheme"_avp, m.auth_scheme);
}

void fields(auto& io, is<cx::failed_pcscf> auto& m) {
  io("PCSCF-FQDN"_avp, m.fqdn);
  io("PCSCF-IP-Address"_avp, m.addresses);
}

void fields(auto& io, is<cx::emergency_registration> auto& m) {
  io("User-Name"_avp, m.impi);
  io("Public-Identity"_avp, m.impu);
}

namespace {

constexpr std::string_view md5 = "MD5";

/// SIP-Digest-Authenticate as it stands: MD5's H(A1) and, beside it, that of a stronger hash (clause 6.3.36).
struct digest_authenticate {
  std::string realm;
  std::string algorithm;
  std::string qop;
  std::string ha1;
  std::string alternate_algorithm;
  std::string alternate_ha1;

  bool empty() const noexcept { return realm.empty() && ha1.empty(); }
};

void digest_fields(auto& io, auto& m) {
  io("Digest-Realm"_avp, m.realm);
  io("Digest-Algorithm"_avp, m.algorithm);
  io("Digest-Qop"_avp, m.qop);
  io("Digest-HA1"_avp, m.ha1);
  io("Alternate-Digest-Algorithm"_avp, m.alternate_algorithm);
  io("Alternate-Digest-HA1"_avp, m.alternate_ha1);
}

bool is_hash(std::string_view hex) noexcept {
  return hex.empty() || (hex.size() % 32 == 0 && std::ranges::all_of(hex, [](char c) { return digit_value(c) < 16; }));
}

/// The weakest is the one that everyone knows; of the others the strongest goes along.
digest_authenticate from_item(const cx::auth_item& item) {
  digest_authenticate d{item.realm, {}, item.qop, {}, {}, {}};
  if (item.digests.empty())
    return d;
  d.algorithm = item.digests.back().algorithm;
  d.ha1 = item.digests.back().ha1;
  if (item.digests.size() > 1) {
    d.alternate_algorithm = item.digests.front().algorithm;
    d.alternate_ha1 = item.digests.front().ha1;
  }
  return d;
}

void into_item(const digest_authenticate& d, cx::auth_item& item) {
  item.realm = d.realm;
  item.qop = d.qop;
  if (!d.alternate_ha1.empty())
    item.digests.push_back({d.alternate_algorithm, to_lower(d.alternate_ha1)});
  if (!d.ha1.empty())
    item.digests.push_back({d.algorithm.empty() ? std::string(md5) : d.algorithm, to_lower(d.ha1)});
}

void item_digest(field_writer& io, const cx::auth_item& item) {
  auto d = from_item(item);
  if (!d.empty())
    io.group("SIP-Digest-Authenticate"_avp, [&](auto& in) { digest_fields(in, d); });
}

void item_digest(field_reader& io, cx::auth_item& item) {
  io.group("SIP-Digest-Authenticate"_avp, [&](auto& in) {
    digest_authenticate d;
    digest_fields(in, d);
    if (!is_hash(d.ha1))
      in.refuse_value("Digest-HA1"_avp);
    if (!is_hash(d.alternate_ha1))
      in.refuse_value("Alternate-Digest-HA1"_avp);
    into_item(d, item);
  });
}

/// TS 33.102 clause 6.3; longer with TUAK (TS 35.231 clause 6.1). Other schemes put into these AVPs what they like.
void item_vector(auto& io, auto& m) {
  if (!std::string_view(m.scheme).starts_with("Digest-AKA")) {
    io("SIP-Authenticate"_avp, m.authenticate);
    io("SIP-Authorization"_avp, m.xres);
    return;
  }
  io.octets("SIP-Authenticate"_avp, m.authenticate, {32, 40, 56}); // RAND || AUTN
  io.octets("SIP-Authorization"_avp, m.xres, {4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 32});
  io.octets("Confidentiality-Key"_avp, m.ck, {16, 32});
  io.octets("Integrity-Key"_avp, m.ik, {16, 32});
}

} // namespace

void fields(auto& io, is<cx::auth_item> auto& m) {
  io("SIP-Item-Number"_avp, m.number);
  io("SIP-Authentication-Scheme"_avp, m.scheme);
  item_vector(io, m);
  item_digest(io, m);
}

void fields(auto& io, is<cx::uar> auto& m) {
  io("User-Name"_avp, m.impi);
  io("Public-Identity"_avp, m.impu);
  io("Visited-Network-Identifier"_avp, m.visited_network);
  io("User-Authorization-Type"_avp, m.type);
  io.bit("UAR-Flags"_avp, 0, m.emergency);
}

void fields(auto& io, is<cx::uaa> auto& m) {
  io("Server-Name"_avp, m.server_name);
  io("Server-Capabilities"_avp, m.capabilities);
}

namespace {

/// Of User-Authorization-Type a LIR knows one value (clause 6.1.5).
void asks_capabilities(field_writer& io, const bool& wanted) {
  if (wanted)
    io("User-Authorization-Type"_avp, cx::authorization_type::registration_and_capabilities);
}

void asks_capabilities(field_reader& io, bool& wanted) {
  cx::authorization_type type{};
  io("User-Authorization-Type"_avp, type);
  wanted = type == cx::authorization_type::registration_and_capabilities;
}

} // namespace

void fields(auto& io, is<cx::lir> auto& m) {
  io.presence("Originating-Request"_avp, m.originating);
  io("Public-Identity"_avp, m.impu);
  asks_capabilities(io, m.capabilities);
  io("Session-Priority"_avp, m.priority);
}

void fields(auto& io, is<cx::lia> auto& m) {
  io("Server-Name"_avp, m.server_name);
  io("Server-Capabilities"_avp, m.capabilities);
  io("Wildcarded-Public-Identity"_avp, m.wildcarded_impu);
  io.bit("LIA-Flags"_avp, 0, m.psi_direct_routing);
}

void fields(auto& io, is<cx::mar> auto& m) {
  io("User-Name"_avp, m.impi);
  io("Public-Identity"_avp, m.impu);
  io.group("SIP-Auth-Data-Item"_avp, [&](auto& in) {
    in("SIP-Authentication-Scheme"_avp, m.auth_scheme);
    in.octets("SIP-Authorization"_avp, m.resync, {30, 38, 54}); // RAND || AUTS
  });
  io("SIP-Number-Auth-Items"_avp, m.items);
  io("Server-Name"_avp, m.server_name);
}

namespace {

void item_count(field_writer& io, const cx::maa& m) {
  if (!m.items.empty())
    io("SIP-Number-Auth-Items"_avp, static_cast<std::uint32_t>(m.items.size()));
}

/// The items themselves are the count. In the order of their numbers, not of the message: TS 29.229 clause 6.3.14.
void item_count(field_reader&, cx::maa& m) { std::ranges::stable_sort(m.items, {}, &cx::auth_item::number); }

} // namespace

void fields(auto& io, is<cx::maa> auto& m) {
  io("User-Name"_avp, m.impi);
  io("Public-Identity"_avp, m.impu);
  io("SIP-Auth-Data-Item"_avp, m.items);
  item_count(io, m);
}

void fields(auto& io, is<cx::sar> auto& m) {
  io("User-Name"_avp, m.impi);
  io("Public-Identity"_avp, m.impus);
  io("Wildcarded-Public-Identity"_avp, m.wildcarded_impu);
  io("Server-Name"_avp, m.server_name);
  io("Server-Assignment-Type"_avp, m.type);
  io("User-Data-Already-Available"_avp, m.user_data_already_available);
  io("SCSCF-Restoration-Info"_avp, m.restoration);
  io.if_true("Multiple-Registration-Indication"_avp, m.multiple_registration);
  io("Session-Priority"_avp, m.priority);
  io.bit("SAR-Flags"_avp, 0, m.pcscf_restoration);
  io("Failed-PCSCF"_avp, m.failed);
}

void fields(auto& io, is<cx::saa> auto& m) {
  io("User-Name"_avp, m.impi);
  io("User-Data"_avp, m.user_data);
  io("Charging-Information"_avp, m.charging);
  io.group_of("Associated-Identities"_avp, "User-Name"_avp, m.associated_impis);
  io.if_true("Loose-Route-Indication"_avp, m.loose_route);
  io("SCSCF-Restoration-Info"_avp, m.restoration);
  io.group_of("Associated-Registered-Identities"_avp, "User-Name"_avp, m.registered_impis);
  io("Server-Name"_avp, m.server_name);
  io("Wildcarded-Public-Identity"_avp, m.wildcarded_impu);
  io.if_true("Priviledged-Sender-Indication"_avp, m.privileged_sender);
  io("Allowed-WAF-WWSF-Identities"_avp, m.webrtc);
}

void fields(auto& io, is<cx::rtr> auto& m) {
  io("User-Name"_avp, m.impi);
  io.group_of("Associated-Identities"_avp, "User-Name"_avp, m.associated_impis);
  io("Public-Identity"_avp, m.impus);
  io.group("Deregistration-Reason"_avp, [&](auto& in) {
    in("Reason-Code"_avp, m.reason);
    in("Reason-Info"_avp, m.info);
  });
  io.bit("RTR-Flags"_avp, 0, m.reference_location_changed);
}

void fields(auto& io, is<cx::rta> auto& m) {
  io.group_of("Associated-Identities"_avp, "User-Name"_avp, m.associated_impis);
  io("Identity-with-Emergency-Registration"_avp, m.emergency);
}

void fields(auto& io, is<cx::ppr> auto& m) {
  io("User-Name"_avp, m.impi);
  io("User-Data"_avp, m.user_data);
  io("Charging-Information"_avp, m.charging);
  io("SIP-Auth-Data-Item"_avp, m.auth);
  io("Allowed-WAF-WWSF-Identities"_avp, m.webrtc);
}

void fields(auto&, is<cx::ppa> auto&) {}

template outcome<void> encode(std::string&, const identifiers&, const envelope&, const cx::uar&);
template outcome<void> encode(std::string&, const identifiers&, const envelope&, const cx::uaa&);
template outcome<void> encode(std::string&, const identifiers&, const envelope&, const cx::sar&);
template outcome<void> encode(std::string&, const identifiers&, const envelope&, const cx::saa&);
template outcome<void> encode(std::string&, const identifiers&, const envelope&, const cx::lir&);
template outcome<void> encode(std::string&, const identifiers&, const envelope&, const cx::lia&);
template outcome<void> encode(std::string&, const identifiers&, const envelope&, const cx::mar&);
template outcome<void> encode(std::string&, const identifiers&, const envelope&, const cx::maa&);
template outcome<void> encode(std::string&, const identifiers&, const envelope&, const cx::rtr&);
template outcome<void> encode(std::string&, const identifiers&, const envelope&, const cx::rta&);
template outcome<void> encode(std::string&, const identifiers&, const envelope&, const cx::ppr&);
template outcome<void> encode(std::string&, const identifiers&, const envelope&, const cx::ppa&);
template outcome<received<cx::uar>> decode_command(const message_view&);
template outcome<received<cx::uaa>> decode_command(const message_view&);
template outcome<received<cx::sar>> decode_command(const message_view&);
template outcome<received<cx::saa>> decode_command(const message_view&);
template outcome<received<cx::lir>> decode_command(const message_view&);
template outcome<received<cx::lia>> decode_command(const message_view&);
template outcome<received<cx::mar>> decode_command(const message_view&);
template outcome<received<cx::maa>> decode_command(const message_view&);
template outcome<received<cx::rtr>> decode_command(const message_view&);
template outcome<received<cx::rta>> decode_command(const message_view&);
template outcome<received<cx::ppr>> decode_command(const message_view&);
template outcome<received<cx::ppa>> decode_command(const message_view&);

} // namespace troupe::diameter
