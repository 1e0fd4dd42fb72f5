// Authorization, Proxy-Authorization, WWW-Authenticate, Proxy-Authenticate and Authentication-Info: RFC 3261 clauses
// 20.6, 20.7, 20.27, 20.28, 20.44 and 25.1; RFC 7616 clauses 3.3 to 3.5; for AKA RFC 3310, and TS 24.229 clause 7.2A.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "protocols/base/result.hpp"
#include "protocols/sip/digest.hpp"

namespace troupe::sip {

/// One `name=value`. Views the header's value.
struct auth_param {
  std::string_view name;
  std::string_view value; ///< without its quotes, with its escapes: what goes into hashes (RFC 7616 clause 1.2, unq)
  bool quoted = false;
};

/// The parameters in their order, the unknown ones too; each name once, without regard to case.
class auth_params {
public:
  static constexpr std::size_t most = 32;

  const auth_param* begin() const noexcept { return params_.data(); }
  const auth_param* end() const noexcept { return params_.data() + size_; }
  std::size_t size() const noexcept { return size_; }
  const auth_param* find(std::string_view name) const noexcept;
  /// The value, or empty.
  std::string_view value(std::string_view name) const noexcept;
  /// False when the name was there already or there are too many.
  bool add(const auth_param& param) noexcept;

private:
  std::array<auth_param, most> params_;
  std::size_t size_ = 0;
};

/// `offset` of an error counts from the beginning of `text`.
result<auth_params> parse_auth_params(std::string_view text);

/// A challenge or credentials. Of another scheme than Digest only the scheme and `rest` are told.
struct auth_header {
  std::string_view scheme;
  std::string_view rest; ///< all behind the scheme, as it is
  auth_params params;

  bool is_digest() const noexcept;
};

result<auth_header> parse_auth_header(std::string_view value);

/// What credentials say. An initial REGISTER of TS 24.229 clause 5.1.1.2.2 has an empty nonce and response.
struct digest_credentials {
  std::string_view username;
  std::string_view realm;
  std::string_view nonce;
  std::string_view uri;
  std::string_view response;
  std::string_view cnonce;
  std::string_view nc;
  std::string_view opaque;
  std::string_view auts;                                             ///< base64; empty if none
  std::optional<digest_algorithm> algorithm = digest_algorithm::md5; ///< nothing: one that we do not know
  digest_qop qop = digest_qop::none;
  std::uint32_t nonce_count = 0;
};

/// 400 when one of username, realm, nonce, uri and response is absent, or a qop stands without nc and cnonce.
result<digest_credentials> read_credentials(const auth_header& header);

/// `algorithm` is the one that was asked for: credentials with another are wrong, whatever they say.
bool is_right_response(const digest_credentials& credentials, digest_algorithm algorithm, std::string_view ha1,
                       std::string_view method, std::string_view body);

/// What a challenge asks.
struct digest_challenge {
  std::string_view realm;
  std::string_view nonce;
  std::string_view opaque;
  std::string_view domain;
  std::optional<digest_algorithm> algorithm = digest_algorithm::md5;
  bool offers_auth = false;
  bool offers_auth_int = false;
  bool stale = false;
};

/// An error when realm or nonce is absent.
result<digest_challenge> read_challenge(const auth_header& header);

/// With the escapes taken away.
std::string unescape_quoted(std::string_view value);

} // namespace troupe::sip
