// The base protocol's AVPs, groups and commands: RFC 6733 clauses 3.1, 4.5 and 5 to 9; overload and load: RFC 7683, RFC 8581,
// RFC 8583; priority: RFC 7944; of RFC 7155 (network access) and RFC 4740 (SIP) what 3GPP's applications use.
#pragma once

#include "protocols/diameter/definition.hpp"

namespace troupe::diameter::table {

inline constexpr avp_definition base_avps[] = {
    {"User-Name", 1, ietf, avp_type::utf8_string, m_bit::must},
    {"NAS-IP-Address", 4, ietf, avp_type::octet_string, m_bit::must},
    {"NAS-Port", 5, ietf, avp_type::unsigned32, m_bit::must},
    {"Framed-IP-Address", 8, ietf, avp_type::octet_string, m_bit::must},
    {"Framed-IP-Netmask", 9, ietf, avp_type::octet_string, m_bit::must},
    {"Filter-Id", 11, ietf, avp_type::utf8_string, m_bit::must},
    {"Reply-Message", 18, ietf, avp_type::utf8_string, m_bit::must},
    {"State", 24, ietf, avp_type::octet_string, m_bit::must},
    {"Class", 25, ietf, avp_type::octet_string, m_bit::must},
    {"Session-Timeout", 27, ietf, avp_type::unsigned32, m_bit::must},
    {"Idle-Timeout", 28, ietf, avp_type::unsigned32, m_bit::must},
    {"Called-Station-Id", 30, ietf, avp_type::utf8_string, m_bit::must},
    {"Calling-Station-Id", 31, ietf, avp_type::utf8_string, m_bit::must},
    {"NAS-Identifier", 32, ietf, avp_type::utf8_string, m_bit::must},
    {"Proxy-State", 33, ietf, avp_type::octet_string, m_bit::must},
    {"Acct-Session-Id", 44, ietf, avp_type::octet_string, m_bit::must},
    {"Acct-Session-Time", 46, ietf, avp_type::unsigned32, m_bit::must},
    {"Acct-Multi-Session-Id", 50, ietf, avp_type::utf8_string, m_bit::must},
    {"Event-Timestamp", 55, ietf, avp_type::time, m_bit::must},
    {"NAS-Port-Type", 61, ietf, avp_type::enumerated, m_bit::must},
    {"Connect-Info", 77, ietf, avp_type::utf8_string, m_bit::must},
    {"Acct-Interim-Interval", 85, ietf, avp_type::unsigned32, m_bit::must},
    {"NAS-Port-Id", 87, ietf, avp_type::utf8_string, m_bit::must},
    {"NAS-IPv6-Address", 95, ietf, avp_type::octet_string, m_bit::must},
    {"Framed-Interface-Id", 96, ietf, avp_type::unsigned64, m_bit::must},
    {"Framed-IPv6-Prefix", 97, ietf, avp_type::octet_string, m_bit::must},
    {"Digest-Realm", 104, ietf, avp_type::utf8_string, m_bit::must},
    {"Digest-Qop", 110, ietf, avp_type::utf8_string, m_bit::must},
    {"Digest-Algorithm", 111, ietf, avp_type::utf8_string, m_bit::must},
    {"Digest-HA1", 121, ietf, avp_type::utf8_string, m_bit::must},
    {"Host-IP-Address", 257, ietf, avp_type::address, m_bit::must},
    {"Auth-Application-Id", 258, ietf, avp_type::unsigned32, m_bit::must},
    {"Acct-Application-Id", 259, ietf, avp_type::unsigned32, m_bit::must},
    {"Vendor-Specific-Application-Id", 260, ietf, avp_type::grouped, m_bit::must},
    {"Redirect-Host-Usage", 261, ietf, avp_type::enumerated, m_bit::must},
    {"Redirect-Max-Cache-Time", 262, ietf, avp_type::unsigned32, m_bit::must},
    {"Session-Id", 263, ietf, avp_type::utf8_string, m_bit::must},
    {"Origin-Host", 264, ietf, avp_type::identity, m_bit::must},
    {"Supported-Vendor-Id", 265, ietf, avp_type::unsigned32, m_bit::must},
    {"Vendor-Id", 266, ietf, avp_type::unsigned32, m_bit::must},
    {"Firmware-Revision", 267, ietf, avp_type::unsigned32, m_bit::must_not},
    {"Result-Code", 268, ietf, avp_type::unsigned32, m_bit::must},
    {"Product-Name", 269, ietf, avp_type::utf8_string, m_bit::must_not},
    {"Session-Binding", 270, ietf, avp_type::unsigned32, m_bit::must},
    {"Session-Server-Failover", 271, ietf, avp_type::enumerated, m_bit::must},
    {"Multi-Round-Time-Out", 272, ietf, avp_type::unsigned32, m_bit::must},
    {"Disconnect-Cause", 273, ietf, avp_type::enumerated, m_bit::must},
    {"Auth-Request-Type", 274, ietf, avp_type::enumerated, m_bit::must},
    {"Auth-Grace-Period", 276, ietf, avp_type::unsigned32, m_bit::must},
    {"Auth-Session-State", 277, ietf, avp_type::enumerated, m_bit::must},
    {"Origin-State-Id", 278, ietf, avp_type::unsigned32, m_bit::must},
    {"Failed-AVP", 279, ietf, avp_type::grouped, m_bit::must},
    {"Proxy-Host", 280, ietf, avp_type::identity, m_bit::must},
    {"Error-Message", 281, ietf, avp_type::utf8_string, m_bit::must_not},
    {"Route-Record", 282, ietf, avp_type::identity, m_bit::must},
    {"Destination-Realm", 283, ietf, avp_type::identity, m_bit::must},
    {"Proxy-Info", 284, ietf, avp_type::grouped, m_bit::must},
    {"Re-Auth-Request-Type", 285, ietf, avp_type::enumerated, m_bit::must},
    {"Accounting-Sub-Session-Id", 287, ietf, avp_type::unsigned64, m_bit::must},
    {"Authorization-Lifetime", 291, ietf, avp_type::unsigned32, m_bit::must},
    {"Redirect-Host", 292, ietf, avp_type::uri, m_bit::must},
    {"Destination-Host", 293, ietf, avp_type::identity, m_bit::must},
    {"Error-Reporting-Host", 294, ietf, avp_type::identity, m_bit::must_not},
    {"Termination-Cause", 295, ietf, avp_type::enumerated, m_bit::must},
    {"Origin-Realm", 296, ietf, avp_type::identity, m_bit::must},
    {"Experimental-Result", 297, ietf, avp_type::grouped, m_bit::must},
    {"Experimental-Result-Code", 298, ietf, avp_type::unsigned32, m_bit::must},
    {"Inband-Security-Id", 299, ietf, avp_type::unsigned32, m_bit::must},
    {"E2E-Sequence", 300, ietf, avp_type::grouped, m_bit::must},
    {"DRMP", 301, ietf, avp_type::enumerated, m_bit::must_not},
    {"Accounting-Input-Octets", 363, ietf, avp_type::unsigned64, m_bit::must},
    {"Accounting-Output-Octets", 364, ietf, avp_type::unsigned64, m_bit::must},
    {"Accounting-Input-Packets", 365, ietf, avp_type::unsigned64, m_bit::must},
    {"Accounting-Output-Packets", 366, ietf, avp_type::unsigned64, m_bit::must},
    {"Accounting-Record-Type", 480, ietf, avp_type::enumerated, m_bit::must},
    {"Accounting-Realtime-Required", 483, ietf, avp_type::enumerated, m_bit::must},
    {"Accounting-Record-Number", 485, ietf, avp_type::unsigned32, m_bit::must},
    {"OC-Supported-Features", 621, ietf, avp_type::grouped, m_bit::must_not},
    {"OC-Feature-Vector", 622, ietf, avp_type::unsigned64, m_bit::must_not},
    {"OC-OLR", 623, ietf, avp_type::grouped, m_bit::must_not},
    {"OC-Sequence-Number", 624, ietf, avp_type::unsigned64, m_bit::must_not},
    {"OC-Validity-Duration", 625, ietf, avp_type::unsigned32, m_bit::must_not},
    {"OC-Report-Type", 626, ietf, avp_type::enumerated, m_bit::must_not},
    {"OC-Reduction-Percentage", 627, ietf, avp_type::unsigned32, m_bit::must_not},
    {"OC-Peer-Algo", 648, ietf, avp_type::unsigned64, m_bit::must_not},
    {"SourceID", 649, ietf, avp_type::identity, m_bit::must_not},
    {"Load", 650, ietf, avp_type::grouped, m_bit::must_not},
    {"Load-Type", 651, ietf, avp_type::enumerated, m_bit::must_not},
    {"Load-Value", 652, ietf, avp_type::unsigned64, m_bit::must_not},
};

inline constexpr group_definition base_groups[] = {
    {"Vendor-Specific-Application-Id", "{Vendor-Id} [Auth-Application-Id] [Acct-Application-Id]"},
    {"Experimental-Result", "{Vendor-Id} {Experimental-Result-Code}"},
    {"Proxy-Info", "{Proxy-Host} {Proxy-State} *[AVP]"},
    {"Failed-AVP", "1*{AVP}"},
    {"E2E-Sequence", "*[AVP]"},
    {"OC-Supported-Features", "[OC-Feature-Vector] [SourceID] [OC-Peer-Algo] *[AVP]"},
    {"OC-OLR",
     "<OC-Sequence-Number> <OC-Report-Type> [OC-Reduction-Percentage] [OC-Validity-Duration] [OC-Reg-Timer-Ext] "
     "[SourceID] *[AVP]"},
    {"Load", "[Load-Type] [Load-Value] [SourceID] *[AVP]"},
};

inline constexpr command_definition base_commands[] = {
    {"Capabilities-Exchange", "CE", 257, application::base,
     "{Origin-Host} {Origin-Realm} 1*{Host-IP-Address} {Vendor-Id} {Product-Name} [Origin-State-Id] "
     "*[Supported-Vendor-Id] *[Auth-Application-Id] *[Inband-Security-Id] *[Acct-Application-Id] "
     "*[Vendor-Specific-Application-Id] [Firmware-Revision] *[AVP]",
     "{Result-Code} {Origin-Host} {Origin-Realm} 1*{Host-IP-Address} {Vendor-Id} {Product-Name} [Origin-State-Id] "
     "[Error-Message] [Failed-AVP] *[Supported-Vendor-Id] *[Auth-Application-Id] *[Inband-Security-Id] "
     "*[Acct-Application-Id] *[Vendor-Specific-Application-Id] [Firmware-Revision] *[AVP]"},
    {"Re-Auth", "RA", 258, application::base,
     "<Session-Id> {Origin-Host} {Origin-Realm} {Destination-Realm} {Destination-Host} {Auth-Application-Id} "
     "{Re-Auth-Request-Type} [User-Name] [Origin-State-Id] *[Proxy-Info] *[Route-Record] *[AVP]",
     "<Session-Id> {Result-Code} {Origin-Host} {Origin-Realm} [User-Name] [Origin-State-Id] [Error-Message] "
     "[Error-Reporting-Host] [Failed-AVP] *[Redirect-Host] [Redirect-Host-Usage] [Redirect-Max-Cache-Time] "
     "*[Proxy-Info] *[AVP]"},
    {"Abort-Session", "AS", 274, application::base,
     "<Session-Id> {Origin-Host} {Origin-Realm} {Destination-Realm} {Destination-Host} {Auth-Application-Id} "
     "[User-Name] [Origin-State-Id] *[Proxy-Info] *[Route-Record] *[AVP]",
     "<Session-Id> {Result-Code} {Origin-Host} {Origin-Realm} [User-Name] [Origin-State-Id] [Error-Message] "
     "[Error-Reporting-Host] [Failed-AVP] *[Redirect-Host] [Redirect-Host-Usage] [Redirect-Max-Cache-Time] "
     "*[Proxy-Info] *[AVP]"},
    {"Session-Termination", "ST", 275, application::base,
     "<Session-Id> {Origin-Host} {Origin-Realm} {Destination-Realm} {Auth-Application-Id} {Termination-Cause} "
     "[User-Name] [Destination-Host] *[Class] [Origin-State-Id] *[Proxy-Info] *[Route-Record] *[AVP]",
     "<Session-Id> {Result-Code} {Origin-Host} {Origin-Realm} [User-Name] *[Class] [Error-Message] "
     "[Error-Reporting-Host] [Failed-AVP] [Origin-State-Id] *[Redirect-Host] [Redirect-Host-Usage] "
     "[Redirect-Max-Cache-Time] *[Proxy-Info] *[AVP]"},
    {"Device-Watchdog", "DW", 280, application::base, "{Origin-Host} {Origin-Realm} [Origin-State-Id] *[AVP]",
     "{Result-Code} {Origin-Host} {Origin-Realm} [Error-Message] [Failed-AVP] [Origin-State-Id] *[AVP]"},
    {"Disconnect-Peer", "DP", 282, application::base, "{Origin-Host} {Origin-Realm} {Disconnect-Cause} *[AVP]",
     "{Result-Code} {Origin-Host} {Origin-Realm} [Error-Message] [Failed-AVP] *[AVP]"},
};

} // namespace troupe::diameter::table
