#include "protocols/sdp/precondition.hpp"

#include <algorithm>
#include <span>

namespace troupe::sdp {

namespace {

std::string_view cut_word(std::string_view& text) noexcept {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  auto word = text.substr(0, text.find(' '));
  text.remove_prefix(word.size());
  return word;
}

/// The place of `word` among `names`, as the enumerator of that place.
template <class Enum>
bool read(std::string_view word, std::span<const std::string_view> names, Enum& out) noexcept {
  auto at = std::find(names.begin(), names.end(), word);
  if (at == names.end())
    return false;
  out = static_cast<Enum>(at - names.begin());
  return true;
}

constexpr std::string_view kinds[] = {"curr", "des", "conf"};
constexpr std::string_view strengths[] = {"none", "optional", "mandatory", "failure", "unknown"};
constexpr std::string_view statuses[] = {"e2e", "local", "remote"};
constexpr std::string_view directions[] = {"none", "send", "recv", "sendrecv"};

bool covers(tag_direction current, tag_direction desired) noexcept {
  auto bits = static_cast<unsigned>(desired);
  return (static_cast<unsigned>(current) & bits) == bits;
}

} // namespace

std::optional<precondition> parse_precondition(const attribute& a) noexcept {
  precondition p;
  auto rest = a.value;
  if (!read(a.name, kinds, p.kind))
    return std::nullopt;
  p.type = cut_word(rest);
  if (p.kind == precondition::line::desired && !read(cut_word(rest), strengths, p.strength))
    return std::nullopt;
  if (!read(cut_word(rest), statuses, p.status) || !read(cut_word(rest), directions, p.direction))
    return std::nullopt;
  return cut_word(rest).empty() ? std::optional(p) : std::nullopt;
}

std::vector<precondition> preconditions_of(const media& m) {
  std::vector<precondition> all;
  for (auto& l : m.lines)
    if (l.type == 'a')
      if (auto p = parse_precondition(parse_attribute(l.value)))
        all.push_back(*p);
  return all;
}

bool preconditions_met(const media& m) {
  auto all = preconditions_of(m);
  auto reached = [&all](const precondition& wanted) {
    return std::any_of(all.begin(), all.end(), [&wanted](const precondition& p) {
      return p.kind == precondition::line::current && p.type == wanted.type && p.status == wanted.status &&
             covers(p.direction, wanted.direction);
    });
  };
  return std::all_of(all.begin(), all.end(), [&reached](const precondition& p) {
    return p.kind != precondition::line::desired || p.strength != strength::mandatory || reached(p);
  });
}

bool preconditions_met(const description& d) {
  return std::all_of(d.media.begin(), d.media.end(),
                     [](const media& m) { return m.rejected() || preconditions_met(m); });
}

} // namespace troupe::sdp
