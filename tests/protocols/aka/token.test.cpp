// AUTN, AUTS and vectors: TS 33.102 clause 6.3, against the values derived in corpus/digest/aka_digest.json.
#include "vectors.hpp"

#include "protocols/aka/usim.hpp"

using namespace troupe::aka;

namespace {

milenage set_1() {
  auto set = corpus("milenage/ts35208_milenage.json")["sets"][0];
  return {bytes<16>(set["k"]), bytes<16>(set["opc"])};
}

tuak long_tuak() {
  tuak t;
  t.k = octets<32>(bytes<32>("fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0efeeedecebeae9e8e7e6e5e4e3e2e1e0"));
  t.topc = t.k;
  t.mac_size = t.res_size = t.ck_size = t.ik_size = 32;
  return t;
}

random_challenge some_rand() { return bytes<16>("23553cbe9637a89d218ae64dae47bf35"); }

} // namespace

TEST_CASE("A vector has the AUTN, RES, CK and IK of the AKA digest corpus") {
  auto sets = corpus("milenage/ts35208_milenage.json")["sets"];
  auto vectors = corpus("digest/aka_digest.json")["vectors"];
  REQUIRE(vectors.size() == 7);
  for (auto& expected : vectors) {
    auto& set = sets[expected["milenage_set"].get<std::size_t>() - 1];
    INFO("set " << expected["milenage_set"]);
    milenage m{bytes<16>(expected["k"]), bytes<16>(expected["opc"])};
    auto made = make_vector(m, bytes<2>(set["amf"]), sqn(set["sqn"]), bytes<16>(expected["rand"]));
    CHECK(made.autn.hex() == expected["autn"]);
    CHECK(made.xres.hex() == expected["res"]);
    CHECK(made.ck.hex() == expected["ck"]);
    CHECK(made.ik.hex() == expected["ik"]);

    auto opened = open_autn(m, made.rand, made.autn);
    REQUIRE(opened);
    CHECK(opened->sqn == sqn(set["sqn"]));
    CHECK(opened->keys.res == made.xres);
  }
}

TEST_CASE("An AUTS has the octets of the AKA digest corpus and opens to its SQN_MS") {
  auto vectors = corpus("digest/aka_digest.json")["vectors"];
  REQUIRE(vectors.size() == 7);
  for (auto& expected : vectors) {
    INFO("set " << expected["milenage_set"]);
    auto& resync = expected["resync"];
    milenage m{bytes<16>(expected["k"]), bytes<16>(expected["opc"])};
    auto rand = bytes<16>(expected["rand"]);
    auto auts = make_auts(m, rand, sqn(resync["sqn_ms"]));
    CHECK(auts.hex() == resync["auts"]);
    CHECK(m.f1_star(rand, sqn(resync["sqn_ms"]), resynchronisation_amf).hex() == resync["mac_s"]);
    CHECK(open_auts(m, rand, auts) == sqn(resync["sqn_ms"]));
  }
}

TEST_CASE("An AUTN or AUTS with any one bit turned does not open") {
  for (const algorithm& with : {algorithm(set_1()), algorithm(long_tuak())}) {
    auto made = make_vector(with, {0x80, 0}, 0x123456789abc, some_rand());
    auto auts = make_auts(with, some_rand(), 0x123456789abc);
    for (std::size_t bit = 0; bit < made.autn.size() * 8; ++bit) {
      auto spoiled = made.autn;
      spoiled[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
      CHECK_FALSE(open_autn(with, some_rand(), spoiled));
    }
    for (std::size_t bit = 0; bit < auts.size() * 8; ++bit) {
      auto spoiled = auts;
      spoiled[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
      CHECK_FALSE(open_auts(with, some_rand(), spoiled));
    }
  }
}

TEST_CASE("An AUTN or AUTS of a wrong length does not open") {
  algorithm with = set_1();
  auto made = make_vector(with, {0x80, 0}, 32, some_rand());
  auto auts = make_auts(with, some_rand(), 32);
  for (std::size_t size = 0; size < made.autn.size(); ++size)
    CHECK_FALSE(open_autn(with, some_rand(), std::span(made.autn.data(), size)));
  for (std::size_t size = 0; size < auts.size(); ++size)
    CHECK_FALSE(open_auts(with, some_rand(), std::span(auts.data(), size)));
}

TEST_CASE("A USIM takes a vector once, asks for resynchronisation when it comes again, and refuses another network") {
  usim card{set_1()};
  auto made = make_vector(set_1(), {0x80, 0}, make_sqn(7, 3), some_rand());
  auto first = card.authenticate(made.rand, made.autn);
  REQUIRE(std::holds_alternative<authenticated>(first));
  CHECK(std::get<authenticated>(first).res == made.xres);
  CHECK(std::get<authenticated>(first).ck == made.ck);

  auto again = card.authenticate(made.rand, made.autn);
  REQUIRE(std::holds_alternative<synchronisation_failure>(again));
  CHECK(open_auts(set_1(), made.rand, std::get<synchronisation_failure>(again).auts) == make_sqn(7, 3));

  auto other = set_1();
  other.k[0] ^= 1;
  auto foreign = make_vector(other, {0x80, 0}, make_sqn(8, 4), some_rand());
  CHECK(std::holds_alternative<mac_failure>(card.authenticate(foreign.rand, foreign.autn)));
}

TEST_CASE("A USIM with TUAK and 256-bit lengths authenticates") {
  usim card{long_tuak()};
  auto made = make_vector(long_tuak(), {0x80, 0}, make_sqn(1, 1), some_rand());
  CHECK(made.autn.size() == 40);
  auto answer = card.authenticate(made.rand, made.autn);
  REQUIRE(std::holds_alternative<authenticated>(answer));
  CHECK(std::get<authenticated>(answer).res == made.xres);
  CHECK(made.xres.size() == 32);
}
