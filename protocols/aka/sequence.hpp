// Sequence numbers of both sides: TS 33.102 Annex C. SQN = SEQ || IND.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "protocols/aka/values.hpp"
#include "protocols/base/time.hpp"

namespace troupe::aka {

inline constexpr unsigned ind_bits = 5; ///< C.3: every profile has 5
inline constexpr std::uint64_t ind_count = 1u << ind_bits;
inline constexpr std::uint64_t highest_seq = (std::uint64_t{1} << (48 - ind_bits)) - 1;
inline constexpr std::uint64_t largest_jump = std::uint64_t{1} << 28; ///< delta, C.2.1 and C.3: a USIM refuses more

constexpr std::uint64_t seq_of(sequence_number sqn) noexcept { return sqn >> ind_bits; }
constexpr std::uint8_t ind_of(sequence_number sqn) noexcept { return static_cast<std::uint8_t>(sqn & (ind_count - 1)); }
constexpr sequence_number make_sqn(std::uint64_t seq, std::uint8_t ind) noexcept { return seq << ind_bits | ind; }

enum class sequence_scheme : std::uint8_t {
  counter = 0,    ///< C.3.2, profile 2: each SEQ is the last plus one
  time_based = 1, ///< C.3.3, profile 3: tenths of a second since `born`, and never less than the last plus one
};

/// The home environment's generator, kept for each subscriber: C.1.1. SEQ only ever grows, whatever clock and phone
/// say, so that no value is given twice.
struct sqn_generator {
  std::uint64_t seq = 0; ///< the last SEQ given
  std::uint8_t ind = 0;  ///< the last IND given
  sequence_scheme scheme = sequence_scheme::counter;
  instant born{}; ///< time_based: when SEQ was zero. Not the epoch: a new USIM would refuse so large a first jump

  /// The value that the next call of next() gives; nothing when SEQ is used up (C.1.1.1: it does not wrap).
  std::optional<sequence_number> peek(instant now) const noexcept;
  std::optional<sequence_number> next(instant now) noexcept;

  enum class resynchronised {
    in_range,     ///< the USIM will take our next value as it is
    moved,        ///< SEQ was raised to the USIM's
    out_of_reach, ///< ours is more than delta ahead; only new keys help, since going back would repeat values
  };
  /// Clause 6.3.5. `sqn_ms` comes out of an AUTS whose MAC-S was right.
  resynchronised resynchronise(sequence_number sqn_ms) noexcept;

  friend bool operator==(const sqn_generator&, const sqn_generator&) = default;
};

/// The USIM's side: C.2. The last 2^5 accepted SEQ, one for each IND, so that vectors may be used out of order.
struct sqn_array {
  std::array<std::uint64_t, ind_count> accepted{};

  /// The highest accepted value: what AUTS carries.
  sequence_number sqn_ms() const noexcept;
  /// C.2.2. Accepted values are remembered.
  bool accept(sequence_number sqn) noexcept;
};

} // namespace troupe::aka
