// Keeps what strangers can cause out of the log: so many lines a second of one kind, and the number of those left out.
//
// A peer that sends rubbish may not make us write a line for each datagram. So each kind of line that the network can cause
// has a gate of its own; the first line that passes again says how many did not.
#pragma once

#include <algorithm>
#include <cstdint>
#include <mutex>
#include <optional>

#include "protocols/base/time.hpp"

namespace troupe::console {

/// From any thread.
class flood_gate {
public:
  /// `burst` lines at once, then `per_second`.
  constexpr explicit flood_gate(std::uint32_t per_second = 5, std::uint32_t burst = 20) noexcept
      : per_second_(per_second), burst_(burst), tokens_ms_(std::int64_t{burst} * 1000) {}

  /// Nothing: leave the line out. Else how many were left out since the last that passed.
  std::optional<std::uint64_t> pass(instant now) noexcept {
    std::lock_guard hold(guard_);
    if (now > last_) {
      auto full = std::int64_t{burst_} * 1000;
      auto idle = last_.ms == 0 ? full : std::min<std::int64_t>(now.ms - last_.ms, full);
      tokens_ms_ = std::min(full, tokens_ms_ + idle * per_second_);
      last_ = now;
    }
    if (tokens_ms_ < 1000) {
      ++left_out_;
      return std::nullopt;
    }
    tokens_ms_ -= 1000;
    auto before = left_out_;
    left_out_ = 0;
    return before;
  }

private:
  std::mutex guard_;
  std::uint32_t per_second_, burst_;
  std::int64_t tokens_ms_; ///< thousandths of lines
  instant last_{};
  std::uint64_t left_out_ = 0;
};

} // namespace troupe::console
