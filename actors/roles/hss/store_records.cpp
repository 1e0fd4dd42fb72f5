#include "actors/roles/hss/store_records.hpp"

#include "cluster/store/encoding.hpp"

namespace troupe::hss {

namespace {

constexpr std::uint32_t format = 1;
constexpr std::uint32_t content = 1; ///< the one field

std::string octets_value(store::kind type, std::string_view octets) {
  std::string out;
  store::value_encoder(out, {format, type, no_deadline}).text(content, octets);
  return out;
}

} // namespace

std::string key_of(std::int64_t id) {
  std::string key;
  for (int shift = 56; shift >= 0; shift -= 8)
    key += static_cast<char>(static_cast<std::uint64_t>(id) >> shift);
  return key;
}

std::optional<std::int64_t> read_id(std::string_view key) {
  if (key.size() != 8)
    return std::nullopt;
  std::uint64_t id = 0;
  for (auto octet : key)
    id = id << 8 | static_cast<std::uint8_t>(octet);
  return static_cast<std::int64_t>(id);
}

std::string definition_value(std::string_view octets) { return octets_value(store::kind::hss_subscriber, octets); }
std::string state_value(std::string_view octets) { return octets_value(store::kind::hss_state, octets); }

std::string sequence_value(std::uint64_t seq) {
  std::string out;
  store::value_encoder(out, {format, store::kind::hss_sequence, no_deadline}).number(content, seq);
  return out;
}

void keep_unknown(store::kind type, std::string_view old, std::string& value) {
  std::string unknown;
  store::value_decoder in(old, type, format);
  while (in.next())
    if (in.field() != content)
      in.keep(unknown);
  if (in.ok())
    value += unknown;
}

std::string_view read_octets(store::kind type, std::string_view value) {
  std::string_view octets;
  store::value_decoder in(value, type, format);
  while (in.next())
    if (in.field() == content)
      octets = in.text();
  return in.ok() ? octets : std::string_view();
}

std::optional<std::uint64_t> read_sequence(std::string_view value) {
  std::optional<std::uint64_t> seq;
  store::value_decoder in(value, store::kind::hss_sequence, format);
  while (in.next())
    if (in.field() == content)
      seq = in.number();
  return in.ok() ? seq : std::nullopt;
}

} // namespace troupe::hss
