// P-Access-Network-Info and P-Visited-Network-ID: RFC 7315 clauses 4.3, 4.4, 5.3 and 5.4; TS 24.229 clauses 5.2.2.1,
// 5.2.6.3 and 7.2A.4.
#pragma once

#include <string>
#include <string_view>

#include "protocols/sip/message.hpp"

namespace troupe::ims {

/// One value with "network-provided". The UE's values say where it thinks it is; only a network's own may be billed by.
bool is_network_provided(std::string_view access_network_info);

/// Removes every value that pretends to be network-provided and keeps the UE's others: what a P-CSCF does to a
/// message from the access side (TS 24.229 clause 5.2.6.3: "remove if network-provided"). Answers how many went.
std::size_t strip_network_provided(sip::message& m);

/// Adds "ACCESS;network-provided[;parameters]". `text` is the configured value without the marker.
void add_network_provided(sip::message& m, std::string_view text);

/// Removes P-Access-Network-Info for whom it is none of their business: UEs, and networks outside of the trust domain
/// (RFC 7315 clause 5.4).
void remove_access_network_info(sip::message& m);

/// "\"Visited network\"" or a token, as the grammar wants it: vnetwork-spec = (token / quoted-string).
std::string to_p_visited_network_id(std::string_view network);
/// The first value without quotes and parameters; empty when there is none.
std::string read_p_visited_network_id(const sip::message& m);

} // namespace troupe::ims
