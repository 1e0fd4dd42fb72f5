// What holds between the options of [diameter].
#pragma once

#include "config/schema/options.hpp"

namespace troupe::config {

void check_diameter(const node_config& config, reading& in);

} // namespace troupe::config
