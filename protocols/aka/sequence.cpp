#include "protocols/aka/sequence.hpp"

#include <algorithm>

namespace troupe::aka {

namespace {

constexpr std::int64_t time_unit_ms = 100;

/// A time-based SEQ follows the clock only over gaps well below delta. A phone that was off for longer is counted on
/// from where it was: a jump beyond delta would make its USIM refuse every value from then on.
constexpr std::uint64_t longest_leap = largest_jump / 16;

std::uint64_t clock_seq(const sqn_generator& generator, instant now) noexcept {
  auto age = (now - generator.born).count();
  return age > 0 ? static_cast<std::uint64_t>(age / time_unit_ms) : 0;
}

} // namespace

std::optional<sequence_number> sqn_generator::peek(instant now) const noexcept {
  auto chosen = seq + 1;
  if (scheme == sequence_scheme::time_based) {
    auto wanted = clock_seq(*this, now);
    if (wanted > chosen && wanted - chosen <= longest_leap)
      chosen = wanted;
  }
  if (chosen > highest_seq)
    return std::nullopt;
  return make_sqn(chosen, static_cast<std::uint8_t>((ind + 1) % ind_count));
}

std::optional<sequence_number> sqn_generator::next(instant now) noexcept {
  auto sqn = peek(now);
  if (sqn) {
    seq = seq_of(*sqn);
    ind = ind_of(*sqn);
  }
  return sqn;
}

sqn_generator::resynchronised sqn_generator::resynchronise(sequence_number sqn_ms) noexcept {
  auto seq_ms = seq_of(sqn_ms);
  if (seq_ms > seq) {
    seq = seq_ms;
    return resynchronised::moved;
  }
  return seq - seq_ms >= largest_jump ? resynchronised::out_of_reach : resynchronised::in_range;
}

sequence_number sqn_array::sqn_ms() const noexcept {
  auto highest = std::max_element(accepted.begin(), accepted.end());
  return make_sqn(*highest, static_cast<std::uint8_t>(highest - accepted.begin()));
}

bool sqn_array::accept(sequence_number sqn) noexcept {
  auto seq = seq_of(sqn);
  auto highest = seq_of(sqn_ms());
  if (seq > highest && seq - highest > largest_jump)
    return false;
  if (seq <= accepted[ind_of(sqn)])
    return false;
  accepted[ind_of(sqn)] = seq;
  return true;
}

} // namespace troupe::aka
