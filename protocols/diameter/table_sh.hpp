// Sh, between application server and HSS: TS 29.329 clauses 6.1 and 6.3.
#pragma once

#include "protocols/diameter/definition.hpp"

namespace troupe::diameter::table {

inline constexpr avp_definition sh_avps[] = {
    {"User-Identity", 700, tgpp, avp_type::grouped, m_bit::must},
    {"MSISDN", 701, tgpp, avp_type::octet_string, m_bit::must},
    {"Sh-User-Data", 702, tgpp, avp_type::octet_string, m_bit::must},
    {"Data-Reference", 703, tgpp, avp_type::enumerated, m_bit::must},
    {"Service-Indication", 704, tgpp, avp_type::octet_string, m_bit::must},
    {"Subs-Req-Type", 705, tgpp, avp_type::enumerated, m_bit::must},
    {"Requested-Domain", 706, tgpp, avp_type::enumerated, m_bit::must},
    {"Current-Location", 707, tgpp, avp_type::enumerated, m_bit::must},
    {"Identity-Set", 708, tgpp, avp_type::enumerated, m_bit::must_not},
    {"Expiry-Time", 709, tgpp, avp_type::time, m_bit::must_not},
    {"Send-Data-Indication", 710, tgpp, avp_type::enumerated, m_bit::must_not},
    {"DSAI-Tag", 711, tgpp, avp_type::octet_string, m_bit::must},
    {"One-Time-Notification", 712, tgpp, avp_type::enumerated, m_bit::must_not},
    {"Requested-Nodes", 713, tgpp, avp_type::unsigned32, m_bit::must_not},
    {"Serving-Node-Indication", 714, tgpp, avp_type::enumerated, m_bit::must_not},
    {"Repository-Data-ID", 715, tgpp, avp_type::grouped, m_bit::must_not},
    {"Sequence-Number", 716, tgpp, avp_type::unsigned32, m_bit::must_not},
    {"Pre-paging-Supported", 717, tgpp, avp_type::enumerated, m_bit::must_not},
    {"Local-Time-Zone-Indication", 718, tgpp, avp_type::enumerated, m_bit::must_not},
    {"UDR-Flags", 719, tgpp, avp_type::unsigned32, m_bit::must_not},
    {"Call-Reference-Info", 720, tgpp, avp_type::grouped, m_bit::must_not},
    {"Call-Reference-Number", 721, tgpp, avp_type::octet_string, m_bit::must_not},
    {"AS-Number", 722, tgpp, avp_type::octet_string, m_bit::must_not},
};

inline constexpr group_definition sh_groups[] = {
    {"User-Identity", "[Public-Identity] [MSISDN] [External-Identifier] *[AVP]"},
    {"Repository-Data-ID", "{Service-Indication} {Sequence-Number} *[AVP]"},
    {"Call-Reference-Info", "{Call-Reference-Number} {AS-Number} *[AVP]"},
};

inline constexpr command_definition sh_commands[] = {
    {"User-Data", "UD", 306, application::sh,
     "<Session-Id> [DRMP] {Vendor-Specific-Application-Id} {Auth-Session-State} {Origin-Host} {Origin-Realm} "
     "[Destination-Host] {Destination-Realm} *[Supported-Features] {User-Identity} [Wildcarded-Public-Identity] "
     "[Wildcarded-IMPU] [Server-Name] *[Service-Indication] 1*{Data-Reference} *[Identity-Set] [Requested-Domain] "
     "[Current-Location] *[DSAI-Tag] [Session-Priority] [User-Name] [Requested-Nodes] [Serving-Node-Indication] "
     "[Pre-paging-Supported] [Local-Time-Zone-Indication] [UDR-Flags] [Call-Reference-Info] [OC-Supported-Features] "
     "*[AVP] *[Proxy-Info] *[Route-Record]",
     "<Session-Id> [DRMP] {Vendor-Specific-Application-Id} [Result-Code] [Experimental-Result] {Auth-Session-State} "
     "{Origin-Host} {Origin-Realm} *[Supported-Features] [Wildcarded-Public-Identity] [Wildcarded-IMPU] "
     "[Sh-User-Data] [OC-Supported-Features] [OC-OLR] *[Load] *[AVP] [Failed-AVP] *[Proxy-Info] *[Route-Record]"},
    {"Profile-Update", "PU", 307, application::sh,
     "<Session-Id> [DRMP] {Vendor-Specific-Application-Id} {Auth-Session-State} {Origin-Host} {Origin-Realm} "
     "[Destination-Host] {Destination-Realm} *[Supported-Features] {User-Identity} [Wildcarded-Public-Identity] "
     "[Wildcarded-IMPU] [User-Name] 1*{Data-Reference} {Sh-User-Data} [OC-Supported-Features] *[AVP] *[Proxy-Info] "
     "*[Route-Record]",
     "<Session-Id> [DRMP] {Vendor-Specific-Application-Id} [Result-Code] [Experimental-Result] {Auth-Session-State} "
     "{Origin-Host} {Origin-Realm} [Wildcarded-Public-Identity] [Wildcarded-IMPU] [Repository-Data-ID] "
     "[Data-Reference] *[Supported-Features] [OC-Supported-Features] [OC-OLR] *[Load] *[AVP] [Failed-AVP] "
     "*[Proxy-Info] *[Route-Record]"},
    {"Subscribe-Notifications", "SN", 308, application::sh,
     "<Session-Id> [DRMP] {Vendor-Specific-Application-Id} {Auth-Session-State} {Origin-Host} {Origin-Realm} "
     "[Destination-Host] {Destination-Realm} *[Supported-Features] {User-Identity} [Wildcarded-Public-Identity] "
     "[Wildcarded-IMPU] *[Service-Indication] [Send-Data-Indication] [Server-Name] {Subs-Req-Type} "
     "1*{Data-Reference} *[Identity-Set] [Expiry-Time] *[DSAI-Tag] [One-Time-Notification] [User-Name] "
     "[OC-Supported-Features] *[AVP] *[Proxy-Info] *[Route-Record]",
     "<Session-Id> [DRMP] {Vendor-Specific-Application-Id} {Auth-Session-State} [Result-Code] [Experimental-Result] "
     "{Origin-Host} {Origin-Realm} [Wildcarded-Public-Identity] [Wildcarded-IMPU] *[Supported-Features] "
     "[Sh-User-Data] [Expiry-Time] [OC-Supported-Features] [OC-OLR] *[Load] *[AVP] [Failed-AVP] *[Proxy-Info] "
     "*[Route-Record]"},
    {"Push-Notification", "PN", 309, application::sh,
     "<Session-Id> [DRMP] {Vendor-Specific-Application-Id} {Auth-Session-State} {Origin-Host} {Origin-Realm} "
     "{Destination-Host} {Destination-Realm} *[Supported-Features] {User-Identity} [Wildcarded-Public-Identity] "
     "[Wildcarded-IMPU] [User-Name] {Sh-User-Data} *[AVP] *[Proxy-Info] *[Route-Record]",
     "<Session-Id> [DRMP] {Vendor-Specific-Application-Id} [Result-Code] [Experimental-Result] {Auth-Session-State} "
     "{Origin-Host} {Origin-Realm} *[Supported-Features] *[AVP] [Failed-AVP] *[Proxy-Info] *[Route-Record]"},
};

} // namespace troupe::diameter::table
