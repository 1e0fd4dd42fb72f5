// One pass of an initial request through the S-CSCF: for whom, in which case, from which filter criterion on.
// TS 24.229 clauses 5.4.3.2 and 5.4.3.3; session cases: TS 29.228 clause B.2.3.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "actors/contracts/role.hpp"
#include "actors/roles/scscf/note.hpp"
#include "actors/roles/scscf/scscf.hpp"
#include "protocols/ims/snapshot.hpp"

namespace troupe::roles::scscf {

enum class side_served : std::uint8_t { originating, terminating, diverted };

struct session {
  side_served kind = side_served::terminating;
  std::string served;    ///< canonical
  std::size_t first = 0; ///< criterion to begin with
  origin came_from = origin::network;

  bool originates() const noexcept { return kind != side_served::terminating; }
};

/// Nothing: nobody is served by this request. `request` is not changed.
std::optional<session> read_session(const sip::message& request, const context& ctx);

ims::session_case case_of(const session& s, bool registered) noexcept;

/// Our Route behind an AS: with it the request comes back to criterion `next`. Clause 5.4.3.2 step 4a.
std::string way_back(const session& s, std::size_t next, const context& ctx);

/// What a call begins with; ICID and IOI are read from the request, and an ICID is made when there is none.
note begin_note(const options& o, const session& s, const sip::message& request, const context& ctx);

} // namespace troupe::roles::scscf
