// May a site's messages leave now? The gate of cluster.md 9, asked before every batch.
//
// The store refuses what a former owner writes too late; a peer refuses nothing. So whoever serves a group says until when
// he may speak for it, and what is to leave later is thrown away.
#pragma once

#include <atomic>
#include <ctime>

#include "protocols/base/time.hpp"

namespace troupe {

/// Written by who holds the lease, asked by the shards. Boot time, as leases are judged by.
class egress {
public:
  void open_until(instant deadline) noexcept { until_.store(deadline.ms, std::memory_order_relaxed); }
  void close() noexcept { until_.store(0, std::memory_order_relaxed); }

  /// Notes that something left, if it may.
  bool may_leave() noexcept {
    auto at = now();
    if (at >= until_.load(std::memory_order_relaxed))
      return false;
    last_.store(at, std::memory_order_relaxed);
    return true;
  }
  /// When something left last; 0: never.
  instant last() const noexcept { return {last_.load(std::memory_order_relaxed)}; }

private:
  static std::int64_t now() noexcept {
    timespec t{};
    ::clock_gettime(CLOCK_BOOTTIME, &t);
    return static_cast<std::int64_t>(t.tv_sec) * 1000 + t.tv_nsec / 1'000'000;
  }

  std::atomic<std::int64_t> until_{0}, last_{0};
};

} // namespace troupe
