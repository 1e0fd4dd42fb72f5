// What the kernel says of this process: proc(5).
#pragma once

#include <cstdint>

namespace troupe::console {

struct process_facts {
  std::uint64_t resident_octets = 0, virtual_octets = 0;
  double cpu_seconds = 0; ///< user and system
  std::uint64_t open_descriptors = 0, most_descriptors = 0;
  std::uint64_t threads = 0;
  double started_at = 0; ///< seconds since the epoch
};

/// What cannot be read stays 0.
process_facts read_process_facts();

} // namespace troupe::console
