#include "protocols/aka/milenage.hpp"

#include <memory>
#include <openssl/evp.h>
#include <stdexcept>

namespace troupe::aka {

namespace {

using block = std::array<std::uint8_t, 16>;

struct cipher_free {
  void operator()(EVP_CIPHER* cipher) const { EVP_CIPHER_free(cipher); }
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

/// AES-128 under one key. OpenSSL's context is kept for each thread: to make one costs more than a whole vector.
class kernel {
public:
  explicit kernel(const block& key) : context_(context()) {
    if (EVP_EncryptInit_ex2(context_, nullptr, key.data(), nullptr, nullptr) != 1)
      throw std::runtime_error("AES-128 refuses its key");
  }
  kernel(const kernel&) = delete;
  kernel& operator=(const kernel&) = delete;

  /// In place. ECB, so that several independent blocks go in one call.
  template <std::size_t N>
  void encrypt(std::array<block, N>& blocks) {
    int done = 0;
    if (EVP_EncryptUpdate(context_, blocks[0].data(), &done, blocks[0].data(), static_cast<int>(16 * N)) != 1)
      throw std::runtime_error("AES-128 fails");
  }

private:
  static EVP_CIPHER_CTX* context() {
    static const std::unique_ptr<EVP_CIPHER, cipher_free> cipher{EVP_CIPHER_fetch(nullptr, "AES-128-ECB", nullptr)};
    thread_local const std::unique_ptr<EVP_CIPHER_CTX, cipher_free> context = [] {
      std::unique_ptr<EVP_CIPHER_CTX, cipher_free> made{EVP_CIPHER_CTX_new()};
      const block no_key{};
      if (!cipher || !made || EVP_EncryptInit_ex2(made.get(), cipher.get(), no_key.data(), nullptr, nullptr) != 1)
        throw std::runtime_error("OpenSSL has no AES-128-ECB");
      EVP_CIPHER_CTX_set_padding(made.get(), 0);
      return made;
    }();
    return context.get();
  }

  EVP_CIPHER_CTX* context_;
};

block operator^(block a, const block& b) {
  for (std::size_t i = 0; i < 16; ++i)
    a[i] ^= b[i];
  return a;
}

/// rot(x, 8 * octets), then xor with a constant whose last octet alone is not zero: r1 to r5 and c1 to c5 are such.
block rotate(const block& x, std::size_t by, std::uint8_t constant) {
  block turned;
  for (std::size_t i = 0; i < 16; ++i)
    turned[i] = x[(i + by) % 16];
  turned[15] ^= constant;
  return turned;
}

/// IN1 = SQN || AMF || SQN || AMF.
block make_in1(sequence_number sqn, management_field amf) {
  block in;
  auto sqn_octets = to_octets(sqn);
  for (std::size_t half : {0u, 8u}) {
    std::copy(sqn_octets.begin(), sqn_octets.end(), in.begin() + static_cast<std::ptrdiff_t>(half));
    std::copy(amf.begin(), amf.end(), in.begin() + static_cast<std::ptrdiff_t>(half) + 6);
  }
  return in;
}

block make_temp(const milenage& m, kernel& e, const random_challenge& rand) {
  std::array<block, 1> temp{rand ^ m.opc};
  e.encrypt(temp);
  return temp[0];
}

// What goes into the kernel for OUT1 to OUT5: r1 = 64, r2 = 0, r3 = 32, r4 = 64, r5 = 96 bits; c = 0, 1, 2, 4, 8.
block input_1(const milenage& m, const block& temp, sequence_number sqn, management_field amf) {
  return temp ^ rotate(make_in1(sqn, amf) ^ m.opc, 8, 0);
}
block input_2(const milenage& m, const block& temp) { return rotate(temp ^ m.opc, 0, 1); }
block input_3(const milenage& m, const block& temp) { return rotate(temp ^ m.opc, 4, 2); }
block input_4(const milenage& m, const block& temp) { return rotate(temp ^ m.opc, 8, 4); }
block input_5(const milenage& m, const block& temp) { return rotate(temp ^ m.opc, 12, 8); }

mac_code first_eight(const block& out) { return mac_code(std::span(out).first(8)); }
mac_code last_eight(const block& out) { return mac_code(std::span(out).last(8)); }

anonymity_key first_six(const block& out) {
  anonymity_key ak;
  std::copy_n(out.begin(), 6, ak.begin());
  return ak;
}

key_material make_keys(const block& out2, const block& out3, const block& out4) {
  return {last_eight(out2), session_key(out3), session_key(out4), first_six(out2)};
}

block out1(const milenage& m, const random_challenge& rand, sequence_number sqn, management_field amf) {
  kernel e(m.k);
  std::array<block, 1> out{input_1(m, make_temp(m, e, rand), sqn, amf)};
  e.encrypt(out);
  return out[0] ^ m.opc;
}

} // namespace

mac_code milenage::f1(const random_challenge& rand, sequence_number sqn, management_field amf) const {
  return first_eight(out1(*this, rand, sqn, amf));
}

mac_code milenage::f1_star(const random_challenge& rand, sequence_number sqn, management_field amf) const {
  return last_eight(out1(*this, rand, sqn, amf));
}

key_material milenage::f2345(const random_challenge& rand) const {
  kernel e(k);
  auto temp = make_temp(*this, e, rand);
  std::array<block, 3> out{input_2(*this, temp), input_3(*this, temp), input_4(*this, temp)};
  e.encrypt(out);
  return make_keys(out[0] ^ opc, out[1] ^ opc, out[2] ^ opc);
}

anonymity_key milenage::f5_star(const random_challenge& rand) const {
  kernel e(k);
  std::array<block, 1> out{input_5(*this, make_temp(*this, e, rand))};
  e.encrypt(out);
  return first_six(out[0] ^ opc);
}

challenge_material milenage::challenge(const random_challenge& rand, sequence_number sqn, management_field amf) const {
  kernel e(k);
  auto temp = make_temp(*this, e, rand);
  std::array<block, 4> out{input_1(*this, temp, sqn, amf), input_2(*this, temp), input_3(*this, temp),
                           input_4(*this, temp)};
  e.encrypt(out);
  return {first_eight(out[0] ^ opc), make_keys(out[1] ^ opc, out[2] ^ opc, out[3] ^ opc)};
}

std::array<std::uint8_t, 16> make_opc(const std::array<std::uint8_t, 16>& k, const std::array<std::uint8_t, 16>& op) {
  kernel e(k);
  std::array<block, 1> out{op};
  e.encrypt(out);
  return out[0] ^ op;
}

gsm_triplet make_gsm_triplet(const key_material& keys, gsm_response how) {
  gsm_triplet triplet;
  for (std::size_t i = 0; i < 4; ++i)
    triplet.sres[i] =
        static_cast<std::uint8_t>(how == gsm_response::folded ? keys.res[i] ^ keys.res[i + 4] : keys.res[i]);
  for (std::size_t i = 0; i < 8; ++i)
    triplet.kc[i] = static_cast<std::uint8_t>(keys.ck[i] ^ keys.ck[i + 8] ^ keys.ik[i] ^ keys.ik[i + 8]);
  return triplet;
}

} // namespace troupe::aka
