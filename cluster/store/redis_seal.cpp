#include "cluster/store/redis_seal.hpp"

#include <algorithm>
#include <fstream>
#include <memory>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdexcept>

#include "protocols/base/text.hpp"

namespace troupe::store {
namespace {

constexpr std::size_t id_size = 4, nonce_size = 12, tag_size = 16;

struct freed {
  void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
};
using context = std::unique_ptr<EVP_CIPHER_CTX, freed>;

std::uint8_t* octets_of(std::string& text) { return reinterpret_cast<std::uint8_t*>(text.data()); }

/// The context after key, nonce and additional data.
context prepare(const std::uint8_t* key, const std::uint8_t* nonce, entity_view id, bool encrypt) {
  context out(EVP_CIPHER_CTX_new());
  auto type = static_cast<std::uint8_t>(id.type);
  int size = 0;
  if (!out || EVP_CipherInit_ex(out.get(), EVP_aes_256_gcm(), nullptr, key, nonce, encrypt ? 1 : 0) != 1 ||
      EVP_CipherUpdate(out.get(), nullptr, &size, &type, 1) != 1 ||
      (!id.key.empty() &&
       EVP_CipherUpdate(out.get(), nullptr, &size, as_bytes(id.key).data(), static_cast<int>(id.key.size())) != 1))
    throw std::runtime_error("OpenSSL cannot do AES-256-GCM");
  return out;
}

} // namespace

bool holds_secrets(kind type) noexcept { return type == kind::authentication || type == kind::hss_subscriber; }

result<key_ring> key_ring::load(const std::string& path) {
  std::ifstream from(path);
  if (!from)
    return fail("key file " + path + " cannot be read", 0, 0);
  key_ring out;
  std::string line;
  for (int number = 1; std::getline(from, line); ++number) {
    auto text = trim(std::string_view(line).substr(0, line.find('#')));
    if (text.empty())
      continue;
    auto octets = from_hex(text);
    if (!octets || octets->size() != 32)
      return fail("key file " + path + ", line " + std::to_string(number) + ": not 64 hexadecimal digits", 0, 0);
    auto& added = out.keys_.emplace_back();
    std::copy(octets->begin(), octets->end(), added.octets.begin());
    std::uint8_t digest[SHA256_DIGEST_LENGTH];
    SHA256(octets->data(), octets->size(), digest);
    std::copy_n(digest, id_size, added.id.begin());
  }
  if (out.keys_.empty())
    return fail("key file " + path + " has no key: write one with `openssl rand -hex 32`", 0, 0);
  return out;
}

std::string key_ring::seal(entity_view id, std::string_view octets) const {
  auto& with = keys_.front();
  std::string out(id_size + nonce_size + octets.size() + tag_size, '\0');
  std::copy(with.id.begin(), with.id.end(), out.begin());
  auto* nonce = octets_of(out) + id_size;
  auto* text = nonce + nonce_size;
  if (RAND_bytes(nonce, nonce_size) != 1)
    throw std::runtime_error("OpenSSL has no random octets");
  auto in = prepare(with.octets.data(), nonce, id, true);
  int size = 0;
  if ((!octets.empty() &&
       EVP_CipherUpdate(in.get(), text, &size, as_bytes(octets).data(), static_cast<int>(octets.size())) != 1) ||
      EVP_CipherFinal_ex(in.get(), text + octets.size(), &size) != 1 ||
      EVP_CIPHER_CTX_ctrl(in.get(), EVP_CTRL_GCM_GET_TAG, tag_size, text + octets.size()) != 1)
    throw std::runtime_error("OpenSSL cannot encrypt");
  return out;
}

key_ring::fault key_ring::open(entity_view id, std::string_view sealed, std::string& out) const {
  if (sealed.size() < id_size + nonce_size + tag_size)
    return fault::damaged;
  auto with = std::find_if(keys_.begin(), keys_.end(),
                           [&](const key& each) { return as_text(each.id) == sealed.substr(0, id_size); });
  if (with == keys_.end())
    return fault::unknown_key;
  auto size = sealed.size() - id_size - nonce_size - tag_size;
  auto nonce = as_bytes(sealed).data() + id_size;
  std::string tag(sealed.substr(sealed.size() - tag_size));
  out.assign(size, '\0');
  auto in = prepare(with->octets.data(), nonce, id, false);
  int done = 0;
  auto good = (size == 0 ||
               EVP_CipherUpdate(in.get(), octets_of(out), &done, nonce + nonce_size, static_cast<int>(size)) == 1) &&
              EVP_CIPHER_CTX_ctrl(in.get(), EVP_CTRL_GCM_SET_TAG, tag_size, tag.data()) == 1 &&
              EVP_CipherFinal_ex(in.get(), octets_of(out) + size, &done) == 1;
  return good ? fault::none : fault::damaged;
}

} // namespace troupe::store
