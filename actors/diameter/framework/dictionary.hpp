// What the framework's dictionary is told beside what its packages have: applications, commands, AVPs, and that some rules of
// theirs are stricter than the 3GPP specifications.
#pragma once

#include "actors/diameter/channel/settings.hpp"

namespace troupe::diameter_framework {

void extend_dictionary(const diameter_channel::settings& how);
/// Whether there is anything to hold a request with that command to.
bool knows_request(std::uint32_t command);

} // namespace troupe::diameter_framework
