// Numbers for the lives of a node's process, each higher than all before it, without asking the store: cluster.md 9.
//
// The wall clock's milliseconds do as long as that clock does not go back. A file beside the node's other state keeps
// the newest number, so that it may; and it tells the parent process which life has ended with the process.
#pragma once

#include <string>

#include "cluster/membership/names.hpp"
#include "protocols/base/result.hpp"

namespace troupe::cluster {

/// The newest life begun; 0 when there was none. A file that holds no such number is refused.
result<incarnation> last_life(const std::string& file);

/// Begins another, above `after` as well, and writes it down before it is used. No file name: only the clock and `after`.
result<incarnation> next_life(const std::string& file, incarnation after = 0);

} // namespace troupe::cluster
