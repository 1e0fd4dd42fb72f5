#include "cluster/link/entity.hpp"

#include "protocols/base/cursor.hpp"

namespace troupe::cluster {

std::string encode(const entity_message& message) {
  std::string out;
  out.reserve(message.key.size() + message.octets.size() + 16);
  writer w(out);
  w.u8(message.kind);
  w.text(message.key);
  w.u8(message.hops);
  w.text(message.octets);
  return out;
}

std::optional<entity_message> decode_entity_message(std::string_view octets) {
  reader in(octets);
  entity_message m;
  m.kind = in.u8();
  m.key = in.text();
  m.hops = in.u8();
  m.octets = in.text();
  return in.ok() ? std::optional(std::move(m)) : std::nullopt;
}

std::string encode(const not_owner& answer) {
  std::string out;
  writer w(out);
  w.u8(answer.kind);
  w.text(answer.key);
  w.number(answer.map_version);
  return out;
}

std::optional<not_owner> decode_not_owner(std::string_view octets) {
  reader in(octets);
  not_owner a;
  a.kind = in.u8();
  a.key = in.text();
  a.map_version = in.number();
  return in.ok() ? std::optional(std::move(a)) : std::nullopt;
}

} // namespace troupe::cluster
