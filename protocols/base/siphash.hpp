// SipHash-2-4 (Aumasson, Bernstein 2012): keyed, so that a stranger cannot choose collisions or forge a token.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace troupe {

using siphash_key = std::array<std::uint64_t, 2>;

std::uint64_t siphash(const siphash_key& key, std::string_view data) noexcept;

/// The first 16 octets of a secret text's two hashes under fixed keys: turns a configured secret into a key.
siphash_key make_siphash_key(std::string_view secret) noexcept;

} // namespace troupe
