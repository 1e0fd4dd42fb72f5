// The permutation Keccak-f[1600]: FIPS 202 clause 3. OpenSSL has it inside but does not offer it.
#pragma once

#include <array>
#include <cstdint>

namespace troupe::aka {

/// Lane (x, y) is at x + 5 * y; octet strings fill lanes with the least significant octet first.
using keccak_state = std::array<std::uint64_t, 25>;

void keccak_f1600(keccak_state& state) noexcept;

} // namespace troupe::aka
