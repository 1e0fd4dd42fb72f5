// Reading a configuration from a text and expecting it to be good, or bad in a certain way.
#pragma once

#include <catch2/catch.hpp>

#include <string>
#include <string_view>
#include <vector>

#include "config/schema/config.hpp"

namespace troupe::config::test {

/// What is added to it stands under [sip], from line 7 on.
inline constexpr std::string_view minimal = "[node]\nname = \"a\"\nroles = [\"pcscf\"]\nhome_domain = \"ims.example\"\n"
                                            "[sip]\naccess = [\"udp://127.0.0.1:5060\"]\n";

inline node_config good(std::string_view text) {
  auto result = parse(text, "test.toml");
  if (!result)
    for (auto& each : result.error())
      UNSCOPED_INFO(each.text());
  REQUIRE(result.has_value());
  return *result;
}

inline std::vector<problem> bad(std::string_view text) {
  auto result = parse(text, "test.toml");
  REQUIRE_FALSE(result.has_value());
  REQUIRE_FALSE(result.error().empty());
  return result.error();
}

inline problem only(const std::vector<problem>& found) {
  for (auto& each : found)
    UNSCOPED_INFO(each.text());
  REQUIRE(found.size() == 1);
  return found.front();
}

inline const problem* about(const std::vector<problem>& found, std::string_view key) {
  for (auto& each : found)
    if (each.key == key)
      return &each;
  return nullptr;
}

} // namespace troupe::config::test
