#include "actors/roles/pcscf/note.hpp"

#include "protocols/base/cursor.hpp"

namespace troupe::roles::pcscf {
namespace {

constexpr std::uint8_t registration_version = 1;
constexpr std::uint8_t dialog_version = 2;

void put_key(writer& w, const sip::entity_key& key) {
  w.number(key.group);
  w.number(key.hash);
}

sip::entity_key take_key(reader& r) {
  auto group = static_cast<std::uint16_t>(r.number());
  return {group, r.number()};
}

} // namespace

std::string encode(const registration_note& n) {
  std::string out;
  writer w(out);
  w.u8(registration_version);
  put_key(w, n.key);
  w.text(troupe::encode(n.from));
  w.u8(n.agrees_on_tls);
  return out;
}

std::optional<registration_note> decode_registration_note(std::string_view text) {
  reader r(text);
  registration_note n;
  if (r.u8() != registration_version)
    return std::nullopt;
  n.key = take_key(r);
  auto from = decode_flow(r.text());
  if (!r.ok() || !from)
    return std::nullopt;
  n.from = *from;
  n.agrees_on_tls = r.left() != 0 && r.u8() != 0;
  return n;
}

std::string encode(const dialog_note& n) {
  std::string out;
  writer w(out);
  w.u8(dialog_version);
  put_key(w, n.binding);
  w.number(n.flow_print);
  w.text(n.icid);
  w.text(n.orig_ioi);
  w.text(n.called_party);
  return out;
}

std::optional<dialog_note> decode_dialog_note(std::string_view text) {
  reader r(text);
  dialog_note n;
  if (r.u8() != dialog_version)
    return std::nullopt;
  n.binding = take_key(r);
  n.flow_print = r.number();
  n.icid = r.text();
  n.orig_ioi = r.text();
  n.called_party = r.text();
  return r.ok() ? std::optional(std::move(n)) : std::nullopt;
}

std::uint64_t fingerprint(flow f, const siphash_key& secret) {
  if (f.transport == transport::udp)
    f.shard = 0, f.index = 0, f.generation = 0;
  auto print = siphash(secret, troupe::encode(f));
  return print == 0 ? 1 : print;
}

} // namespace troupe::roles::pcscf
