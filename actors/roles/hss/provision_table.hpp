// One TOML table as it is read: each key asked for once, with its type; what nobody asked for is a mistake.
#pragma once

#include <set>
#include <string>
#include <vector>

#include <toml++/toml.h>

#include "protocols/aka/octets.hpp"

namespace troupe::hss {

/// Everything that is wrong with a file: "FILE:LINE: KEY: what".
struct mistakes {
  std::string file;
  std::vector<std::string> lines;

  void add(const toml::node& at, std::string_view key, std::string_view what);
  bool any() const noexcept { return !lines.empty(); }
  std::string text() const;
};

class table_reader {
public:
  table_reader(const toml::table& table, mistakes& wrong) : table_(table), wrong_(wrong) {}

  bool has(std::string_view key) const { return table_.contains(key); }
  void mistake(std::string_view key, std::string_view what);

  // Each gives the fallback when the key is absent or wrong; wrong ones are noted.
  std::string text(std::string_view key, std::string fallback = {});
  std::int64_t number(std::string_view key, std::int64_t fallback, std::int64_t least, std::int64_t most);
  bool flag(std::string_view key, bool fallback);
  std::vector<std::string> texts(std::string_view key);
  std::vector<std::uint32_t> numbers(std::string_view key);
  const toml::array* array(std::string_view key);
  const toml::table* table(std::string_view key);
  /// Of `size` octets; empty when absent or wrong.
  template <std::size_t Capacity>
  aka::octets<Capacity> hex(std::string_view key, std::initializer_list<std::size_t> sizes) {
    auto parsed = aka::octets<Capacity>::from_hex(text(key));
    for (auto size : sizes)
      if (parsed && parsed->size() == size)
        return *parsed;
    if (has(key))
      mistake(key, "is not hexadecimal of the right length");
    return {};
  }
  /// The index of the text in `allowed`.
  std::size_t choice(std::string_view key, std::initializer_list<std::string_view> allowed, std::size_t fallback);

  /// Notes keys that were never asked for.
  void end();
  const toml::table& node() const noexcept { return table_; }
  mistakes& wrong() noexcept { return wrong_; }

private:
  const toml::node* get(std::string_view key);

  const toml::table& table_;
  mistakes& wrong_;
  std::set<std::string, std::less<>> known_;
};

} // namespace troupe::hss
