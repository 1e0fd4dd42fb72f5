#include "protocols/aka/token.hpp"

namespace troupe::aka {

namespace {

std::array<std::uint8_t, 6> conceal(sequence_number sqn, const anonymity_key& ak) {
  auto bytes = to_octets(sqn);
  for (std::size_t i = 0; i < 6; ++i)
    bytes[i] ^= ak[i];
  return bytes;
}

sequence_number reveal(std::span<const std::uint8_t> concealed, const anonymity_key& ak) {
  return to_sequence_number(concealed) ^ to_sequence_number(ak);
}

bool same(const mac_code& computed, std::span<const std::uint8_t> received) {
  return equal_in_constant_time(computed, received);
}

} // namespace

vector make_vector(const algorithm& with, management_field amf, sequence_number sqn, const random_challenge& rand) {
  auto material = with.challenge(rand, sqn, amf);
  vector made{rand, {}, material.keys.res, material.keys.ck, material.keys.ik};
  made.autn.append(conceal(sqn, material.keys.ak));
  made.autn.append(amf);
  made.autn.append(material.mac);
  return made;
}

std::optional<opened_token> open_autn(const algorithm& with, const random_challenge& rand,
                                      std::span<const std::uint8_t> autn) {
  if (autn.size() < 8)
    return std::nullopt;
  opened_token opened{0, {autn[6], autn[7]}, with.f2345(rand)};
  opened.sqn = reveal(autn.first(6), opened.keys.ak);
  if (!same(with.f1(rand, opened.sqn, opened.amf), autn.subspan(8)))
    return std::nullopt;
  return opened;
}

resynchronisation_token make_auts(const algorithm& with, const random_challenge& rand, sequence_number sqn_ms) {
  resynchronisation_token auts(conceal(sqn_ms, with.f5_star(rand)));
  auto mac = with.f1_star(rand, sqn_ms, resynchronisation_amf);
  auts.append(mac);
  return auts;
}

std::optional<sequence_number> open_auts(const algorithm& with, const random_challenge& rand,
                                         std::span<const std::uint8_t> auts) {
  if (auts.size() < 6)
    return std::nullopt;
  auto sqn_ms = reveal(auts.first(6), with.f5_star(rand));
  if (!same(with.f1_star(rand, sqn_ms, resynchronisation_amf), auts.subspan(6)))
    return std::nullopt;
  return sqn_ms;
}

} // namespace troupe::aka
