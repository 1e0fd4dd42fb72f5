#include "protocols/sip/gruu.hpp"

#include "protocols/base/text.hpp"
#include "protocols/sip/opaque.hpp"

namespace troupe::sip {

namespace {

constexpr std::string_view user_start = "tgruu.";
constexpr std::size_t nonce_size = 8, target_size = 16;

void put(std::string& out, std::uint64_t value, unsigned octets) {
  for (; octets > 0; --octets, value >>= 8)
    out += static_cast<char>(value & 255);
}

std::uint64_t get(std::string_view in, std::size_t at, unsigned octets) {
  std::uint64_t value = 0;
  for (unsigned n = octets; n > 0; --n)
    value = value << 8 | static_cast<unsigned char>(in[at + n - 1]);
  return value;
}

/// SipHash over nonce and block number as a key stream: encrypts and decrypts.
void mask(std::string& text, std::string_view nonce, const siphash_key& secret) {
  for (std::size_t block = 0; block * 8 < text.size(); ++block) {
    auto stream = siphash(secret, std::string("gruu stream").append(nonce).append(1, static_cast<char>(block)));
    for (std::size_t i = block * 8; i < text.size() && i < block * 8 + 8; ++i, stream >>= 8)
      text[i] = static_cast<char>(text[i] ^ static_cast<char>(stream & 255));
  }
}

/// What may not stand in a parameter's value (RFC 3261 clause 25.1, paramchar) becomes %HH.
std::string escape_parameter(std::string_view text) {
  static constexpr std::string_view plain = "-_.!~*'()[]/:&+$";
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (char c : text) {
    if (is_alpha(c) || is_digit(c) || plain.find(c) != plain.npos) {
      out += c;
      continue;
    }
    auto octet = static_cast<unsigned char>(c);
    ((out += '%') += digits[octet >> 4]) += digits[octet & 15];
  }
  return out;
}

} // namespace

std::string public_gruu(std::string_view aor, std::string_view instance) {
  auto identity = parse_uri(aor);
  if (!identity || !identity->is_sip() || instance.empty())
    return {};
  std::string out(identity->scheme);
  out += ':';
  if (identity->has_user)
    (out += identity->user) += '@';
  out += identity->host;
  return (out += ";gr=") += escape_parameter(instance);
}

std::optional<std::string> instance_of_gruu(const uri& u) {
  auto gr = u.params.find("gr");
  if (!u.is_sip() || !gr || gr->empty())
    return std::nullopt;
  return unescape(*gr);
}

std::uint32_t gruu_instance_hash(std::string_view instance, const siphash_key& secret) noexcept {
  return static_cast<std::uint32_t>(siphash(secret, instance));
}

std::string make_temporary_gruu(const gruu_target& target, std::uint64_t nonce, const siphash_key& secret) {
  std::string head, body;
  put(head, nonce, nonce_size);
  put(body, target.registration, 8);
  put(body, target.instance, 4);
  put(body, target.epoch, 4);
  mask(body, head, secret);
  return std::string(user_start) + seal(head + body, "gruu", secret);
}

std::string temporary_gruu_uri(std::string_view user, std::string_view host) {
  return ((std::string("sip:") += user) += '@').append(host) += ";gr";
}

std::optional<gruu_target> read_temporary_gruu(const uri& u, const siphash_key& secret) {
  auto gr = u.params.find("gr");
  if (!u.is_sip() || !gr || !gr->empty() || !u.user.starts_with(user_start))
    return std::nullopt;
  auto octets = unseal(u.user.substr(user_start.size()), "gruu", secret);
  if (!octets || octets->size() != nonce_size + target_size)
    return std::nullopt;
  auto body = octets->substr(nonce_size);
  mask(body, std::string_view(*octets).substr(0, nonce_size), secret);
  return gruu_target{get(body, 0, 8), static_cast<std::uint32_t>(get(body, 8, 4)),
                     static_cast<std::uint32_t>(get(body, 12, 4))};
}

} // namespace troupe::sip
