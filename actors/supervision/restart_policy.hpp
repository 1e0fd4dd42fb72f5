// When a supervisor restarts what failed, and when it gives up: one-for-one, with an intensity a window (after OTP).
#pragma once

#include <cstdint>
#include <deque>

#include "protocols/base/time.hpp"

namespace troupe {

struct restart_intensity {
  std::uint32_t restarts = 1'000; ///< at most so many
  milliseconds window{10'000};    ///< within so long
};

enum class verdict : std::uint8_t { restart, escalate };

/// Pure: failures in, verdicts out. Remembers at most `restarts` times.
class restart_policy {
public:
  explicit restart_policy(restart_intensity limit) noexcept : limit_(limit) {}

  verdict on_failure(instant now) {
    while (!recent_.empty() && now - recent_.front() >= limit_.window)
      recent_.pop_front();
    if (recent_.size() >= limit_.restarts)
      return verdict::escalate;
    recent_.push_back(now);
    return verdict::restart;
  }

private:
  restart_intensity limit_;
  std::deque<instant> recent_;
};

} // namespace troupe
