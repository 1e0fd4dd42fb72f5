#include "protocols/aka/usim.hpp"

namespace troupe::aka {

usim_answer usim::authenticate(const random_challenge& rand, std::span<const std::uint8_t> autn) {
  auto opened = open_autn(with_, rand, autn);
  if (!opened)
    return mac_failure{};
  if (!sequence.accept(opened->sqn))
    return synchronisation_failure{make_auts(with_, rand, sequence.sqn_ms())};
  return authenticated{opened->keys.res, opened->keys.ck, opened->keys.ik};
}

} // namespace troupe::aka
