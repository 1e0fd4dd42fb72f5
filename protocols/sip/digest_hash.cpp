#include "protocols/sip/digest_hash.hpp"

#include <memory>
#include <openssl/evp.h>
#include <stdexcept>

namespace troupe::sip {

namespace {

struct context_free {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using context_ptr = std::unique_ptr<EVP_MD_CTX, context_free>;

context_ptr make_context(const char* name) {
  context_ptr made{EVP_MD_CTX_new()};
  auto* fetched = EVP_MD_fetch(nullptr, name, nullptr);
  auto begun = made && fetched && EVP_DigestInit_ex2(made.get(), fetched, nullptr) == 1;
  EVP_MD_free(fetched); // the context holds a reference of its own
  if (!begun)
    throw std::runtime_error(std::string("OpenSSL has no ") + name);
  return made;
}

/// A running hash on this thread's context for it.
class hasher {
public:
  explicit hasher(digest_hash hash) : context_(context(hash)) {
    if (EVP_DigestInit_ex2(context_, nullptr, nullptr) != 1)
      throw std::runtime_error("a hash does not begin");
  }
  void add(std::string_view part) {
    if (EVP_DigestUpdate(context_, part.data(), part.size()) != 1)
      throw std::runtime_error("a hash fails");
  }
  digest_octets finish() {
    digest_octets out;
    unsigned size = 0;
    if (EVP_DigestFinal_ex(context_, out.bytes.data(), &size) != 1)
      throw std::runtime_error("a hash does not end");
    out.size = static_cast<std::uint8_t>(size);
    return out;
  }

private:
  static EVP_MD_CTX* context(digest_hash hash) {
    thread_local const std::array<context_ptr, 3> contexts{make_context("MD5"), make_context("SHA256"),
                                                           make_context("SHA512-256")};
    return contexts[static_cast<std::size_t>(hash)].get();
  }

  EVP_MD_CTX* context_;
};

std::size_t block_size(digest_hash hash) { return hash == digest_hash::sha512_256 ? 128 : 64; }

} // namespace

hex_digest::hex_digest(const digest_octets& octets) noexcept : size_(static_cast<std::uint8_t>(2 * octets.size)) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (std::size_t i = 0; i < octets.size; ++i) {
    characters_[2 * i] = digits[octets.bytes[i] >> 4];
    characters_[2 * i + 1] = digits[octets.bytes[i] & 15];
  }
}

digest_octets hash_octets(digest_hash hash, std::initializer_list<std::string_view> parts) {
  hasher running(hash);
  for (auto part : parts)
    running.add(part);
  return running.finish();
}

hex_digest hash_joined(digest_hash hash, std::initializer_list<std::string_view> parts) {
  hasher running(hash);
  auto first = true;
  for (auto part : parts) {
    if (!first)
      running.add(":");
    first = false;
    running.add(part);
  }
  return hex_digest(running.finish());
}

digest_octets hmac(digest_hash hash, std::string_view key, std::initializer_list<std::string_view> parts) {
  std::array<char, 128> pad{};
  auto size = block_size(hash);
  digest_octets shortened;
  if (key.size() > size) {
    shortened = hash_octets(hash, {key});
    key = {reinterpret_cast<const char*>(shortened.bytes.data()), shortened.size};
  }
  auto padded = [&](char with) {
    for (std::size_t i = 0; i < size; ++i)
      pad[i] = static_cast<char>((i < key.size() ? key[i] : '\0') ^ with);
    return std::string_view(pad.data(), size);
  };
  hasher inner(hash);
  inner.add(padded(0x36));
  for (auto part : parts)
    inner.add(part);
  auto inside = inner.finish();
  return hash_octets(hash, {padded(0x5c), {reinterpret_cast<const char*>(inside.bytes.data()), inside.size}});
}

} // namespace troupe::sip
