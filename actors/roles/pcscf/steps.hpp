// The P-CSCF's procedures, a file each.
#pragma once

#include "actors/contracts/role.hpp"
#include "actors/roles/pcscf/pcscf.hpp"
#include "protocols/ims/access_snapshot.hpp"

namespace troupe::roles::pcscf {

/// Clause 5.2.2.
decision register_request(const options& o, sip::message& request, const context& ctx, hop& own);
decision register_response(sip::message& response, const sip::message& request, const context& ctx, const hop& own);

/// Clause 5.2.6.3: what the UE sends, and what answers it.
decision request_from_ue(const options& o, sip::message& request, const context& ctx, hop& own);
decision response_to_ue(sip::message& response);

/// Clause 5.2.6.4: what is sent to the UE, and its answers.
decision request_to_ue(const options& o, sip::message& request, const context& ctx, hop& own);
decision response_from_ue(const options& o, sip::message& response, const sip::message& request, const context& ctx,
                          const hop& own);

/// Clause 5.2.10: an emergency call, by service URN or by number.
bool is_emergency(const options& o, std::string_view request_uri);
/// 380 with the alternative service "emergency": no E-CSCF here, so the UE is to try another domain (clause 5.2.10.4).
decision refer_to_another_domain(const sip::message& request, const context& ctx, const ims::access_snapshot* binding);

/// Takes away what a UE may not say, and says what the network knows of the access (clauses 4.4, 5.2.6.3.3).
void vouch_for_access(const options& o, sip::message& m);

} // namespace troupe::roles::pcscf
