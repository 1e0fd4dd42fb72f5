// The corpus's authentication vectors as values: tests/corpus/milenage.
#pragma once

#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "protocols/aka/token.hpp"

namespace troupe::aka {

inline nlohmann::json corpus(const std::string& name) {
  std::ifstream in(std::string(CORPUS_DIR) + "/" + name);
  REQUIRE(in);
  return nlohmann::json::parse(in);
}

template <std::size_t N>
std::array<std::uint8_t, N> bytes(const nlohmann::json& hex) {
  auto parsed = from_hex(hex.get<std::string>());
  REQUIRE(parsed);
  REQUIRE(parsed->size() == N);
  std::array<std::uint8_t, N> out;
  std::copy(parsed->begin(), parsed->end(), out.begin());
  return out;
}

inline sequence_number sqn(const nlohmann::json& hex) { return to_sequence_number(bytes<6>(hex)); }

template <std::size_t N>
std::string hex(const std::array<std::uint8_t, N>& value) {
  return to_hex(value);
}

} // namespace troupe::aka
