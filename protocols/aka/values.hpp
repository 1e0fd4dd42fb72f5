// What AKA algorithms take and give. TS 33.102 clauses 6.3.2, 6.3.7; TS 35.205 clause 5; TS 35.231 clause 6.1.
#pragma once

#include "protocols/aka/octets.hpp"

namespace troupe::aka {

using random_challenge = std::array<std::uint8_t, 16>; ///< RAND
using management_field = std::array<std::uint8_t, 2>;  ///< AMF
using anonymity_key = std::array<std::uint8_t, 6>;     ///< AK: hides SQN
using sequence_number = std::uint64_t;                 ///< SQN: 48 bits

using mac_code = octets<32>;     ///< MAC-A, MAC-S: 8 octets in AUTN and AUTS; TUAK may give 16 or 32
using response = octets<32>;     ///< RES, XRES: 8 octets with Milenage; 4, 8, 16 or 32 with TUAK
using session_key = octets<32>;  ///< CK, IK: 16 octets; TUAK may give 32
using secret_key = octets<32>;   ///< K: 16 octets; 32 too with TUAK
using operator_key = octets<32>; ///< OPc (16 octets) or TOPc (32)

constexpr std::array<std::uint8_t, 6> to_octets(sequence_number sqn) noexcept {
  std::array<std::uint8_t, 6> bytes{};
  for (int i = 5; i >= 0; --i, sqn >>= 8)
    bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(sqn);
  return bytes;
}

/// `bytes`: at least six; the first six are read.
constexpr sequence_number to_sequence_number(std::span<const std::uint8_t> bytes) noexcept {
  sequence_number sqn = 0;
  for (std::size_t i = 0; i < 6; ++i)
    sqn = sqn << 8 | bytes[i];
  return sqn;
}

/// f2 to f5 of one RAND.
struct key_material {
  response res;
  session_key ck;
  session_key ik;
  anonymity_key ak{};
};

/// f1 to f5 of one RAND, SQN and AMF: what a vector is made of.
struct challenge_material {
  mac_code mac;
  key_material keys;
};

} // namespace troupe::aka
