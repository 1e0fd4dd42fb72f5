#include "protocols/sdp/description.hpp"

#include <algorithm>

#include "protocols/base/text.hpp"

namespace troupe::sdp {

namespace {

/// In the order of a section's lines: RFC 8866 clause 9. 'z' and 'r' go with 't'.
constexpr std::string_view order = "vosiuepcbtrzka";

std::optional<direction> direction_from(std::string_view name) noexcept {
  for (auto d : {direction::sendrecv, direction::sendonly, direction::recvonly, direction::inactive})
    if (to_string(d) == name)
      return d;
  return std::nullopt;
}

} // namespace

attribute parse_attribute(std::string_view value) noexcept {
  auto colon = value.find(':');
  if (colon == value.npos)
    return {value, {}, false};
  return {value.substr(0, colon), value.substr(colon + 1), true};
}

std::string_view to_string(direction d) noexcept {
  constexpr std::string_view names[] = {"inactive", "sendonly", "recvonly", "sendrecv"};
  return names[static_cast<std::size_t>(d)];
}

std::optional<std::string_view> section::value(char type) const noexcept {
  for (auto& l : lines)
    if (l.type == type)
      return l.value;
  return std::nullopt;
}

std::optional<std::string_view> section::attribute_value(std::string_view name) const noexcept {
  for (auto& l : lines)
    if (l.type == 'a')
      if (auto a = parse_attribute(l.value); a.name == name)
        return a.value;
  return std::nullopt;
}

std::vector<std::string_view> section::attribute_values(std::string_view name) const {
  std::vector<std::string_view> all;
  for (auto& l : lines)
    if (l.type == 'a')
      if (auto a = parse_attribute(l.value); a.name == name)
        all.push_back(a.value);
  return all;
}

std::optional<connection> section::connection() const {
  auto text = value('c');
  auto parsed = text ? parse_connection(*text) : fail("none");
  return parsed ? std::optional(*parsed) : std::nullopt;
}

std::optional<std::uint32_t> section::bandwidth(std::string_view type) const noexcept {
  for (auto& l : lines)
    if (l.type == 'b')
      if (auto b = parse_bandwidth(l.value); b && equal_nocase(b->type, type))
        return b->value;
  return std::nullopt;
}

std::optional<direction> section::own_direction() const noexcept {
  for (auto& l : lines)
    if (l.type == 'a')
      if (auto d = direction_from(l.value))
        return d;
  return std::nullopt;
}

void section::set(char type, std::string_view value) {
  auto same = std::find_if(lines.begin(), lines.end(), [type](const line& l) { return l.type == type; });
  if (same != lines.end()) {
    same->value = value;
    return;
  }
  auto place = order.find(type);
  auto behind = std::find_if(lines.begin(), lines.end(), [place](const line& l) { return order.find(l.type) > place; });
  lines.insert(behind, {type, value});
}

std::size_t section::remove_attribute(std::string_view name) {
  return std::erase_if(lines, [name](const line& l) { return l.type == 'a' && parse_attribute(l.value).name == name; });
}

std::optional<origin> description::origin() const {
  auto parsed = parse_origin(value('o').value_or(std::string_view{}));
  return parsed ? std::optional(*parsed) : std::nullopt;
}

std::optional<connection> description::connection_of(const sdp::media& m) const {
  auto own = m.connection();
  return own ? own : connection();
}

direction description::direction_of(const sdp::media& m) const noexcept {
  auto own = m.own_direction();
  return own ? *own : own_direction().value_or(direction::sendrecv);
}

} // namespace troupe::sdp
