// The S-CSCF's procedures, a file each.
#pragma once

#include "actors/contracts/role.hpp"
#include "actors/roles/scscf/note.hpp"
#include "actors/roles/scscf/scscf.hpp"
#include "actors/roles/scscf/session.hpp"

namespace troupe::roles::scscf {

/// Clause 5.4.1: the registrar decides, we say by which way the user is to come.
decision register_request(const options& o, const sip::message& request, const context& ctx);
bool is_reg_event(const sip::message& request);
/// Clause 5.4.2.1.1.
decision subscribe_request(const sip::message& request, const context& ctx);

/// Clauses 5.4.3.2 and 5.4.3.3, up to the services.
decision initial_request(const options& o, sip::message& request, const context& ctx, hop& own);

/// An initial request on its way through the profile of who is served.
struct passage {
  const options& o;
  const context& ctx;
  hop& own;
  session who;
  note remembered;
  const ims::profile_snapshot& profile;
  ims::profile_snapshot::hit served;
};

/// The next application server, or where the request goes when there is none left.
decision run_services(passage& p, sip::message& request);
/// The last step of each side.
decision leave_network(passage& p, sip::message& request);  ///< originating: clause 5.4.3.2 steps 8 to 17
decision reach_contacts(passage& p, sip::message& request); ///< terminating: clause 5.4.3.3 steps 7 to 13

/// Clause 5.4.3.2, "default handling": the AS did not answer, or with 408 or 5xx.
bool is_server_failure(const note& n, int status) noexcept;
decision continue_without_server(const options& o, const sip::message& request, const context& ctx, hop& own, note n);
/// RFC 5626 clause 5.3: another flow of the same instance, else 480.
decision try_other_flow(const options& o, const sip::message& request, const context& ctx, hop& own, note n);

decision response_back(const options& o, sip::message& response, const sip::message& request, const note& n);
decision request_in_dialog(const options& o, sip::message& request, const hop& own);

/// Writes P-Charging-Vector with this note's ICID and our IOI of this type.
void write_charging(const options& o, sip::message& request, const note& n, ims::ioi_type type);
bool is_trusted(const options& o, std::string_view domain);

} // namespace troupe::roles::scscf
