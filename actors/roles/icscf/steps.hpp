// The I-CSCF's two procedures: registration (TS 24.229 clause 5.3.1), and initial requests (clause 5.3.2).
#pragma once

#include "actors/contracts/role.hpp"
#include "actors/roles/icscf/icscf.hpp"
#include "actors/roles/icscf/selection.hpp"

namespace troupe::roles::icscf {

decision register_request(const options& o, sip::message& request, const context& ctx, hop& own);
decision register_response(const options& o, const sip::message& response, const sip::message& request,
                           const context& ctx, hop& own);

decision initial_request(const options& o, sip::message& request, const context& ctx, hop& own);
decision initial_response(const options& o, const sip::message& response, const sip::message& request,
                          const context& ctx, hop& own);

} // namespace troupe::roles::icscf
