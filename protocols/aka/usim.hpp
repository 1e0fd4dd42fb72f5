// The USIM's side of AKA as a value, for demo phones and tests: TS 33.102 clause 6.3.3.
#pragma once

#include <variant>

#include "protocols/aka/sequence.hpp"
#include "protocols/aka/token.hpp"

namespace troupe::aka {

struct mac_failure {};
struct synchronisation_failure {
  resynchronisation_token auts;
};
struct authenticated {
  response res;
  session_key ck;
  session_key ik;
};
using usim_answer = std::variant<authenticated, synchronisation_failure, mac_failure>;

class usim {
public:
  explicit usim(algorithm with) : with_(with) {}

  usim_answer authenticate(const random_challenge& rand, std::span<const std::uint8_t> autn);

  sqn_array sequence; ///< public, so that a test may put the card out of step

private:
  algorithm with_;
};

} // namespace troupe::aka
