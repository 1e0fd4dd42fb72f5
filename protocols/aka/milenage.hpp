// Milenage: TS 35.206 clause 4.1, with AES-128 as the kernel; its GSM functions: TS 55.205 clause 4.
#pragma once

#include "protocols/aka/values.hpp"

namespace troupe::aka {

/// A subscriber's Milenage: K and OPc. Scheduling the AES key is most of the cost, so challenge() does all
/// of a vector's six blocks with one.
struct milenage {
  std::array<std::uint8_t, 16> k{};
  std::array<std::uint8_t, 16> opc{};

  mac_code f1(const random_challenge& rand, sequence_number sqn, management_field amf) const;
  mac_code f1_star(const random_challenge& rand, sequence_number sqn, management_field amf) const;
  key_material f2345(const random_challenge& rand) const;
  anonymity_key f5_star(const random_challenge& rand) const;
  /// f1 and f2 to f5 at once.
  challenge_material challenge(const random_challenge& rand, sequence_number sqn, management_field amf) const;

  friend bool operator==(const milenage&, const milenage&) = default;
};

/// OPc of the operator's constant OP: TS 35.206 clause 4.1, OPc = OP xor E[OP]K.
std::array<std::uint8_t, 16> make_opc(const std::array<std::uint8_t, 16>& k, const std::array<std::uint8_t, 16>& op);

/// SRES and Kc for a GSM network.
struct gsm_triplet {
  std::array<std::uint8_t, 4> sres{};
  std::array<std::uint8_t, 8> kc{};
};
enum class gsm_response { folded = 1, truncated = 2 }; ///< TS 55.205: SRES #1 is RES folded by xor, #2 its first half
gsm_triplet make_gsm_triplet(const key_material& keys, gsm_response how);

} // namespace troupe::aka
