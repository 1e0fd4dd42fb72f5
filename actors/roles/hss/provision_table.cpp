#include "actors/roles/hss/provision_table.hpp"

namespace troupe::hss {

namespace {

constexpr std::size_t most_lines = 20;

} // namespace

void mistakes::add(const toml::node& at, std::string_view key, std::string_view what) {
  if (lines.size() == most_lines)
    lines.push_back(file + ": and more");
  if (lines.size() > most_lines)
    return;
  auto line = file + ":" + std::to_string(at.source().begin.line) + ": ";
  lines.push_back(line.append(key).append(": ").append(what));
}

std::string mistakes::text() const {
  std::string all;
  for (auto& line : lines)
    all.append(all.empty() ? "" : "\n").append(line);
  return all;
}

const toml::node* table_reader::get(std::string_view key) {
  known_.emplace(key);
  return table_.get(key);
}

void table_reader::mistake(std::string_view key, std::string_view what) {
  auto* at = table_.get(key);
  wrong_.add(at ? *at : static_cast<const toml::node&>(table_), key, what);
}

std::string table_reader::text(std::string_view key, std::string fallback) {
  auto* found = get(key);
  if (!found)
    return fallback;
  if (auto value = found->value_exact<std::string>())
    return *value;
  mistake(key, "is not a text");
  return fallback;
}

std::int64_t table_reader::number(std::string_view key, std::int64_t fallback, std::int64_t least, std::int64_t most) {
  auto* found = get(key);
  if (!found)
    return fallback;
  auto value = found->value_exact<std::int64_t>();
  if (value && *value >= least && *value <= most)
    return *value;
  mistake(key, "is not a number from " + std::to_string(least) + " to " + std::to_string(most));
  return fallback;
}

bool table_reader::flag(std::string_view key, bool fallback) {
  auto* found = get(key);
  if (!found)
    return fallback;
  if (auto value = found->value_exact<bool>())
    return *value;
  mistake(key, "is neither true nor false");
  return fallback;
}

const toml::array* table_reader::array(std::string_view key) {
  auto* found = get(key);
  if (found && !found->is_array())
    mistake(key, "is not a list");
  return found ? found->as_array() : nullptr;
}

const toml::table* table_reader::table(std::string_view key) {
  auto* found = get(key);
  if (found && !found->is_table())
    mistake(key, "is not a table");
  return found ? found->as_table() : nullptr;
}

std::vector<std::string> table_reader::texts(std::string_view key) {
  std::vector<std::string> out;
  if (auto* list = array(key))
    for (auto& item : *list) {
      auto value = item.value_exact<std::string>();
      if (!value)
        wrong_.add(item, key, "has an item that is not a text");
      out.push_back(value.value_or(std::string()));
    }
  return out;
}

std::vector<std::uint32_t> table_reader::numbers(std::string_view key) {
  std::vector<std::uint32_t> out;
  if (auto* list = array(key))
    for (auto& item : *list) {
      auto value = item.value_exact<std::int64_t>();
      if (!value || *value < 0 || *value > 0xffffffff)
        wrong_.add(item, key, "has an item that is not a number of 32 bits");
      out.push_back(static_cast<std::uint32_t>(value.value_or(0)));
    }
  return out;
}

std::size_t table_reader::choice(std::string_view key, std::initializer_list<std::string_view> allowed,
                                 std::size_t fallback) {
  if (!has(key))
    return fallback;
  auto value = text(key);
  std::string list;
  std::size_t index = 0;
  for (auto candidate : allowed) {
    if (value == candidate)
      return index;
    list.append(index++ == 0 ? "" : ", ").append(candidate);
  }
  mistake(key, "is none of " + list);
  return fallback;
}

void table_reader::end() {
  for (auto& [key, value] : table_)
    if (known_.count(key.str()) == 0)
      wrong_.add(value, key.str(), "is not a key of this table");
}

} // namespace troupe::hss
