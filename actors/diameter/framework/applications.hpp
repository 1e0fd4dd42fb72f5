// Which applications we say we have (RFC 6733 clause 5.3): those of our dictionary, and the configured ones.
//
// The framework's own dictionary is for the base protocol. It is told of no command or AVP: it knows commands by their code
// alone, so that the rules of the base and of NASREQ would hold for Rx, too, where other AVPs are a must (TS 29.214
// clause 5.6).
#pragma once

#include "actors/diameter/channel/settings.hpp"

namespace troupe::diameter_framework {

void announce_applications(const diameter_channel::settings& how);

} // namespace troupe::diameter_framework
