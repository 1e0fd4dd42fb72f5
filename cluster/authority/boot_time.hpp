// The clock by which leases are judged: CLOCK_BOOTTIME, which nobody sets and which goes on while a machine sleeps:
// cluster.md 8.
#pragma once

#include <ctime>

#include "protocols/base/time.hpp"

namespace troupe::cluster {

inline instant boot_time() noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return {now.tv_sec * 1000 + now.tv_nsec / 1'000'000};
}

} // namespace troupe::cluster
