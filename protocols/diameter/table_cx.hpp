// Cx and Dx, between CSCF and HSS or SLF: TS 29.229 clauses 6.1 and 6.3.
#pragma once

#include "protocols/diameter/definition.hpp"

namespace troupe::diameter::table {

inline constexpr avp_definition cx_avps[] = {
    {"Visited-Network-Identifier", 600, tgpp, avp_type::octet_string, m_bit::must},
    {"Public-Identity", 601, tgpp, avp_type::utf8_string, m_bit::must},
    {"Server-Name", 602, tgpp, avp_type::utf8_string, m_bit::must},
    {"Server-Capabilities", 603, tgpp, avp_type::grouped, m_bit::must},
    {"Mandatory-Capability", 604, tgpp, avp_type::unsigned32, m_bit::must},
    {"Optional-Capability", 605, tgpp, avp_type::unsigned32, m_bit::must},
    {"User-Data", 606, tgpp, avp_type::octet_string, m_bit::must},
    {"SIP-Number-Auth-Items", 607, tgpp, avp_type::unsigned32, m_bit::must},
    {"SIP-Authentication-Scheme", 608, tgpp, avp_type::utf8_string, m_bit::must},
    {"SIP-Authenticate", 609, tgpp, avp_type::octet_string, m_bit::must},
    {"SIP-Authorization", 610, tgpp, avp_type::octet_string, m_bit::must},
    {"SIP-Authentication-Context", 611, tgpp, avp_type::octet_string, m_bit::must},
    {"SIP-Auth-Data-Item", 612, tgpp, avp_type::grouped, m_bit::must},
    {"SIP-Item-Number", 613, tgpp, avp_type::unsigned32, m_bit::must},
    {"Server-Assignment-Type", 614, tgpp, avp_type::enumerated, m_bit::must},
    {"Deregistration-Reason", 615, tgpp, avp_type::grouped, m_bit::must},
    {"Reason-Code", 616, tgpp, avp_type::enumerated, m_bit::must},
    {"Reason-Info", 617, tgpp, avp_type::utf8_string, m_bit::must},
    {"Charging-Information", 618, tgpp, avp_type::grouped, m_bit::must},
    {"Primary-Event-Charging-Function-Name", 619, tgpp, avp_type::uri, m_bit::must},
    {"Secondary-Event-Charging-Function-Name", 620, tgpp, avp_type::uri, m_bit::must},
    {"Primary-Charging-Collection-Function-Name", 621, tgpp, avp_type::uri, m_bit::must},
    {"Secondary-Charging-Collection-Function-Name", 622, tgpp, avp_type::uri, m_bit::must},
    {"User-Authorization-Type", 623, tgpp, avp_type::enumerated, m_bit::must},
    {"User-Data-Already-Available", 624, tgpp, avp_type::enumerated, m_bit::must},
    {"Confidentiality-Key", 625, tgpp, avp_type::octet_string, m_bit::must},
    {"Integrity-Key", 626, tgpp, avp_type::octet_string, m_bit::must},
    {"Supported-Features", 628, tgpp, avp_type::grouped, m_bit::may},
    {"Feature-List-ID", 629, tgpp, avp_type::unsigned32, m_bit::must_not},
    {"Feature-List", 630, tgpp, avp_type::unsigned32, m_bit::must_not},
    {"Supported-Applications", 631, tgpp, avp_type::grouped, m_bit::must_not},
    {"Associated-Identities", 632, tgpp, avp_type::grouped, m_bit::must_not},
    {"Originating-Request", 633, tgpp, avp_type::enumerated, m_bit::must},
    {"Wildcarded-Public-Identity", 634, tgpp, avp_type::utf8_string, m_bit::must_not},
    {"SIP-Digest-Authenticate", 635, tgpp, avp_type::grouped, m_bit::must_not},
    {"Wildcarded-IMPU", 636, tgpp, avp_type::utf8_string, m_bit::must_not},
    {"UAR-Flags", 637, tgpp, avp_type::unsigned32, m_bit::must_not},
    {"Loose-Route-Indication", 638, tgpp, avp_type::enumerated, m_bit::must_not},
    {"SCSCF-Restoration-Info", 639, tgpp, avp_type::grouped, m_bit::must_not},
    {"Path", 640, tgpp, avp_type::octet_string, m_bit::must_not},
    {"Contact", 641, tgpp, avp_type::octet_string, m_bit::must_not},
    {"Subscription-Info", 642, tgpp, avp_type::grouped, m_bit::must_not},
    {"Call-ID-SIP-Header", 643, tgpp, avp_type::octet_string, m_bit::must_not},
    {"From-SIP-Header", 644, tgpp, avp_type::octet_string, m_bit::must_not},
    {"To-SIP-Header", 645, tgpp, avp_type::octet_string, m_bit::must_not},
    {"Record-Route", 646, tgpp, avp_type::octet_string, m_bit::must_not},
    {"Associated-Registered-Identities", 647, tgpp, avp_type::grouped, m_bit::must_not},
    {"Multiple-Registration-Indication", 648, tgpp, avp_type::enumerated, m_bit::must_not},
    {"Restoration-Info", 649, tgpp, avp_type::grouped, m_bit::must_not},
    {"Session-Priority", 650, tgpp, avp_type::enumerated, m_bit::must_not},
    {"Identity-with-Emergency-Registration", 651, tgpp, avp_type::grouped, m_bit::must_not},
    {"Priviledged-Sender-Indication", 652, tgpp, avp_type::enumerated, m_bit::must_not},
    {"LIA-Flags", 653, tgpp, avp_type::unsigned32, m_bit::must_not},
    {"Initial-CSeq-Sequence-Number", 654, tgpp, avp_type::unsigned32, m_bit::must_not},
    {"SAR-Flags", 655, tgpp, avp_type::unsigned32, m_bit::must_not},
    {"Allowed-WAF-WWSF-Identities", 656, tgpp, avp_type::grouped, m_bit::must_not},
    {"WebRTC-Authentication-Function-Name", 657, tgpp, avp_type::utf8_string, m_bit::must_not},
    {"WebRTC-Web-Server-Function-Name", 658, tgpp, avp_type::utf8_string, m_bit::must_not},
    {"RTR-Flags", 659, tgpp, avp_type::unsigned32, m_bit::must_not},
    {"P-CSCF-Subscription-Info", 660, tgpp, avp_type::grouped, m_bit::must_not},
    {"Registration-Time-Out", 661, tgpp, avp_type::time, m_bit::must_not},
    {"Alternate-Digest-Algorithm", 662, tgpp, avp_type::utf8_string, m_bit::must_not},
    {"Alternate-Digest-HA1", 663, tgpp, avp_type::utf8_string, m_bit::must_not},
    {"Failed-PCSCF", 664, tgpp, avp_type::grouped, m_bit::must_not},
    {"PCSCF-FQDN", 665, tgpp, avp_type::identity, m_bit::must_not},
    {"PCSCF-IP-Address", 666, tgpp, avp_type::address, m_bit::must_not},
    {"OC-Reg-Timer-Ext", 667, tgpp, avp_type::unsigned32, m_bit::must_not},
};

inline constexpr group_definition cx_groups[] = {
    {"Server-Capabilities", "*[Mandatory-Capability] *[Optional-Capability] *[Server-Name] *[AVP]"},
    {"SIP-Auth-Data-Item",
     "[SIP-Item-Number] [SIP-Authentication-Scheme] [SIP-Authenticate] [SIP-Authorization] "
     "[SIP-Authentication-Context] [Confidentiality-Key] [Integrity-Key] [SIP-Digest-Authenticate] "
     "[Framed-IP-Address] [Framed-IPv6-Prefix] [Framed-Interface-Id] *[Line-Identifier] *[AVP]"},
    {"Deregistration-Reason", "{Reason-Code} [Reason-Info] *[AVP]"},
    {"Charging-Information",
     "[Primary-Event-Charging-Function-Name] [Secondary-Event-Charging-Function-Name] "
     "[Primary-Charging-Collection-Function-Name] [Secondary-Charging-Collection-Function-Name] *[AVP]"},
    {"Supported-Features", "{Vendor-Id} {Feature-List-ID} {Feature-List} *[AVP]"},
    {"Supported-Applications",
     "*[Auth-Application-Id] *[Acct-Application-Id] *[Vendor-Specific-Application-Id] *[AVP]"},
    {"Associated-Identities", "*[User-Name] *[AVP]"},
    {"SIP-Digest-Authenticate",
     "{Digest-Realm} [Digest-Algorithm] {Digest-Qop} {Digest-HA1} [Alternate-Digest-Algorithm] "
     "[Alternate-Digest-HA1] *[AVP]"},
    {"SCSCF-Restoration-Info",
     "{User-Name} 1*{Restoration-Info} [Registration-Time-Out] [SIP-Authentication-Scheme] *[AVP]"},
    {"Subscription-Info", "{Call-ID-SIP-Header} {From-SIP-Header} {To-SIP-Header} {Record-Route} {Contact} *[AVP]"},
    {"Associated-Registered-Identities", "*[User-Name] *[AVP]"},
    {"Restoration-Info", "{Path} {Contact} [Initial-CSeq-Sequence-Number] [Call-ID-SIP-Header] [Subscription-Info] "
                         "[P-CSCF-Subscription-Info] *[AVP]"},
    {"Identity-with-Emergency-Registration", "{User-Name} {Public-Identity} *[AVP]"},
    {"Allowed-WAF-WWSF-Identities", "*[WebRTC-Authentication-Function-Name] *[WebRTC-Web-Server-Function-Name] *[AVP]"},
    {"P-CSCF-Subscription-Info", "{Call-ID-SIP-Header} {From-SIP-Header} {To-SIP-Header} {Contact} *[AVP]"},
    {"Failed-PCSCF", "[PCSCF-FQDN] *[PCSCF-IP-Address] *[AVP]"},
};

inline constexpr command_definition cx_commands[] = {
    {"User-Authorization", "UA", 300, application::cx,
     "<Session-Id> [DRMP] {Vendor-Specific-Application-Id} {Auth-Session-State} {Origin-Host} {Origin-Realm} "
     "[Destination-Host] {Destination-Realm} {User-Name} [OC-Supported-Features] *[Supported-Features] "
     "{Public-Identity} {Visited-Network-Identifier} [User-Authorization-Type] [UAR-Flags] *[AVP] *[Proxy-Info] "
     "*[Route-Record]",
     "<Session-Id> [DRMP] {Vendor-Specific-Application-Id} [Result-Code] [Experimental-Result] {Auth-Session-State} "
     "{Origin-Host} {Origin-Realm} [OC-Supported-Features] [OC-OLR] *[Load] *[Supported-Features] [Server-Name] "
     "[Server-Capabilities] *[AVP] [Failed-AVP] *[Proxy-Info] *[Route-Record]"},
    {"Server-Assignment", "SA", 301, application::cx,
     "<Session-Id> [DRMP] {Vendor-Specific-Application-Id} {Auth-Session-State} {Origin-Host} {Origin-Realm} "
     "[Destination-Host] {Destination-Realm} [User-Name] [OC-Supported-Features] *[Supported-Features] "
     "*[Public-Identity] [Wildcarded-Public-Identity] {Server-Name} {Server-Assignment-Type} "
     "{User-Data-Already-Available} [SCSCF-Restoration-Info] [Multiple-Registration-Indication] [Session-Priority] "
     "[SAR-Flags] [Failed-PCSCF] *[AVP] *[Proxy-Info] *[Route-Record]",
     "<Session-Id> [DRMP] {Vendor-Specific-Application-Id} [Result-Code] [Experimental-Result] {Auth-Session-State} "
     "{Origin-Host} {Origin-Realm} [User-Name] [OC-Supported-Features] [OC-OLR] *[Load] *[Supported-Features] "
     "[User-Data] [Charging-Information] [Associated-Identities] [Loose-Route-Indication] *[SCSCF-Restoration-Info] "
     "[Associated-Registered-Identities] [Server-Name] [Wildcarded-Public-Identity] [Priviledged-Sender-Indication] "
     "[Allowed-WAF-WWSF-Identities] *[AVP] [Failed-AVP] *[Proxy-Info] *[Route-Record]"},
    {"Location-Info", "LI", 302, application::cx,
     "<Session-Id> [DRMP] {Vendor-Specific-Application-Id} {Auth-Session-State} {Origin-Host} {Origin-Realm} "
     "[Destination-Host] {Destination-Realm} [Originating-Request] [OC-Supported-Features] *[Supported-Features] "
     "{Public-Identity} [User-Authorization-Type] [Session-Priority] *[AVP] *[Proxy-Info] *[Route-Record]",
     "<Session-Id> [DRMP] {Vendor-Specific-Application-Id} [Result-Code] [Experimental-Result] {Auth-Session-State} "
     "{Origin-Host} {Origin-Realm} [OC-Supported-Features] [OC-OLR] *[Load] *[Supported-Features] [Server-Name] "
     "[Server-Capabilities] [Wildcarded-Public-Identity] [LIA-Flags] *[AVP] [Failed-AVP] *[Proxy-Info] "
     "*[Route-Record]"},
    {"Multimedia-Auth", "MA", 303, application::cx,
     "<Session-Id> [DRMP] {Vendor-Specific-Application-Id} {Auth-Session-State} {Origin-Host} {Origin-Realm} "
     "{Destination-Realm} [Destination-Host] {User-Name} [OC-Supported-Features] *[Supported-Features] "
     "{Public-Identity} {SIP-Auth-Data-Item} {SIP-Number-Auth-Items} {Server-Name} *[AVP] *[Proxy-Info] "
     "*[Route-Record]",
     "<Session-Id> [DRMP] {Vendor-Specific-Application-Id} [Result-Code] [Experimental-Result] {Auth-Session-State} "
     "{Origin-Host} {Origin-Realm} [User-Name] [OC-Supported-Features] [OC-OLR] *[Load] *[Supported-Features] "
     "[Public-Identity] [SIP-Number-Auth-Items] *[SIP-Auth-Data-Item] *[AVP] [Failed-AVP] *[Proxy-Info] "
     "*[Route-Record]"},
    {"Registration-Termination", "RT", 304, application::cx,
     "<Session-Id> [DRMP] {Vendor-Specific-Application-Id} {Auth-Session-State} {Origin-Host} {Origin-Realm} "
     "{Destination-Host} {Destination-Realm} {User-Name} [Associated-Identities] *[Supported-Features] "
     "*[Public-Identity] {Deregistration-Reason} [RTR-Flags] *[AVP] *[Proxy-Info] *[Route-Record]",
     "<Session-Id> [DRMP] {Vendor-Specific-Application-Id} [Result-Code] [Experimental-Result] {Auth-Session-State} "
     "{Origin-Host} {Origin-Realm} [Associated-Identities] *[Supported-Features] "
     "*[Identity-with-Emergency-Registration] *[AVP] [Failed-AVP] *[Proxy-Info] *[Route-Record]"},
    {"Push-Profile", "PP", 305, application::cx,
     "<Session-Id> [DRMP] {Vendor-Specific-Application-Id} {Auth-Session-State} {Origin-Host} {Origin-Realm} "
     "{Destination-Host} {Destination-Realm} {User-Name} *[Supported-Features] [User-Data] [Charging-Information] "
     "[SIP-Auth-Data-Item] [Allowed-WAF-WWSF-Identities] *[AVP] *[Proxy-Info] *[Route-Record]",
     "<Session-Id> [DRMP] {Vendor-Specific-Application-Id} [Result-Code] [Experimental-Result] {Auth-Session-State} "
     "{Origin-Host} {Origin-Realm} *[Supported-Features] *[AVP] [Failed-AVP] *[Proxy-Info] *[Route-Record]"},
};

} // namespace troupe::diameter::table
