// Names for what a node asks: Session-Ids (RFC 6733 clause 8.8) and End-to-End identifiers (clause 3), which no other
// request of this Origin-Host has had, in this life or one before. From any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "protocols/base/time.hpp"

namespace troupe {

class diameter_names {
public:
  /// `started`: later than that of any life before.
  diameter_names(std::string origin_host, instant started)
      : prefix_(std::move(origin_host) + ';' + std::to_string(started.ms / 1000) + ';'),
        suffix_(';' + std::to_string(started.ms % 1000)),
        // The low 12 bits of the seconds, then a counter: clause 3.
        end_to_end_(static_cast<std::uint32_t>(started.ms / 1000) << 20) {}

  std::string session() { return prefix_ + std::to_string(++session_) + suffix_; }
  std::uint32_t end_to_end() { return ++end_to_end_; }

private:
  const std::string prefix_, suffix_;
  std::atomic<std::uint64_t> session_{0};
  std::atomic<std::uint32_t> end_to_end_;
};

} // namespace troupe
