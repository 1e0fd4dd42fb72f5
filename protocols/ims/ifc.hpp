// Which application servers a request goes to: initial filter criteria, TS 23.218 clause 5.2, TS 24.229 clause 5.4.3,
// TS 29.228 Annex C.
#pragma once

#include <optional>
#include <vector>

#include "protocols/ims/profile.hpp"
#include "protocols/sip/message.hpp"

namespace troupe::ims {

struct trigger_context {
  session_case direction = session_case::originating_registered; ///< of a REGISTER: as it stands
  bool registered = true;
  registration_type registration = registration_type::initial; ///< looked at for REGISTER only
};

/// Of a REGISTER: no contact with an interval other than zero makes it a de-registration.
registration_type registration_type_of(const sip::message& request, bool registered_before);

bool matches(const trigger_point& trigger, const sip::message& request, const trigger_context& context);
bool matches(const filter_criterion& criterion, const sip::message& request, const trigger_context& context);

/// The index of the first criterion from `first` on that matches. The S-CSCF asks anew after each AS, with the
/// message as it came back (TS 24.229 clause 5.4.3.2).
std::optional<std::size_t> next_match(const service_profile& profile, const sip::message& request,
                                      const trigger_context& context, std::size_t first = 0);

/// All that match this one message, in their order. For REGISTER (clause 5.4.1.7) and for those who explain a profile.
std::vector<const filter_criterion*> chain(const service_profile& profile, const sip::message& request,
                                           const trigger_context& context);

} // namespace troupe::ims
