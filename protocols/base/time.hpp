// Time as the machines see it: passed in, never read.
#pragma once

#include <chrono>
#include <cstdint>

namespace troupe {

using milliseconds = std::chrono::milliseconds;
using seconds = std::chrono::seconds;

/// Milliseconds since the epoch of the wall clock. Absolute, so that a deadline keeps its meaning in the store and
/// on another node. The shell derives it from a clock that does not jump (boot time plus an offset read once).
struct instant {
  std::int64_t ms = 0;

  friend constexpr auto operator<=>(const instant&, const instant&) = default;
  friend constexpr instant operator+(instant at, milliseconds by) { return {at.ms + by.count()}; }
  friend constexpr instant operator-(instant at, milliseconds by) { return {at.ms - by.count()}; }
  friend constexpr milliseconds operator-(instant a, instant b) { return milliseconds(a.ms - b.ms); }
};

} // namespace troupe
