#include "config/schema/tree.hpp"

#include <algorithm>
#include <toml++/toml.h>

namespace troupe::config {
namespace {

place place_of(const toml::source_region& source) {
  return {static_cast<std::uint32_t>(source.begin.line), static_cast<std::uint32_t>(source.begin.column)};
}

bool earlier(const place& a, const place& b) { return a.line != b.line ? a.line < b.line : a.column < b.column; }

table copy_table(const toml::table& from);

value copy_value(const toml::node& from) {
  value out{place_of(from.source()), {}};
  if (auto* text = from.as_string())
    out.is = text->get();
  else if (auto* number = from.as_integer())
    out.is = number->get();
  else if (auto* real = from.as_floating_point())
    out.is = real->get();
  else if (auto* yes = from.as_boolean())
    out.is = yes->get();
  else if (auto* members = from.as_table())
    out.is = copy_table(*members);
  else if (auto* elements = from.as_array()) {
    list copies;
    for (auto& element : *elements)
      copies.push_back(copy_value(element));
    out.is = std::move(copies);
  }
  return out;
}

table copy_table(const toml::table& from) {
  table out;
  for (auto&& [key, content] : from)
    out.push_back({std::string(key.str()), place_of(key.source()), copy_value(content)});
  std::stable_sort(out.begin(), out.end(), [](const entry& a, const entry& b) { return earlier(a.at, b.at); });
  return out;
}

} // namespace

std::string_view kind_of(const value& content) noexcept {
  constexpr std::string_view names[] = {"a date or time", "true or false", "a whole number", "a number with a fraction",
                                        "text",           "a list",        "a table"};
  return names[content.is.index()];
}

tl::expected<table, problem> parse_tree(std::string_view toml) {
  try {
    return copy_table(toml::parse(toml));
  } catch (const toml::parse_error& fault) {
    auto at = place_of(fault.source());
    return tl::unexpected<problem>({"", at.line, at.column, "", "is not TOML here: " + std::string(fault.description()),
                                    "see https://toml.io for the syntax"});
  }
}

} // namespace troupe::config
