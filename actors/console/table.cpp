#include "actors/console/table.hpp"

#include <algorithm>

namespace troupe::console {
namespace {

/// Characters, not octets: what continues one in UTF-8 takes no place.
std::size_t width(std::string_view text) noexcept {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

void append_row(std::string& out, const std::vector<std::string>& cells, const std::vector<std::size_t>& widths) {
  auto begin = out.size();
  for (std::size_t i = 0; i < cells.size(); ++i) {
    auto cell = harmless(cells[i]);
    out += cell;
    out.append(widths[i] - std::min(widths[i], width(cell)) + 2, ' ');
  }
  while (out.size() > begin && out.back() == ' ')
    out.pop_back();
  out += '\n';
}

} // namespace

std::string harmless(std::string_view text) {
  std::string out(text);
  for (auto& c : out)
    if (auto u = static_cast<unsigned char>(c); u < 0x20 || u == 0x7f)
      c = '?';
  return out;
}

std::string table::text() const {
  std::vector<std::size_t> widths;
  for (auto& head : heads_)
    widths.push_back(width(head));
  for (auto& row : rows_)
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], width(harmless(row[i])));
  std::string out;
  append_row(out, heads_, widths);
  for (auto& row : rows_)
    append_row(out, row, widths);
  return out;
}

std::string duration_text(long long s) {
  auto two = [](long long a, const char* a_unit, long long b, const char* b_unit) {
    return std::to_string(a) + ' ' + a_unit + (b > 0 ? ' ' + std::to_string(b) + ' ' + b_unit : std::string());
  };
  if (s >= 86'400)
    return two(s / 86'400, "d", s % 86'400 / 3'600, "h");
  if (s >= 3'600)
    return two(s / 3'600, "h", s % 3'600 / 60, "min");
  if (s >= 60)
    return two(s / 60, "min", s % 60, "s");
  return std::to_string(s) + " s";
}

} // namespace troupe::console
