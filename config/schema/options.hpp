// The table of options: what each is called, means and may hold, how it is read from a value and shown again.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/schema/config.hpp"
#include "config/schema/tree.hpp"

namespace troupe::config {

/// Collects what is wrong while a file is read, and where each key's value stands ("sip.access", "sip.access[1]").
struct reading {
  std::string file;
  std::vector<problem> problems;
  std::map<std::string, place, std::less<>> places;

  void wrong(std::string_view key, place at, std::string what, std::string advice);
  /// At the key's value; for a key that the file does not set, at the file as a whole.
  void wrong_at(std::string_view key, std::string what, std::string advice);
  bool given(std::string_view key) const { return places.find(key) != places.end(); }
};

/// What a table entry says beside key and description; a field's type brings the rest.
struct traits {
  std::int64_t least = 0, most = 0;                 ///< of whole numbers and durations; equal: unbounded
  std::string_view unit = "";                       ///< durations bring theirs
  std::string (*wrong)(std::string_view) = nullptr; ///< judges a text; says what is wrong, or nothing
  bool empty = false;                               ///< an empty text or list has a meaning
  std::string_view example = "";                    ///< a TOML literal for the advice; the default otherwise
  std::string_view default_note = "";               ///< where the default depends on something
  bool restart = true;
  bool secret = false;
};

struct option {
  std::string_view key; ///< "sip.udp_mtu"
  std::string type;     ///< "whole number", "list of listener URLs"
  std::string unit;
  traits about;
  std::string_view description;
  std::function<void(reading&, const option&, const value&, node_config&)> read;
  std::function<std::string(const node_config&)> show; ///< as a TOML literal; secrets too

  std::string_view section() const { return key.substr(0, key.find('.')); }
  std::string_view leaf() const { return key.substr(key.find('.') + 1); }
  std::string bounds() const;       ///< "256 to 65535", or nothing
  std::string default_text() const; ///< a TOML literal or a phrase
};

struct section {
  std::string_view name, description;
};

std::span<const section> sections();
std::span<const option> options(); ///< in the sections' order
const option* find_option(std::string_view key);

} // namespace troupe::config
