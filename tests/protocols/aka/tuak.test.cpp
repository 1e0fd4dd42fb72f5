// TUAK against TS 35.233, and its permutation against FIPS 202.
#include "vectors.hpp"

#include "protocols/aka/keccak.hpp"

using namespace troupe::aka;

namespace {

operator_key top(const nlohmann::json& hex_text) {
  auto parsed = operator_key::from_hex(hex_text.get<std::string>());
  REQUIRE(parsed);
  return *parsed;
}

std::uint8_t length(const nlohmann::json& hex_text) {
  return static_cast<std::uint8_t>(hex_text.get<std::string>().size() / 2);
}

} // namespace

TEST_CASE("TUAK gives the conformance values of TS 35.233") {
  auto sets = corpus("milenage/ts35233_tuak.json")["sets"];
  REQUIRE(sets.size() == 6);
  for (auto& set : sets) {
    INFO(set["name"]);
    auto& in = set["in"];
    auto& out = set["out"];
    tuak t;
    t.k = top(in["k"]);
    t.iterations = in["keccak_iterations"].get<std::uint8_t>();
    t.topc = make_topc(t.k, top(in["top"]), t.iterations);
    CHECK(t.topc.hex() == out["topc"]);
    t.mac_size = length(out["f1"]);
    t.res_size = length(out["f2"]);
    t.ck_size = length(out["f3"]);
    t.ik_size = length(out["f4"]);
    REQUIRE(t.valid());

    auto rand = bytes<16>(in["rand"]);
    auto amf = bytes<2>(in["amf"]);
    CHECK(t.f1(rand, sqn(in["sqn"]), amf).hex() == out["f1"]);
    CHECK(t.f1_star(rand, sqn(in["sqn"]), amf).hex() == out["f1star"]);
    auto keys = t.f2345(rand);
    CHECK(keys.res.hex() == out["f2"]);
    CHECK(keys.ck.hex() == out["f3"]);
    CHECK(keys.ik.hex() == out["f4"]);
    CHECK(hex(keys.ak) == out["f5"]);
    CHECK(hex(t.f5_star(rand)) == out["f5star"]);
  }
}

TEST_CASE("The permutation makes SHA3-256 of the empty message") {
  keccak_state state{};
  state[0] = 0x06;
  state[16] = std::uint64_t{0x80} << 56; // the last octet of the rate, 136 octets
  keccak_f1600(state);
  std::array<std::uint8_t, 32> digest;
  for (std::size_t i = 0; i < digest.size(); ++i)
    digest[i] = static_cast<std::uint8_t>(state[i / 8] >> (i % 8 * 8));
  CHECK(hex(digest) == "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a");
}

TEST_CASE("TUAK with lengths outside the standard is not valid") {
  tuak good;
  good.k = octets<32>(std::array<std::uint8_t, 32>{});
  good.topc = good.k;
  CHECK(good.valid());
  auto spoil = [&](auto change) {
    auto bad = good;
    change(bad);
    return bad.valid();
  };
  CHECK_FALSE(spoil([](tuak& t) { t.mac_size = 12; }));
  CHECK_FALSE(spoil([](tuak& t) { t.res_size = 5; }));
  CHECK_FALSE(spoil([](tuak& t) { t.ck_size = 8; }));
  CHECK_FALSE(spoil([](tuak& t) { t.ik_size = 0; }));
  CHECK_FALSE(spoil([](tuak& t) { t.iterations = 0; }));
  CHECK_FALSE(spoil([](tuak& t) { t.k = octets<32>(std::array<std::uint8_t, 15>{}); }));
  CHECK_FALSE(spoil([](tuak& t) { t.topc = octets<32>(std::array<std::uint8_t, 16>{}); }));
}
