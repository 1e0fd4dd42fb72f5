// Texts that only their maker can read the meaning of, for URI user parts: base32hex with a SipHash behind (RFC 4648 clause 7).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocols/base/siphash.hpp"

namespace troupe::sip {

/// [0-9a-v], unpadded.
std::string to_base32(std::string_view octets);
/// Nothing for other characters, capitals included, or bits that do not belong to an octet.
std::optional<std::string> from_base32(std::string_view text);

/// The octets, readable by anyone, with 8 octets of authentication; `purpose` keeps one kind of text from passing as another.
std::string seal(std::string_view octets, std::string_view purpose, const siphash_key& secret);
std::optional<std::string> unseal(std::string_view text, std::string_view purpose, const siphash_key& secret);

} // namespace troupe::sip
