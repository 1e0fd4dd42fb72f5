#include "protocols/aka/keccak.hpp"

#include <bit>
#include <utility>

namespace troupe::aka {

namespace {

/// The linear feedback shift register of FIPS 202 clause 3.2.5 sets bit 2^j - 1 of each round's constant.
constexpr std::array<std::uint64_t, 24> make_round_constants() {
  std::array<std::uint64_t, 24> constants{};
  unsigned shift_register = 1;
  for (auto& constant : constants)
    for (unsigned j = 0; j < 7; ++j) {
      if (shift_register & 1)
        constant |= std::uint64_t{1} << ((1u << j) - 1);
      shift_register = shift_register << 1 ^ (shift_register & 0x80 ? 0x171 : 0);
    }
  return constants;
}

/// rho and pi in the order in which pi's single cycle visits the lanes from (1, 0): lane to go to, and turn.
struct visit {
  unsigned lane;
  int turn;
};
constexpr std::array<visit, 24> make_visits() {
  std::array<visit, 24> visits{};
  unsigned x = 1;
  unsigned y = 0;
  for (unsigned t = 0; t < 24; ++t) {
    auto next_y = (2 * x + 3 * y) % 5;
    x = y;
    y = next_y;
    visits[t] = {x + 5 * y, static_cast<int>((t + 1) * (t + 2) / 2 % 64)};
  }
  return visits;
}

constexpr auto round_constants = make_round_constants();
constexpr auto visits = make_visits();

// Written out, so that no turn or remainder is computed at run time: more than twice as fast.

void theta(keccak_state& a) noexcept {
  auto column = [&](unsigned x) { return a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20]; };
  const std::array<std::uint64_t, 5> c{column(0), column(1), column(2), column(3), column(4)};
  const std::array<std::uint64_t, 5> mix{c[4] ^ std::rotl(c[1], 1), c[0] ^ std::rotl(c[2], 1),
                                         c[1] ^ std::rotl(c[3], 1), c[2] ^ std::rotl(c[4], 1),
                                         c[3] ^ std::rotl(c[0], 1)};
  for (unsigned y = 0; y < 25; y += 5)
    for (unsigned x = 0; x < 5; ++x)
      a[y + x] ^= mix[x];
}

template <std::size_t... T>
void rho_and_pi(keccak_state& a, std::index_sequence<T...>) noexcept {
  auto carried = a[1];
  ((carried = std::exchange(a[visits[T].lane], std::rotl(carried, visits[T].turn))), ...);
}

void chi(keccak_state& a) noexcept {
  for (unsigned y = 0; y < 25; y += 5) {
    const auto r0 = a[y], r1 = a[y + 1], r2 = a[y + 2], r3 = a[y + 3], r4 = a[y + 4];
    a[y] = r0 ^ (~r1 & r2);
    a[y + 1] = r1 ^ (~r2 & r3);
    a[y + 2] = r2 ^ (~r3 & r4);
    a[y + 3] = r3 ^ (~r4 & r0);
    a[y + 4] = r4 ^ (~r0 & r1);
  }
}

} // namespace

void keccak_f1600(keccak_state& state) noexcept {
  for (auto constant : round_constants) {
    theta(state);
    rho_and_pi(state, std::make_index_sequence<visits.size()>());
    chi(state);
    state[0] ^= constant; // iota
  }
}

} // namespace troupe::aka
