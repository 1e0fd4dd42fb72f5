// What holds between options: defaults that follow from others, and combinations that cannot work.
#pragma once

#include <vector>

#include "config/schema/config.hpp"
#include "config/schema/options.hpp"

namespace troupe::config {

/// Fills in what the file leaves to other options (realm, S-CSCF name, public names of listeners, secrets from files).
void complete(node_config& config, reading& in);

/// Adds what cannot work to `in`, and to the configuration's warnings what works but deserves a word.
void check(node_config& config, reading& in);

} // namespace troupe::config
