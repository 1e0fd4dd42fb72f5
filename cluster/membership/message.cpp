#include "cluster/membership/message.hpp"

#include <limits>

#include "protocols/base/cursor.hpp"

namespace troupe::cluster {

namespace {

constexpr std::uint8_t version = 1;

} // namespace

std::string encode(const member_message& message) {
  std::string out;
  writer w(out);
  w.u8(version);
  w.u8(static_cast<std::uint8_t>(message.what));
  w.number(static_cast<std::uint16_t>(message.about));
  w.number(message.life);
  w.number(message.number);
  return out + message.unknown;
}

std::optional<member_message> decode_member_message(std::string_view octets) {
  using kind = member_message::kind;
  reader in(octets);
  if (in.u8() != version)
    return std::nullopt;
  member_message m;
  auto what = in.u8();
  auto about = in.number();
  m.what = static_cast<kind>(what);
  m.about = static_cast<node_id>(about);
  m.life = in.number();
  m.number = in.number();
  if (!in.ok() || what < static_cast<std::uint8_t>(kind::ask_promise) || what > static_cast<std::uint8_t>(kind::dead) ||
      about > std::numeric_limits<std::uint16_t>::max())
    return std::nullopt;
  m.unknown = octets.substr(octets.size() - in.left());
  return m;
}

} // namespace troupe::cluster
