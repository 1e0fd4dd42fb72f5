// What a REGISTER does to a set's bindings, all of it or nothing: RFC 3261 clause 10.3 steps 6 and 7, RFC 5626 clause
// 6.
#pragma once

#include "protocols/ims/registrar.hpp"

namespace troupe::ims {

struct binding_plan {
  std::vector<binding> bindings; ///< afterwards
  std::vector<contact_change> changes;
  std::uint64_t next_id = 1;
  bool adds = false; ///< a contact is added or refreshed
};

/// 423 for an interval too brief, 500 for a CSeq out of order, 403 for too many contacts.
result<binding_plan> plan_bindings(const registration_set& set, const register_request& request,
                                   const registrar_policy& policy);

bool has_contact_of(const std::vector<binding>& bindings, std::string_view impi);

} // namespace troupe::ims
