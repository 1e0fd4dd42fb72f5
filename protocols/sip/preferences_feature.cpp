// The values of capabilities: RFC 3840 clause 9. Strings <...>, numbers #..., TRUE, FALSE, and token lists with !.
#include <algorithm>
#include <charconv>
#include <optional>

#include "protocols/base/text.hpp"
#include "protocols/sip/preferences.hpp"

namespace troupe::sip {

namespace {

std::string_view bare(const parameter& p) {
  auto value = p.value;
  if (!p.has_value)
    return "TRUE";
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
    value = value.substr(1, value.size() - 2);
  return trim(value);
}

struct range {
  double low, high;
};

std::optional<double> number(std::string_view text) {
  double value = 0;
  text = trim(text);
  if (text.starts_with('+'))
    text.remove_prefix(1);
  auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (ec != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return value;
}

/// "#=5", "#>=5", "#<=5", "#1:5".
std::optional<range> range_of(std::string_view text) {
  constexpr double far = 1e300;
  if (!text.starts_with('#'))
    return std::nullopt;
  text.remove_prefix(1);
  auto relation = text.substr(0, text.find_first_not_of("<>="));
  auto rest = text.substr(relation.size());
  if (relation.empty()) {
    auto colon = rest.find(':');
    if (colon == rest.npos)
      return std::nullopt;
    auto low = number(rest.substr(0, colon)), high = number(rest.substr(colon + 1));
    return low && high ? std::optional(range{*low, *high}) : std::nullopt;
  }
  auto value = number(rest);
  if (!value)
    return std::nullopt;
  if (relation == "=")
    return range{*value, *value};
  if (relation == ">=")
    return range{*value, far};
  return relation == "<=" ? std::optional(range{-far, *value}) : std::nullopt;
}

bool overlap(std::string_view a, std::string_view b) {
  bool not_a = a.starts_with('!'), not_b = b.starts_with('!');
  if (not_a && not_b)
    return true;
  a.remove_prefix(not_a ? 1 : 0);
  b.remove_prefix(not_b ? 1 : 0);
  auto range_a = range_of(a), range_b = range_of(b);
  bool same = range_a && range_b ? range_a->low <= range_b->high && range_b->low <= range_a->high
              : a.starts_with('<') && b.starts_with('<') ? a == b
                                                         : equal_nocase(a, b);
  return same != (not_a || not_b);
}

/// The next of a comma-separated list; commas within <> are the string's own.
std::string_view next_item(std::string_view& list) {
  std::size_t end = 0;
  for (bool in_string = false; end < list.size() && (in_string || list[end] != ','); ++end)
    in_string = list[end] == '<' || (in_string && list[end] != '>');
  auto item = trim(list.substr(0, end));
  list.remove_prefix(std::min(end + 1, list.size()));
  return item;
}

} // namespace

bool features_overlap(const parameter& a, const parameter& b) noexcept {
  for (auto left = bare(a); !left.empty();) {
    auto one = next_item(left);
    for (auto right = bare(b); !right.empty();)
      if (overlap(one, next_item(right)))
        return true;
  }
  return false;
}

} // namespace troupe::sip
