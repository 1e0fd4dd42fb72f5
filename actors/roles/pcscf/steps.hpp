// The P-CSCF's procedures, a file each.
#pragma once

#include <optional>

#include "actors/contracts/role.hpp"
#include "actors/roles/pcscf/pcscf.hpp"
#include "protocols/ims/access_snapshot.hpp"

namespace troupe::roles::pcscf {

/// Clause 5.2.2.
decision register_request(const options& o, sip::message& request, const context& ctx, hop& own);
decision register_response(sip::message& response, const sip::message& request, const context& ctx, const hop& own);

/// Security-Client has a mechanism that we have (RFC 3329).
bool offers_tls(const sip::message& request);
/// 494 where the UE insists on an agreement that there is not, or repeats another offer than ours; 420 where we have no
/// mechanism at all. Nothing if the request may go on.
std::optional<decision> refuse_agreement(const options& o, const sip::message& request, const context& ctx);
/// It is between UE and P-CSCF alone.
void end_agreement(sip::message& request);
void offer_agreement(sip::message& challenge);

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
