// A CAF scheduler whose clock does nothing when an actor ends.
//
// CAF 0.17 tells its clock of every actor that exits, through one ring buffer with a mutex for the whole process; an
// actor's life costs 3.7 us instead of 1.2. Our timers are the shards' wheels, so there is never anything to cancel.
// Touches CAF's internals: keep it in this file.
#pragma once

#include <caf/actor_system_config.hpp>

namespace troupe {

/// Configures a system whose only scheduled actors are the pinned ones: one worker for what CAF itself starts.
void use_quiet_clock(caf::actor_system_config& config);

} // namespace troupe
