#include "protocols/ims/profile.hpp"

#include <algorithm>

#include "protocols/base/text.hpp"

namespace troupe::ims {

void sort_by_priority(std::vector<filter_criterion>& criteria) {
  std::stable_sort(criteria.begin(), criteria.end(),
                   [](const auto& a, const auto& b) { return a.priority < b.priority; });
}

bool apply_shared_criteria(subscription& s, const shared_criteria& sets) {
  bool all_known = true;
  for (auto& profile : s.profiles) {
    for (auto id : profile.shared_criteria_sets) {
      if (auto set = sets.find(id); set != sets.end())
        profile.criteria.insert(profile.criteria.end(), set->second.begin(), set->second.end());
      else
        all_known = false;
    }
    sort_by_priority(profile.criteria);
  }
  return all_known;
}

pattern wildcard_to_pattern(std::string_view wildcard) {
  auto quoted = [](std::string_view literal) {
    std::string out;
    for (char c : literal) {
      if (!is_alpha(c) && !is_digit(c) && c != '_' && static_cast<unsigned char>(c) < 128)
        out += '\\';
      out += c;
    }
    return out;
  };
  auto first = wildcard.find('!');
  auto second = first == wildcard.npos ? first : wildcard.find('!', first + 1);
  if (second == wildcard.npos)
    return pattern(quoted(wildcard));
  return pattern(quoted(wildcard.substr(0, first)) +
                 "(?:" + std::string(wildcard.substr(first + 1, second - first - 1)) + ")" +
                 quoted(wildcard.substr(second + 1)));
}

} // namespace troupe::ims
