// Subscribers as `troupe ctl` sends them.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "actors/console/client.hpp"
#include "protocols/base/result.hpp"

namespace troupe {

struct subscriber_words {
  std::string impi;
  std::vector<std::string> impus;
  std::string k, op, opc, amf, password;
};

console::ctl_status add_subscriber(console::client& to, const subscriber_words& words);
/// `file` is "-": standard input.
console::ctl_status import_subscribers(console::client& to, const std::string& file);

/// Each `profile = "file"` becomes `profile_xml = "content"`, since the node does not see our files. Lines stay where they are,
/// for the sake of what the node says about them. What is no TOML is left to the node.
result<std::string> inline_profiles(std::string_view toml, const std::filesystem::path& folder);

} // namespace troupe
