// A seeded generator (xoshiro256**), so that a simulated run repeats. Not for secrets: those come from OpenSSL.
#pragma once

#include <array>
#include <cstdint>
#include <string>

namespace troupe {

class random_source {
public:
  explicit random_source(std::uint64_t seed) noexcept;

  std::uint64_t next() noexcept;
  /// Uniform in [0, bound); `bound` at least 1.
  std::uint64_t below(std::uint64_t bound) noexcept;
  /// `length` characters of [0-9a-z], for tags, branches and Call-IDs.
  std::string token(std::size_t length);

private:
  std::array<std::uint64_t, 4> state_;
};

} // namespace troupe
