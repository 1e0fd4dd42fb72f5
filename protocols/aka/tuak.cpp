#include "protocols/aka/tuak.hpp"

#include "protocols/aka/keccak.hpp"

namespace troupe::aka {

namespace {

// INSTANCE, clause 6.2 to 6.5. The standard numbers its bits from the most significant one.
constexpr unsigned instance_key_256 = 0x01;
constexpr unsigned instance_ik_256 = 0x02;
constexpr unsigned instance_ck_256 = 0x04;
constexpr unsigned instance_f2345 = 0x40;
constexpr unsigned instance_f1_star = 0x80;
constexpr unsigned instance_f5_star = 0xc0;

/// The length of MAC or RES: 64, 128, 256 bits are 001, 010, 100 in bits 2 to 4; a RES of 32 bits is 000.
constexpr unsigned instance_size(std::uint8_t size) { return size < 8 ? 0u : size; }

/// The 1600 bits that go through the permutation. Each field has its last octet first (clause 6.1's bit order).
class sponge {
public:
  void put(std::size_t at, std::span<const std::uint8_t> field) {
    for (std::size_t i = 0; i < field.size(); ++i)
      set(at + field.size() - 1 - i, field[i]);
  }
  void set(std::size_t at, std::uint8_t octet) { lanes_[at / 8] |= static_cast<std::uint64_t>(octet) << (at % 8 * 8); }
  void permute(unsigned times) {
    while (times-- > 0)
      keccak_f1600(lanes_);
  }
  template <class Field>
  Field get(std::size_t at, std::size_t size) const {
    std::array<std::uint8_t, 32> field;
    for (std::size_t i = 0; i < size; ++i) {
      auto from = at + size - 1 - i;
      field[i] = static_cast<std::uint8_t>(lanes_[from / 8] >> (from % 8 * 8));
    }
    return Field(std::span(field).first(size));
  }
  anonymity_key get_anonymity_key() const {
    auto octets_of = get<octets<6>>(96, 6);
    anonymity_key ak;
    std::copy(octets_of.begin(), octets_of.end(), ak.begin());
    return ak;
  }

private:
  keccak_state lanes_{};
};

/// TOP or TOPc || INSTANCE || "TUAK1.0" || RAND || AMF || SQN || KEY || padding; absent fields are zero.
struct inputs {
  const operator_key& top;
  unsigned instance;
  const secret_key& k;
  const random_challenge* rand = nullptr;
  management_field amf{};
  sequence_number sqn = 0;
};

sponge run(const inputs& in, unsigned iterations) {
  sponge s;
  s.put(0, in.top);
  s.set(32, static_cast<std::uint8_t>(in.instance | (in.k.size() == 32 ? instance_key_256 : 0)));
  s.put(33, as_bytes("TUAK1.0"));
  if (in.rand)
    s.put(40, *in.rand);
  s.put(56, in.amf);
  s.put(58, to_octets(in.sqn));
  s.put(64, in.k);
  s.set(96, 0x1f);
  s.set(135, 0x80);
  s.permute(iterations);
  return s;
}

constexpr bool one_of(std::uint8_t size, std::initializer_list<std::uint8_t> allowed) {
  for (auto candidate : allowed)
    if (size == candidate)
      return true;
  return false;
}

} // namespace

bool tuak::valid() const noexcept {
  return one_of(static_cast<std::uint8_t>(k.size()), {16, 32}) && topc.size() == 32 && one_of(mac_size, {8, 16, 32}) &&
         one_of(res_size, {4, 8, 16, 32}) && one_of(ck_size, {16, 32}) && one_of(ik_size, {16, 32}) && iterations > 0;
}

mac_code tuak::f1(const random_challenge& rand, sequence_number sqn, management_field amf) const {
  return run({topc, instance_size(mac_size), k, &rand, amf, sqn}, iterations).get<mac_code>(0, mac_size);
}

mac_code tuak::f1_star(const random_challenge& rand, sequence_number sqn, management_field amf) const {
  auto instance = instance_f1_star | instance_size(mac_size);
  return run({topc, instance, k, &rand, amf, sqn}, iterations).get<mac_code>(0, mac_size);
}

key_material tuak::f2345(const random_challenge& rand) const {
  auto instance = instance_f2345 | instance_size(res_size) | (ck_size == 32 ? instance_ck_256 : 0) |
                  (ik_size == 32 ? instance_ik_256 : 0);
  auto out = run({topc, instance, k, &rand}, iterations);
  return {out.get<response>(0, res_size), out.get<session_key>(32, ck_size), out.get<session_key>(64, ik_size),
          out.get_anonymity_key()};
}

anonymity_key tuak::f5_star(const random_challenge& rand) const {
  return run({topc, instance_f5_star, k, &rand}, iterations).get_anonymity_key();
}

challenge_material tuak::challenge(const random_challenge& rand, sequence_number sqn, management_field amf) const {
  return {f1(rand, sqn, amf), f2345(rand)};
}

operator_key make_topc(const secret_key& k, const operator_key& top, std::uint8_t iterations) {
  return run({top, 0, k}, iterations).get<operator_key>(0, 32);
}

} // namespace troupe::aka
