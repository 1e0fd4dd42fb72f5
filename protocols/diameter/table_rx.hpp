// Rx, between P-CSCF and PCRF: TS 29.214 clauses 5.3 and 5.6.
#pragma once

#include "protocols/diameter/definition.hpp"

namespace troupe::diameter::table {

inline constexpr avp_definition rx_avps[] = {
    {"Abort-Cause", 500, tgpp, avp_type::enumerated, m_bit::must},
    {"Access-Network-Charging-Address", 501, tgpp, avp_type::address, m_bit::must},
    {"Access-Network-Charging-Identifier", 502, tgpp, avp_type::grouped, m_bit::must},
    {"Access-Network-Charging-Identifier-Value", 503, tgpp, avp_type::octet_string, m_bit::must},
    {"AF-Application-Identifier", 504, tgpp, avp_type::octet_string, m_bit::must},
    {"AF-Charging-Identifier", 505, tgpp, avp_type::octet_string, m_bit::must},
    {"Flow-Description", 507, tgpp, avp_type::ip_filter_rule, m_bit::must},
    {"Flow-Number", 509, tgpp, avp_type::unsigned32, m_bit::must},
    {"Flows", 510, tgpp, avp_type::grouped, m_bit::must},
    {"Flow-Status", 511, tgpp, avp_type::enumerated, m_bit::must},
    {"Flow-Usage", 512, tgpp, avp_type::enumerated, m_bit::must},
    {"Specific-Action", 513, tgpp, avp_type::enumerated, m_bit::must},
    {"Max-Requested-Bandwidth-DL", 515, tgpp, avp_type::unsigned32, m_bit::must},
    {"Max-Requested-Bandwidth-UL", 516, tgpp, avp_type::unsigned32, m_bit::must},
    {"Media-Component-Description", 517, tgpp, avp_type::grouped, m_bit::must},
    {"Media-Component-Number", 518, tgpp, avp_type::unsigned32, m_bit::must},
    {"Media-Sub-Component", 519, tgpp, avp_type::grouped, m_bit::must},
    {"Media-Type", 520, tgpp, avp_type::enumerated, m_bit::must},
    {"RR-Bandwidth", 521, tgpp, avp_type::unsigned32, m_bit::must},
    {"RS-Bandwidth", 522, tgpp, avp_type::unsigned32, m_bit::must},
    {"SIP-Forking-Indication", 523, tgpp, avp_type::enumerated, m_bit::must},
    {"Codec-Data", 524, tgpp, avp_type::octet_string, m_bit::must},
    {"Service-URN", 525, tgpp, avp_type::octet_string, m_bit::must},
    {"Acceptable-Service-Info", 526, tgpp, avp_type::grouped, m_bit::must},
    {"Service-Info-Status", 527, tgpp, avp_type::enumerated, m_bit::must},
    {"MPS-Identifier", 528, tgpp, avp_type::octet_string, m_bit::must_not},
    {"AF-Signalling-Protocol", 529, tgpp, avp_type::enumerated, m_bit::must_not},
    {"Sponsored-Connectivity-Data", 530, tgpp, avp_type::grouped, m_bit::must_not},
    {"Sponsor-Identity", 531, tgpp, avp_type::utf8_string, m_bit::must_not},
    {"Application-Service-Provider-Identity", 532, tgpp, avp_type::utf8_string, m_bit::must_not},
    {"Rx-Request-Type", 533, tgpp, avp_type::enumerated, m_bit::must_not},
    {"Min-Requested-Bandwidth-DL", 534, tgpp, avp_type::unsigned32, m_bit::must_not},
    {"Min-Requested-Bandwidth-UL", 535, tgpp, avp_type::unsigned32, m_bit::must_not},
    {"Required-Access-Info", 536, tgpp, avp_type::enumerated, m_bit::must_not},
    {"IP-Domain-Id", 537, tgpp, avp_type::octet_string, m_bit::must_not},
    {"GCS-Identifier", 538, tgpp, avp_type::octet_string, m_bit::must_not},
    {"Sharing-Key-DL", 539, tgpp, avp_type::unsigned32, m_bit::must_not},
    {"Sharing-Key-UL", 540, tgpp, avp_type::unsigned32, m_bit::must_not},
    {"Retry-Interval", 541, tgpp, avp_type::unsigned32, m_bit::must_not},
    {"Sponsoring-Action", 542, tgpp, avp_type::enumerated, m_bit::must_not},
    {"Max-Supported-Bandwidth-DL", 543, tgpp, avp_type::unsigned32, m_bit::must_not},
    {"Max-Supported-Bandwidth-UL", 544, tgpp, avp_type::unsigned32, m_bit::must_not},
    {"Min-Desired-Bandwidth-DL", 545, tgpp, avp_type::unsigned32, m_bit::must_not},
    {"Min-Desired-Bandwidth-UL", 546, tgpp, avp_type::unsigned32, m_bit::must_not},
    {"MCPTT-Identifier", 547, tgpp, avp_type::octet_string, m_bit::must_not},
    {"Service-Authorization-Info", 548, tgpp, avp_type::unsigned32, m_bit::must_not},
    {"Media-Component-Status", 549, tgpp, avp_type::unsigned32, m_bit::must_not},
    {"Priority-Sharing-Indicator", 550, tgpp, avp_type::enumerated, m_bit::must_not},
    {"AF-Requested-Data", 551, tgpp, avp_type::unsigned32, m_bit::must_not},
    {"Content-Version", 552, tgpp, avp_type::unsigned64, m_bit::must_not},
    {"Pre-emption-Control-Info", 553, tgpp, avp_type::unsigned32, m_bit::must_not},
    {"Extended-Max-Requested-BW-DL", 554, tgpp, avp_type::unsigned32, m_bit::must_not},
    {"Extended-Max-Requested-BW-UL", 555, tgpp, avp_type::unsigned32, m_bit::must_not},
    {"Extended-Max-Supported-BW-DL", 556, tgpp, avp_type::unsigned32, m_bit::must_not},
    {"Extended-Max-Supported-BW-UL", 557, tgpp, avp_type::unsigned32, m_bit::must_not},
    {"Extended-Min-Desired-BW-DL", 558, tgpp, avp_type::unsigned32, m_bit::must_not},
    {"Extended-Min-Desired-BW-UL", 559, tgpp, avp_type::unsigned32, m_bit::must_not},
    {"Extended-Min-Requested-BW-DL", 560, tgpp, avp_type::unsigned32, m_bit::must_not},
    {"Extended-Min-Requested-BW-UL", 561, tgpp, avp_type::unsigned32, m_bit::must_not},
    {"MCVideo-Identifier", 562, tgpp, avp_type::octet_string, m_bit::must_not},
    {"IMS-Content-Identifier", 563, tgpp, avp_type::octet_string, m_bit::may},
    {"IMS-Content-Type", 564, tgpp, avp_type::enumerated, m_bit::may},
    {"Callee-Information", 565, tgpp, avp_type::grouped, m_bit::must_not},
    {"FLUS-Identifier", 566, tgpp, avp_type::octet_string, m_bit::must_not},
    {"Desired-Max-Latency", 567, tgpp, avp_type::float32, m_bit::must_not},
    {"Desired-Max-Loss", 568, tgpp, avp_type::float32, m_bit::must_not},
    {"NID", 569, tgpp, avp_type::octet_string, m_bit::must_not},
    {"MA-Information", 570, tgpp, avp_type::grouped, m_bit::must_not},
    {"MA-Information-Action", 571, tgpp, avp_type::unsigned32, m_bit::must_not},
    {"5GS-RAN-NAS-Release-Cause", 572, tgpp, avp_type::grouped, m_bit::must_not},
    {"5GMM-Cause", 573, tgpp, avp_type::unsigned32, m_bit::must_not},
    {"5GSM-Cause", 574, tgpp, avp_type::unsigned32, m_bit::must_not},
    {"NGAP-Cause", 575, tgpp, avp_type::grouped, m_bit::must_not},
    {"NGAP-Group", 576, tgpp, avp_type::unsigned32, m_bit::must_not},
    {"NGAP-Value", 577, tgpp, avp_type::unsigned32, m_bit::must_not},
    {"Wireline-User-Location-Info", 578, tgpp, avp_type::grouped, m_bit::must_not},
    {"HFC-Node-Identifier", 579, tgpp, avp_type::octet_string, m_bit::must_not},
    {"GLI-Identifier", 580, tgpp, avp_type::octet_string, m_bit::must_not},
    {"Line-Type", 581, tgpp, avp_type::unsigned32, m_bit::must_not},
    {"MPS-Action", 582, tgpp, avp_type::enumerated, m_bit::must_not},
    {"Serving-Satellite-Identity", 583, tgpp, avp_type::octet_string, m_bit::must_not},
    {"PC-Session-Recovery-Status", 584, tgpp, avp_type::enumerated, m_bit::must_not},
    {"UHRR-Capability", 585, tgpp, avp_type::enumerated, m_bit::must_not},
    {"UHRR-Enable-Indication", 586, tgpp, avp_type::enumerated, m_bit::must_not},
};

inline constexpr group_definition rx_groups[] = {
    {"Media-Component-Description",
     "{Media-Component-Number} *[Media-Sub-Component] [AF-Application-Identifier] [FLUS-Identifier] [Media-Type] "
     "[Max-Requested-Bandwidth-UL] [Max-Requested-Bandwidth-DL] [Max-Supported-Bandwidth-UL] "
     "[Max-Supported-Bandwidth-DL] [Min-Desired-Bandwidth-UL] [Min-Desired-Bandwidth-DL] "
     "[Min-Requested-Bandwidth-UL] [Min-Requested-Bandwidth-DL] [Extended-Max-Requested-BW-UL] "
     "[Extended-Max-Requested-BW-DL] [Extended-Max-Supported-BW-UL] [Extended-Max-Supported-BW-DL] "
     "[Extended-Min-Desired-BW-UL] [Extended-Min-Desired-BW-DL] [Extended-Min-Requested-BW-UL] "
     "[Extended-Min-Requested-BW-DL] [Flow-Status] [Priority-Sharing-Indicator] [Pre-emption-Capability] "
     "[Pre-emption-Vulnerability] [Reservation-Priority] [RS-Bandwidth] [RR-Bandwidth] 0*2[Codec-Data] "
     "[Sharing-Key-DL] [Sharing-Key-UL] [Content-Version] [Max-PLR-DL] [Max-PLR-UL] [Desired-Max-Latency] "
     "[Desired-Max-Loss] [UHRR-Enable-Indication] *[AVP]"},
    {"Media-Sub-Component",
     "{Flow-Number} 0*2[Flow-Description] [Flow-Status] [Flow-Usage] [Max-Requested-Bandwidth-UL] "
     "[Max-Requested-Bandwidth-DL] [Extended-Max-Requested-BW-UL] [Extended-Max-Requested-BW-DL] "
     "[AF-Signalling-Protocol] [ToS-Traffic-Class] *[AVP]"},
    {"Acceptable-Service-Info",
     "*[Media-Component-Description] [Max-Requested-Bandwidth-DL] [Max-Requested-Bandwidth-UL] "
     "[Extended-Max-Requested-BW-DL] [Extended-Max-Requested-BW-UL] *[AVP]"},
    {"Access-Network-Charging-Identifier", "{Access-Network-Charging-Identifier-Value} *[Flows]"},
    {"Flows", "{Media-Component-Number} *[Flow-Number] *[Content-Version] [Final-Unit-Action] [Media-Component-Status] "
              "*[AVP]"},
    {"Sponsored-Connectivity-Data",
     "[Sponsor-Identity] [Application-Service-Provider-Identity] [Granted-Service-Unit] [Used-Service-Unit] "
     "[Sponsoring-Action] *[AVP]"},
    {"Callee-Information", "[Called-Party-Address] *[Requested-Party-Address] *[Called-Asserted-Identity] *[AVP]"},
    {"MA-Information", "[IP-CAN-Type] [RAT-Type] [MA-Information-Action] *[AVP]"},
    {"5GS-RAN-NAS-Release-Cause", "[5GMM-Cause] [5GSM-Cause] [NGAP-Cause] *[AVP]"},
    {"NGAP-Cause", "{NGAP-Group} {NGAP-Value}"},
    {"Wireline-User-Location-Info", "[HFC-Node-Identifier] [GLI-Identifier] [Line-Type] *[AVP]"},
};

inline constexpr command_definition rx_commands[] = {
    {"AA", "AA", 265, application::rx,
     "<Session-Id> [DRMP] {Auth-Application-Id} {Origin-Host} {Origin-Realm} {Destination-Realm} [Destination-Host] "
     "[IP-Domain-Id] [Auth-Session-State] [AF-Application-Identifier] *[Media-Component-Description] "
     "[Service-Info-Status] [AF-Charging-Identifier] [SIP-Forking-Indication] *[Specific-Action] *[Subscription-Id] "
     "[OC-Supported-Features] *[Supported-Features] [Reservation-Priority] [Framed-IP-Address] [Framed-IPv6-Prefix] "
     "[Called-Station-Id] [Service-URN] [Sponsored-Connectivity-Data] [MPS-Identifier] [GCS-Identifier] "
     "[MCPTT-Identifier] [MCVideo-Identifier] [IMS-Content-Identifier] [IMS-Content-Type] *[Calling-Party-Address] "
     "[Callee-Information] [Rx-Request-Type] *[Required-Access-Info] [AF-Requested-Data] [Reference-Id] "
     "[Pre-emption-Control-Info] [MPS-Action] [Origin-State-Id] *[Proxy-Info] *[Route-Record] *[AVP]",
     "<Session-Id> [DRMP] {Auth-Application-Id} {Origin-Host} {Origin-Realm} [Result-Code] [Experimental-Result] "
     "[Auth-Session-State] *[Access-Network-Charging-Identifier] [Access-Network-Charging-Address] "
     "[Acceptable-Service-Info] 0*2[AN-GW-Address] [AN-Trusted] [Service-Authorization-Info] [IP-CAN-Type] "
     "[MA-Information] [NetLoc-Access-Support] [RAT-Type] *[Flows] [OC-Supported-Features] [OC-OLR] "
     "*[Supported-Features] *[Subscription-Id] [User-Equipment-Info] [User-Equipment-Info-Extension] "
     "[3GPP-SGSN-MCC-MNC] [NID] *[Class] [Error-Message] [Error-Reporting-Host] [Failed-AVP] [Retry-Interval] "
     "[Origin-State-Id] *[Redirect-Host] [Redirect-Host-Usage] [Redirect-Max-Cache-Time] *[Proxy-Info] *[Load] "
     "[UHRR-Capability] *[AVP]"},
    {"Re-Auth", "RA", 258, application::rx,
     "<Session-Id> [DRMP] {Origin-Host} {Origin-Realm} {Destination-Realm} {Destination-Host} {Auth-Application-Id} "
     "1*{Specific-Action} [OC-Supported-Features] *[Access-Network-Charging-Identifier] "
     "[Access-Network-Charging-Address] 0*2[AN-GW-Address] [AN-Trusted] *[Flows] *[Subscription-Id] [Abort-Cause] "
     "[IP-CAN-Type] [MA-Information] [NetLoc-Access-Support] [RAT-Type] [Sponsored-Connectivity-Data] "
     "[3GPP-User-Location-Info] [User-Location-Info-Time] [3GPP-MS-TimeZone] [Serving-Satellite-Identity] "
     "*[RAN-NAS-Release-Cause] *[5GS-RAN-NAS-Release-Cause] [3GPP-SGSN-MCC-MNC] [NID] [TWAN-Identifier] "
     "[TCP-Source-Port] [UDP-Source-Port] [UE-Local-IP-Address] [Wireline-User-Location-Info] "
     "[PC-Session-Recovery-Status] [Origin-State-Id] *[Class] *[Proxy-Info] *[Route-Record] [UHRR-Capability] "
     "*[AVP]",
     "<Session-Id> [DRMP] {Origin-Host} {Origin-Realm} [Result-Code] [Experimental-Result] [OC-Supported-Features] "
     "[OC-OLR] *[Media-Component-Description] [Service-URN] [Origin-State-Id] *[Class] [Error-Message] "
     "[Error-Reporting-Host] *[Redirect-Host] [Redirect-Host-Usage] [Redirect-Max-Cache-Time] [Failed-AVP] "
     "*[Proxy-Info] *[AVP]"},
    {"Session-Termination", "ST", 275, application::rx,
     "<Session-Id> [DRMP] {Origin-Host} {Origin-Realm} {Destination-Realm} {Auth-Application-Id} "
     "{Termination-Cause} [Destination-Host] [OC-Supported-Features] *[Required-Access-Info] *[Class] "
     "[Origin-State-Id] *[Proxy-Info] *[Route-Record] *[AVP]",
     "<Session-Id> [DRMP] {Origin-Host} {Origin-Realm} [Result-Code] [Error-Message] [Error-Reporting-Host] "
     "[OC-Supported-Features] [OC-OLR] [Failed-AVP] [Sponsored-Connectivity-Data] [Origin-State-Id] "
     "[3GPP-User-Location-Info] [User-Location-Info-Time] [3GPP-MS-TimeZone] [Serving-Satellite-Identity] "
     "*[RAN-NAS-Release-Cause] *[5GS-RAN-NAS-Release-Cause] [3GPP-SGSN-MCC-MNC] [NID] [TWAN-Identifier] "
     "[TCP-Source-Port] [UDP-Source-Port] [UE-Local-IP-Address] [NetLoc-Access-Support] "
     "[Wireline-User-Location-Info] *[Class] *[Redirect-Host] [Redirect-Host-Usage] [Redirect-Max-Cache-Time] "
     "*[Proxy-Info] *[Load] *[AVP]"},
    {"Abort-Session", "AS", 274, application::rx,
     "<Session-Id> [DRMP] {Origin-Host} {Origin-Realm} {Destination-Realm} {Destination-Host} {Auth-Application-Id} "
     "[OC-Supported-Features] {Abort-Cause} [Origin-State-Id] *[Proxy-Info] *[Route-Record] *[AVP]",
     "<Session-Id> [DRMP] {Origin-Host} {Origin-Realm} [Result-Code] [OC-Supported-Features] [OC-OLR] "
     "[Origin-State-Id] [Error-Message] [Error-Reporting-Host] [Failed-AVP] *[Redirect-Host] [Redirect-Host-Usage] "
     "[Redirect-Max-Cache-Time] *[Proxy-Info] *[AVP]"},
};

} // namespace troupe::diameter::table
