#include "actors/roles/scscf/note.hpp"

#include "protocols/base/cursor.hpp"

namespace troupe::roles::scscf {
namespace {

constexpr std::uint8_t version = 1;

constexpr std::uint8_t foreign_bit = 1, terminates_bit = 2, answers_bit = 4, returned_bit = 8;

} // namespace

std::string encode(const note& n) {
  std::string out;
  writer w(out);
  w.u8(version);
  w.u8(static_cast<std::uint8_t>(n.came_from));
  w.u8(static_cast<std::uint8_t>(n.direction));
  w.u8(static_cast<std::uint8_t>((n.foreign ? foreign_bit : 0) | (n.terminates ? terminates_bit : 0) |
                                 (n.answers ? answers_bit : 0) | (n.returned ? returned_bit : 0)));
  w.text(n.served);
  w.text(n.icid);
  w.text(n.generated_at);
  w.text(n.orig_ioi);
  w.text(n.alias);
  w.number(n.criterion);
  w.number(n.tried.size());
  for (auto contact : n.tried)
    w.number(contact);
  return out;
}

std::optional<note> decode_note(std::string_view text) {
  reader r(text);
  if (r.u8() != version)
    return std::nullopt;
  note n;
  auto from = r.u8(), direction = r.u8(), flags = r.u8();
  n.came_from = static_cast<origin>(from);
  n.direction = static_cast<ims::session_case>(direction);
  n.foreign = (flags & foreign_bit) != 0;
  n.terminates = (flags & terminates_bit) != 0;
  n.answers = (flags & answers_bit) != 0;
  n.returned = (flags & returned_bit) != 0;
  n.served = r.text();
  n.icid = r.text();
  n.generated_at = r.text();
  n.orig_ioi = r.text();
  n.alias = r.text();
  n.criterion = static_cast<std::uint32_t>(r.number());
  for (auto count = r.number(); count > 0 && r.ok(); --count)
    n.tried.push_back(r.number());
  if (!r.ok() || from > 2 || direction > 4)
    return std::nullopt;
  return n;
}

} // namespace troupe::roles::scscf
