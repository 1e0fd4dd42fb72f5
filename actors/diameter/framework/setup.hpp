// From our settings to a libfdcore that runs. Once a process; throws with a sentence.
#pragma once

#include "actors/diameter/channel/settings.hpp"

namespace troupe::diameter_framework {

using log_function = void (*)(int level, const char* line);

/// Everything up to fd_core_start: hooks, dispatchers and routing are registered between the two. `log` must neither block nor
/// call the framework: it runs under a lock of the framework's.
void set_up(const diameter_channel::settings& how, log_function log);
void start();

} // namespace troupe::diameter_framework
