#include "protocols/sip/digest_build.hpp"

#include <algorithm>

#include "protocols/base/text.hpp"
#include "protocols/sip/values.hpp"

namespace troupe::sip {

namespace {

/// Parameters one after the other, with commas between.
class parameter_writer {
public:
  explicit parameter_writer(std::string_view begin) : out_(begin) { out_.reserve(320); }

  parameter_writer& plain(std::string_view name, std::string_view value) {
    out_.append(first_ ? "" : ", ").append(name).append("=").append(value);
    first_ = false;
    return *this;
  }
  /// `value` has its escapes already.
  parameter_writer& quoted(std::string_view name, std::string_view value) {
    plain(name, "\"");
    out_.append(value).append("\"");
    return *this;
  }
  parameter_writer& quoted_if_any(std::string_view name, std::string_view value) {
    return value.empty() ? *this : quoted(name, value);
  }
  std::string take() { return std::move(out_); }

private:
  std::string out_;
  bool first_ = true;
};

std::string_view inside_quotes(const std::string& quoted) {
  return std::string_view(quoted).substr(1, quoted.size() - 2);
}

std::array<char, 8> nonce_count_text(std::uint32_t count) {
  std::array<char, 8> text;
  for (auto at = text.rbegin(); at != text.rend(); ++at, count >>= 4)
    *at = "0123456789abcdef"[count & 15];
  return text;
}

digest_qop choose_qop(const digest_challenge& challenge) {
  if (challenge.offers_auth)
    return digest_qop::auth;
  return challenge.offers_auth_int ? digest_qop::auth_int : digest_qop::none;
}

std::string_view offered_qop(const challenge_fields& fields) {
  if (fields.offer_auth)
    return fields.offer_auth_int ? "auth,auth-int" : "auth";
  return fields.offer_auth_int ? "auth-int" : "";
}

} // namespace

std::string make_challenge(const challenge_fields& fields) {
  parameter_writer out("Digest ");
  auto realm = quote(fields.realm);
  out.quoted("realm", inside_quotes(realm)).quoted("nonce", fields.nonce);
  out.quoted_if_any("opaque", fields.opaque);
  if (fields.stale)
    out.plain("stale", "true");
  out.plain("algorithm", name_of(fields.algorithm));
  out.quoted_if_any("qop", offered_qop(fields));
  return out.quoted_if_any("ck", fields.ck).quoted_if_any("ik", fields.ik).take();
}

result<std::string> make_credentials(const auth_header& header, const credential_fields& fields) {
  auto challenge = read_challenge(header);
  if (!challenge)
    return tl::unexpected(challenge.error());
  if (!challenge->algorithm)
    return fail("a challenge has an unknown algorithm", 0, 0);
  auto algorithm = *challenge->algorithm;
  auto username = quote(fields.username);
  auto nc = nonce_count_text(fields.nonce_count);
  auto ha1 = make_ha1(hash_of(algorithm), inside_quotes(username), challenge->realm, fields.password);
  digest_input input{algorithm,      ha1,           fields.method,          fields.uri, challenge->nonce,
                     {nc.data(), 8}, fields.cnonce, choose_qop(*challenge), fields.body};

  parameter_writer out("Digest ");
  out.quoted("username", inside_quotes(username)).quoted("realm", challenge->realm).quoted("nonce", challenge->nonce);
  out.quoted("uri", fields.uri).quoted("response", make_response(input)).plain("algorithm", name_of(algorithm));
  if (input.qop != digest_qop::none)
    out.plain("qop", name_of(input.qop)).plain("nc", input.nc);
  if (input.qop != digest_qop::none || is_session(algorithm))
    out.quoted("cnonce", fields.cnonce);
  return out.quoted_if_any("opaque", challenge->opaque).quoted_if_any("auts", fields.auts).take();
}

std::string make_empty_credentials(std::string_view username, std::string_view realm, std::string_view uri) {
  auto name = quote(username);
  auto where = quote(realm);
  return parameter_writer("Digest ")
      .quoted("username", inside_quotes(name))
      .quoted("realm", inside_quotes(where))
      .quoted("nonce", "")
      .quoted("uri", uri)
      .quoted("response", "")
      .take();
}

std::string make_authentication_info(const digest_credentials& c, std::string_view ha1, std::string_view next_nonce,
                                     std::string_view body) {
  parameter_writer out("");
  if (c.qop != digest_qop::none && c.algorithm) {
    auto answer = make_response_auth({*c.algorithm, ha1, {}, c.uri, c.nonce, c.nc, c.cnonce, c.qop, body});
    out.plain("qop", name_of(c.qop)).quoted("rspauth", answer).quoted("cnonce", c.cnonce).plain("nc", c.nc);
  }
  return out.quoted_if_any("nextnonce", next_nonce).take();
}

bool is_right_authentication_info(std::string_view value, const digest_input& request) {
  auto params = parse_auth_params(value);
  return params && make_response_auth(request) == params->value("rspauth");
}

std::string rewrite_auth_header(const auth_header& header, std::initializer_list<std::string_view> without,
                                std::string_view more) {
  if (!header.is_digest())
    return std::string(header.scheme).append(header.rest.empty() ? "" : " ").append(header.rest);
  auto dropped = [&](std::string_view name) {
    return std::any_of(without.begin(), without.end(), [&](auto drop) { return equal_nocase(drop, name); });
  };
  parameter_writer out(std::string(header.scheme) + " ");
  for (auto& param : header.params)
    if (!dropped(param.name))
      param.quoted ? out.quoted(param.name, param.value) : out.plain(param.name, param.value);
  auto text = out.take();
  if (!more.empty())
    text.append(text.back() == ' ' ? "" : ", ").append(more);
  return text;
}

} // namespace troupe::sip
