#include "protocols/aka/keccak.hpp"

#include <bit>

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

void theta(keccak_state& a) noexcept {
  std::array<std::uint64_t, 5> column;
  for (unsigned x = 0; x < 5; ++x)
    column[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
  for (unsigned x = 0; x < 5; ++x) {
    auto mix = column[(x + 4) % 5] ^ std::rotl(column[(x + 1) % 5], 1);
    for (unsigned y = 0; y < 25; y += 5)
      a[x + y] ^= mix;
  }
}

void rho_and_pi(keccak_state& a) noexcept {
  auto carried = a[1];
  for (auto [lane, turn] : visits) {
    auto displaced = a[lane];
    a[lane] = std::rotl(carried, turn);
    carried = displaced;
  }
}

void chi(keccak_state& a) noexcept {
  for (unsigned y = 0; y < 25; y += 5) {
    std::array<std::uint64_t, 5> row{a[y], a[y + 1], a[y + 2], a[y + 3], a[y + 4]};
    for (unsigned x = 0; x < 5; ++x)
      a[y + x] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5]);
  }
}

} // namespace

void keccak_f1600(keccak_state& state) noexcept {
  for (auto constant : round_constants) {
    theta(state);
    rho_and_pi(state);
    chi(state);
    state[0] ^= constant; // iota
  }
}

} // namespace troupe::aka
