// What stands between libfdcore 1.2.1 and its own failure paths: a look at every message before it is parsed, and four of its
// functions in a version that does not bring the process down (interposition.cpp).
#pragma once

#include <cstdint>

namespace troupe::diameter_framework::guards {

/// Messages that were kept from the framework; each cost its connection.
std::uint64_t rejected() noexcept;
/// While set, connections are read slowly: the framework's queues of received messages have no end.
void hold_back(bool on) noexcept;

/// Throws when the linker did not put our functions in the place of the framework's.
void verify_interposition();
/// After fd_core_parseconf.
void install();

} // namespace troupe::diameter_framework::guards
