// TUAK: TS 35.231 clauses 6 and 7, with Keccak-f[1600] as the kernel.
#pragma once

#include "protocols/aka/values.hpp"

namespace troupe::aka {

/// A subscriber's TUAK. The operator chooses the lengths; all are octets.
struct tuak {
  secret_key k;                ///< 16 or 32
  operator_key topc;           ///< 32
  std::uint8_t mac_size = 8;   ///< 8, 16 or 32
  std::uint8_t res_size = 8;   ///< 4, 8, 16 or 32
  std::uint8_t ck_size = 16;   ///< 16 or 32
  std::uint8_t ik_size = 16;   ///< 16 or 32
  std::uint8_t iterations = 1; ///< of the permutation; at least 1

  /// The lengths are ones that the standard allows.
  bool valid() const noexcept;

  mac_code f1(const random_challenge& rand, sequence_number sqn, management_field amf) const;
  mac_code f1_star(const random_challenge& rand, sequence_number sqn, management_field amf) const;
  key_material f2345(const random_challenge& rand) const;
  anonymity_key f5_star(const random_challenge& rand) const;
  challenge_material challenge(const random_challenge& rand, sequence_number sqn, management_field amf) const;

  friend bool operator==(const tuak&, const tuak&) = default;
};

/// TOPc of the operator's constant TOP (32 octets): clause 6.2.
operator_key make_topc(const secret_key& k, const operator_key& top, std::uint8_t iterations);

} // namespace troupe::aka
