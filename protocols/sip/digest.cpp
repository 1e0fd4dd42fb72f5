#include "protocols/sip/digest.hpp"

#include <algorithm>

#include "protocols/base/text.hpp"

namespace troupe::sip {

namespace {

struct algorithm_row {
  digest_algorithm algorithm;
  std::string_view name;
  digest_hash hash;
  bool session;
  bool aka;
};

using enum digest_algorithm;

constexpr std::array<algorithm_row, 9> algorithms{{
    {md5, "MD5", digest_hash::md5, false, false},
    {md5_sess, "MD5-sess", digest_hash::md5, true, false},
    {sha256, "SHA-256", digest_hash::sha256, false, false},
    {sha256_sess, "SHA-256-sess", digest_hash::sha256, true, false},
    {sha512_256, "SHA-512-256", digest_hash::sha512_256, false, false},
    {sha512_256_sess, "SHA-512-256-sess", digest_hash::sha512_256, true, false},
    {akav1_md5, "AKAv1-MD5", digest_hash::md5, false, true},
    {akav2_md5, "AKAv2-MD5", digest_hash::md5, false, true},
    {akav2_sha256, "AKAv2-SHA-256", digest_hash::sha256, false, true},
}};

const algorithm_row& row(digest_algorithm algorithm) noexcept {
  return algorithms[static_cast<std::size_t>(algorithm)];
}

/// KD(H(A1), ...) with A2 = method ":" uri, and ":" H(body) with auth-int.
hex_digest make_response_with(std::string_view method, const digest_input& in) {
  auto hash = hash_of(in.algorithm);
  auto ha2 = in.qop == digest_qop::auth_int
                 ? hash_joined(hash, {method, in.uri, hex_digest(hash_octets(hash, {in.body}))})
                 : hash_joined(hash, {method, in.uri});
  auto ha1 = in.ha1;
  hex_digest session;
  if (is_session(in.algorithm)) {
    session = hash_joined(hash, {in.ha1, in.nonce, in.cnonce});
    ha1 = session;
  }
  if (in.qop == digest_qop::none)
    return hash_joined(hash, {ha1, in.nonce, ha2});
  return hash_joined(hash, {ha1, in.nonce, in.nc, in.cnonce, name_of(in.qop), ha2});
}

template <std::size_t N>
std::array<std::uint8_t, N> take(std::span<const std::uint8_t> from) {
  std::array<std::uint8_t, N> out{};
  std::copy_n(from.begin(), N, out.begin());
  return out;
}

} // namespace

std::optional<digest_algorithm> find_digest_algorithm(std::string_view name) noexcept {
  for (auto& candidate : algorithms)
    if (equal_nocase(candidate.name, name))
      return candidate.algorithm;
  return std::nullopt;
}

std::string_view name_of(digest_algorithm algorithm) noexcept { return row(algorithm).name; }
digest_hash hash_of(digest_algorithm algorithm) noexcept { return row(algorithm).hash; }
bool is_session(digest_algorithm algorithm) noexcept { return row(algorithm).session; }
bool is_aka(digest_algorithm algorithm) noexcept { return row(algorithm).aka; }

std::string_view name_of(digest_qop qop) noexcept {
  switch (qop) {
  case digest_qop::auth: return "auth";
  case digest_qop::auth_int: return "auth-int";
  case digest_qop::none: break;
  }
  return {};
}

hex_digest make_ha1(digest_hash hash, std::string_view username, std::string_view realm, std::string_view password) {
  return hash_joined(hash, {username, realm, password});
}

hex_digest make_userhash(digest_hash hash, std::string_view username, std::string_view realm) {
  return hash_joined(hash, {username, realm});
}

std::string aka_password(digest_algorithm algorithm, std::string_view res, std::string_view ik, std::string_view ck) {
  if (algorithm == akav1_md5)
    return std::string(res);
  auto key = std::string(res).append(ik).append(ck);
  return to_base64(hmac(hash_of(algorithm), key, {"http-digest-akav2-password"}).span());
}

hex_digest make_response(const digest_input& input) { return make_response_with(input.method, input); }

hex_digest make_response_auth(const digest_input& input) { return make_response_with({}, input); }

bool is_right_response(const digest_input& input, std::string_view response) {
  auto computed = make_response(input);
  auto right = computed.text();
  if (response.size() != right.size())
    return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < right.size(); ++i)
    difference |= static_cast<unsigned char>(response[i] ^ right[i]);
  return difference == 0;
}

std::string make_aka_nonce(std::string_view rand, std::string_view autn, std::string_view server_data) {
  return to_base64(as_bytes(std::string(rand).append(autn).append(server_data)));
}

std::optional<aka_nonce> parse_aka_nonce(std::string_view nonce) {
  auto octets = from_base64(nonce);
  if (!octets || octets->size() < 32)
    return std::nullopt;
  std::span<const std::uint8_t> all = *octets;
  return aka_nonce{take<16>(all), take<16>(all.subspan(16)), std::string(as_text(all.subspan(32)))};
}

std::optional<std::array<std::uint8_t, 14>> parse_auts(std::string_view auts) {
  auto octets = from_base64(auts);
  if (!octets || octets->size() != 14)
    return std::nullopt;
  return take<14>(*octets);
}

} // namespace troupe::sip
