#include "config/schema/suggest.hpp"

#include <algorithm>
#include <vector>

#include "protocols/base/text.hpp"

namespace troupe::config {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j)
    row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before_last.swap(last);
    last.swap(row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      auto same = lower(a[i - 1]) == lower(b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
      auto swapped = i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]);
      if (swapped)
        row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row[b.size()];
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates) {
  std::string_view best;
  auto limit = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (auto candidate : candidates)
    if (auto distance = edit_distance(word, candidate); distance < limit) {
      best = candidate;
      limit = distance;
    }
  return best;
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates) {
  if (auto near = nearest(word, candidates); !near.empty())
    return "did you mean \"" + std::string(near) + "\"?";
  std::string out = "it is one of ";
  for (auto candidate : candidates) {
    if (candidate != candidates.front())
      out += ", ";
    out += candidate;
  }
  return out;
}

} // namespace troupe::config
