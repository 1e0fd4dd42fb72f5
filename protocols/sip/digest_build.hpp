// Challenges, credentials and Authentication-Info as text: RFC 3261 clause 22, RFC 7616 clauses 3.3 to 3.5.
#pragma once

#include "protocols/sip/digest_header.hpp"

namespace troupe::sip {

/// For WWW-Authenticate and Proxy-Authenticate. One header field for each algorithm, the strongest first (RFC 8760).
struct challenge_fields {
  std::string_view realm{};
  std::string_view nonce{};
  digest_algorithm algorithm = digest_algorithm::md5;
  bool offer_auth = true;
  bool offer_auth_int = false;
  bool stale = false;
  std::string_view opaque{};
  /// S-CSCF to P-CSCF alone (TS 24.229 clause 5.4.1.2.1): hex; empty if none.
  std::string_view ck{};
  std::string_view ik{};
};
std::string make_challenge(const challenge_fields& fields);

/// A client's answer to a challenge.
struct credential_fields {
  std::string_view username{};
  /// The secret; with AKA aka_password(), and empty together with `auts`.
  std::string_view password{};
  std::string_view method{};
  std::string_view uri{};
  std::string_view cnonce{};
  std::uint32_t nonce_count = 1;
  std::string_view body{};
  std::string_view auts{}; ///< base64
};
/// Takes qop=auth when it is offered, else auth-int, else none. Nothing when the challenge is no Digest, or of an
/// algorithm that we do not know.
result<std::string> make_credentials(const auth_header& challenge, const credential_fields& fields);

/// For the first REGISTER: TS 24.229 clause 5.1.1.2.2.
std::string make_empty_credentials(std::string_view username, std::string_view realm, std::string_view uri);

/// Authentication-Info for accepted credentials. `next_nonce` may be empty.
std::string make_authentication_info(const digest_credentials& accepted, std::string_view ha1,
                                     std::string_view next_nonce, std::string_view body);

/// A client's check of rspauth in Authentication-Info, the fields being those of its request.
bool is_right_authentication_info(std::string_view value, const digest_input& request);

/// The header again without some parameters and with `more` ("name=value") at its end. The P-CSCF takes away ck, ik
/// and foreign integrity-protected so (TS 24.229 clauses 5.2.2.2 and 5.2.2.5); all else stays as it was written.
std::string rewrite_auth_header(const auth_header& header, std::initializer_list<std::string_view> without,
                                std::string_view more = {});

} // namespace troupe::sip
