// A TOML document as plain values, each with its place in the file: what the rest of this folder sees of toml++.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/schema/config.hpp"

namespace troupe::config {

struct place {
  std::uint32_t line = 0, column = 0;
};

struct entry;
struct value;
using list = std::vector<value>;
using table = std::vector<entry>;

struct value {
  place at;
  std::variant<std::monostate, bool, std::int64_t, double, std::string, list, table> is; ///< monostate: a date or time
};

struct entry {
  std::string key;
  place at;
  value content;
};

/// "text", "a whole number", "a list", ...
std::string_view kind_of(const value& content) noexcept;

/// The document; or the parser's complaint, with its place, and no file name.
tl::expected<table, problem> parse_tree(std::string_view toml);

} // namespace troupe::config
