// Digest responses: RFC 3261 clause 22.4, RFC 7616 clause 3.4, RFC 8760; with AKA: RFC 3310 and RFC 4169, and
// AKAv2-SHA-256 of TS 33.203 Annex X.
#pragma once

#include <optional>

#include "protocols/sip/digest_hash.hpp"

namespace troupe::sip {

enum class digest_algorithm : std::uint8_t {
  md5,
  md5_sess,
  sha256,
  sha256_sess,
  sha512_256,
  sha512_256_sess,
  akav1_md5,
  akav2_md5,
  akav2_sha256,
};

/// Without regard to case; nothing for one that we do not know.
std::optional<digest_algorithm> find_digest_algorithm(std::string_view name) noexcept;
std::string_view name_of(digest_algorithm algorithm) noexcept;
digest_hash hash_of(digest_algorithm algorithm) noexcept;
bool is_session(digest_algorithm algorithm) noexcept;
bool is_aka(digest_algorithm algorithm) noexcept;

enum class digest_qop : std::uint8_t {
  none, ///< RFC 2069: RFC 3261 clause 22.4 rule 8 makes a server take it
  auth,
  auth_int,
};
/// Empty for none.
std::string_view name_of(digest_qop qop) noexcept;

/// H(username:realm:password). With AKA the password is aka_password(). Of a session algorithm: the part that does not
/// change with the nonce, which is what is stored.
hex_digest make_ha1(digest_hash hash, std::string_view username, std::string_view realm, std::string_view password);

/// RFC 7616 clause 3.4.4.
hex_digest make_userhash(digest_hash hash, std::string_view username, std::string_view realm);

/// The password of a challenge answered with AKA. v1: RES as it is. v2: the base64 of
/// HMAC(RES || IK || CK, "http-digest-akav2-password") under the algorithm's hash. Any may hold zero octets.
std::string aka_password(digest_algorithm algorithm, std::string_view res, std::string_view ik, std::string_view ck);

/// What a response is made of. Texts are as between their quotes on the wire.
struct digest_input {
  digest_algorithm algorithm = digest_algorithm::md5;
  std::string_view ha1{}; ///< of make_ha1()
  std::string_view method{};
  std::string_view uri{};
  std::string_view nonce{};
  std::string_view nc{}; ///< eight hex digits; with a qop
  std::string_view cnonce{};
  digest_qop qop = digest_qop::none;
  std::string_view body{}; ///< with auth_int
};

hex_digest make_response(const digest_input& input);

/// rspauth of Authentication-Info: the same without the method. RFC 7616 clause 3.5.
hex_digest make_response_auth(const digest_input& input);

/// The time it takes does not depend on how much of the response is right.
bool is_right_response(const digest_input& input, std::string_view response);

/// RFC 3310 clause 3.2: nonce = base64(RAND || AUTN || server data).
std::string make_aka_nonce(std::string_view rand, std::string_view autn, std::string_view server_data = {});

struct aka_nonce {
  std::array<std::uint8_t, 16> rand{};
  std::array<std::uint8_t, 16> autn{};
  std::string server_data;
};
/// Nothing when it is no base64 or shorter than RAND and AUTN.
std::optional<aka_nonce> parse_aka_nonce(std::string_view nonce);

/// RFC 3310 clause 3.4: auts = base64 of 14 octets.
std::optional<std::array<std::uint8_t, 14>> parse_auts(std::string_view auts);

} // namespace troupe::sip
