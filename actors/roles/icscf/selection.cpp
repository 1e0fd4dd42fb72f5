#include "actors/roles/icscf/selection.hpp"

#include <algorithm>

#include "protocols/base/cursor.hpp"

namespace troupe::roles::icscf {
namespace {

constexpr std::uint8_t version = 1;

template <class List, class Write>
void put_list(writer& w, const List& list, Write write) {
  w.number(list.size());
  for (auto& item : list)
    write(item);
}

void put_numbers(writer& w, const std::vector<std::uint32_t>& list) {
  put_list(w, list, [&](std::uint32_t n) { w.number(n); });
}

void put_texts(writer& w, const std::vector<std::string>& list) {
  put_list(w, list, [&](const std::string& text) { w.text(text); });
}

std::vector<std::uint32_t> take_numbers(reader& r) {
  std::vector<std::uint32_t> out;
  for (auto n = r.number(); n > 0 && r.ok(); --n)
    out.push_back(static_cast<std::uint32_t>(r.number()));
  return out;
}

std::vector<std::string> take_texts(reader& r) {
  std::vector<std::string> out;
  for (auto n = r.number(); n > 0 && r.ok(); --n)
    out.emplace_back(r.text());
  return out;
}

bool holds(const std::vector<std::uint32_t>& list, std::uint32_t n) {
  return std::find(list.begin(), list.end(), n) != list.end();
}

bool tried_before(const selection& s, const std::string& name) {
  return std::find(s.tried.begin(), s.tried.end(), name) != s.tried.end();
}

bool fulfils(const scscf& candidate, const std::vector<std::uint32_t>& mandatory) {
  return std::all_of(mandatory.begin(), mandatory.end(), [&](auto n) { return holds(candidate.capabilities, n); });
}

} // namespace

std::string encode(const selection& s) {
  std::string out;
  writer w(out);
  w.u8(version);
  w.u8(s.by_capabilities);
  put_numbers(w, s.wanted.mandatory);
  put_numbers(w, s.wanted.optional);
  put_texts(w, s.wanted.server_names);
  put_texts(w, s.tried);
  return out;
}

selection decode_selection(std::string_view note) {
  reader r(note);
  selection s;
  if (r.u8() != version)
    return {};
  s.by_capabilities = r.u8() != 0;
  s.wanted.mandatory = take_numbers(r);
  s.wanted.optional = take_numbers(r);
  s.wanted.server_names = take_texts(r);
  s.tried = take_texts(r);
  return r.ok() ? s : selection{};
}

std::optional<std::string> choose(const std::vector<scscf>& known, const selection& s) {
  for (auto& name : s.wanted.server_names)
    if (!tried_before(s, name))
      return name;
  const scscf* best = nullptr;
  std::ptrdiff_t best_score = -1;
  for (auto& candidate : known) {
    if (tried_before(s, candidate.name) || !fulfils(candidate, s.wanted.mandatory))
      continue;
    auto& wished = s.wanted.optional;
    auto score = std::count_if(wished.begin(), wished.end(), [&](auto n) { return holds(candidate.capabilities, n); });
    if (score > best_score) {
      best = &candidate;
      best_score = score;
    }
  }
  return best ? std::optional(best->name) : std::nullopt;
}

} // namespace troupe::roles::icscf
