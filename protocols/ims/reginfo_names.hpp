// The words of reginfo documents in the order of their enumerations: RFC 3680 clause 5.
#pragma once

#include <array>
#include <string_view>

namespace troupe::ims::reginfo {

inline constexpr std::array<std::string_view, 2> document_states = {"full", "partial"};
inline constexpr std::array<std::string_view, 3> registration_states = {"init", "active", "terminated"};
inline constexpr std::array<std::string_view, 2> contact_states = {"active", "terminated"};
inline constexpr std::array<std::string_view, 9> contact_events = {"registered", "created",      "refreshed",
                                                                   "shortened",  "expired",      "deactivated",
                                                                   "probation",  "unregistered", "rejected"};

} // namespace troupe::ims::reginfo
