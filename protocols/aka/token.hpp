// AUTN, AUTS and authentication vectors: TS 33.102 clauses 6.3.2, 6.3.3 and 6.3.5.
#pragma once

#include "protocols/aka/algorithm.hpp"

namespace troupe::aka {

using authentication_token = octets<40>;    ///< AUTN = SQN xor AK || AMF || MAC-A; 16 octets with a MAC of 64 bits
using resynchronisation_token = octets<38>; ///< AUTS = SQN_MS xor AK* || MAC-S; 14 octets with a MAC of 64 bits

/// The quintet of clause 6.3.2.
struct vector {
  random_challenge rand{};
  authentication_token autn;
  response xres;
  session_key ck;
  session_key ik;

  friend bool operator==(const vector&, const vector&) = default;
};

/// `rand` must be fresh and unpredictable, `sqn` never used before with these keys.
vector make_vector(const algorithm& with, management_field amf, sequence_number sqn, const random_challenge& rand);

/// What a USIM learns from an AUTN whose MAC is right.
struct opened_token {
  sequence_number sqn = 0;
  management_field amf{};
  key_material keys;
};

/// Nothing when the MAC or a length is wrong: the network is not to be trusted.
std::optional<opened_token> open_autn(const algorithm& with, const random_challenge& rand,
                                      std::span<const std::uint8_t> autn);

/// AMF* is 0000, so that AUTS may be sent in clear with any AMF (clause 6.3.3).
inline constexpr management_field resynchronisation_amf{};

resynchronisation_token make_auts(const algorithm& with, const random_challenge& rand, sequence_number sqn_ms);

/// SQN_MS, or nothing when MAC-S or a length is wrong: `rand` must be the one of the challenge that was answered.
std::optional<sequence_number> open_auts(const algorithm& with, const random_challenge& rand,
                                         std::span<const std::uint8_t> auts);

} // namespace troupe::aka
