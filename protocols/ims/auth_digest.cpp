#include "protocols/ims/auth_digest.hpp"

#include "protocols/base/text.hpp"
#include "protocols/sip/digest_build.hpp"
#include "protocols/sip/values.hpp"

namespace troupe::ims {

namespace {

/// "Digest-AKAv1-MD5" of TS 29.229 clause 6.3.9 is "AKAv1-MD5" in the header field.
std::optional<sip::digest_algorithm> algorithm_of(const auth_vector& v) {
  std::string_view name = v.scheme;
  constexpr std::string_view prefix = "Digest-";
  if (starts_with_nocase(name, prefix))
    name.remove_prefix(prefix.size());
  return sip::find_digest_algorithm(name);
}

bool right_aka(const auth_vector& v, const register_credentials& c, std::string_view realm,
               const sip::message& request) {
  auto algorithm = algorithm_of(v);
  if (!algorithm || !sip::is_aka(*algorithm) || c.digest.realm != realm)
    return false;
  auto password = sip::aka_password(*algorithm, v.xres, v.ik, v.ck);
  auto ha1 = sip::make_ha1(sip::hash_of(*algorithm), c.digest.username, c.digest.realm, password);
  return sip::is_right_response(c.digest, *algorithm, std::string_view(ha1), request.method_name(), request.body());
}

bool right_digest(const auth_vector& v, const register_credentials& c, const sip::message& request) {
  if (c.digest.realm != v.realm || !c.digest.algorithm)
    return false;
  for (auto& d : v.digests) {
    auto algorithm = sip::find_digest_algorithm(d.algorithm);
    if (algorithm && *algorithm == *c.digest.algorithm)
      return sip::is_right_response(c.digest, *algorithm, d.ha1, request.method_name(), request.body());
  }
  return false;
}

} // namespace

result<std::optional<register_credentials>> read_register_credentials(const sip::message& request) {
  for (auto& f : request.fields()) {
    if (f.id != sip::hdr::authorization)
      continue;
    auto header = sip::parse_auth_header(f.value);
    if (!header)
      return tl::unexpected(header.error());
    if (!header->is_digest())
      continue;
    auto digest = sip::read_credentials(*header);
    if (!digest)
      return tl::unexpected(digest.error());
    return register_credentials{*digest, protection_of(header->params.value("integrity-protected"))};
  }
  return std::optional<register_credentials>();
}

std::optional<auth_answer> to_answer(const register_credentials& c) {
  if (c.digest.nonce.empty())
    return std::nullopt;
  auth_answer a{std::string(c.digest.nonce), !c.digest.response.empty(), {}, c.digest.nonce_count};
  if (auto auts = sip::parse_auts(c.digest.auts))
    a.auts = as_text(*auts);
  return a;
}

bool right_response(const auth_vector& vector, const register_credentials& c, std::string_view impi,
                    std::string_view realm, const sip::message& request) {
  if (c.digest.username != impi)
    return false;
  return vector.is_aka() ? right_aka(vector, c, realm, request) : right_digest(vector, c, request);
}

std::vector<std::string> to_www_authenticate(const auth_effect::challenge& challenge, std::string_view realm) {
  std::vector<std::string> out;
  auto& v = challenge.vector;
  sip::challenge_fields fields;
  fields.nonce = challenge.nonce;
  fields.stale = challenge.stale;
  if (v.is_aka()) {
    auto ck = to_hex(as_bytes(v.ck));
    auto ik = to_hex(as_bytes(v.ik));
    fields.realm = realm;
    fields.algorithm = algorithm_of(v).value_or(sip::digest_algorithm::akav1_md5);
    fields.ck = ck;
    fields.ik = ik;
    return {sip::make_challenge(fields)};
  }
  for (auto& d : v.digests) {
    auto algorithm = sip::find_digest_algorithm(d.algorithm);
    if (!algorithm)
      continue;
    fields.realm = v.realm;
    fields.algorithm = *algorithm;
    out.push_back(sip::make_challenge(fields));
  }
  return out;
}

} // namespace troupe::ims
