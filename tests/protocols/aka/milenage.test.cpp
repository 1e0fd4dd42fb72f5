// Milenage against TS 35.207, 35.208 and 55.205.
#include "vectors.hpp"

using namespace troupe::aka;

namespace {

void check_sets(const std::string& file, std::size_t least) {
  auto sets = corpus(file)["sets"];
  REQUIRE(sets.size() >= least);
  for (auto& set : sets) {
    INFO(file << " set " << set["set"]);
    milenage m{bytes<16>(set["k"]), make_opc(bytes<16>(set["k"]), bytes<16>(set["op"]))};
    CHECK(hex(m.opc) == set["opc"]);
    auto rand = bytes<16>(set["rand"]);
    auto amf = bytes<2>(set["amf"]);
    auto number = sqn(set["sqn"]);
    CHECK(m.f1(rand, number, amf).hex() == set["f1"]);
    CHECK(m.f1_star(rand, number, amf).hex() == set["f1star"]);
    auto keys = m.f2345(rand);
    CHECK(keys.res.hex() == set["f2"]);
    CHECK(keys.ck.hex() == set["f3"]);
    CHECK(keys.ik.hex() == set["f4"]);
    CHECK(hex(keys.ak) == set["f5"]);
    CHECK(hex(m.f5_star(rand)) == set["f5star"]);
    auto all = m.challenge(rand, number, amf);
    CHECK(all.mac.hex() == set["f1"]);
    CHECK(all.keys.res.hex() == set["f2"]);
    CHECK(all.keys.ck.hex() == set["f3"]);
    CHECK(all.keys.ik.hex() == set["f4"]);
    CHECK(hex(all.keys.ak) == set["f5"]);
  }
}

} // namespace

TEST_CASE("Milenage gives the implementors' values of TS 35.207") { check_sets("milenage/ts35207_milenage.json", 6); }

TEST_CASE("Milenage gives the conformance values of TS 35.208") { check_sets("milenage/ts35208_milenage.json", 20); }

TEST_CASE("GSM-Milenage gives the values of TS 55.205") {
  auto sets = corpus("milenage/ts55205_gsm_milenage.json")["sets"];
  REQUIRE(sets.size() == 19);
  for (auto& set : sets) {
    INFO("set " << set["set"]);
    auto keys = milenage{bytes<16>(set["ki"]), bytes<16>(set["opc"])}.f2345(bytes<16>(set["rand"]));
    CHECK(hex(make_gsm_triplet(keys, gsm_response::folded).sres) == set["sres1"]);
    CHECK(hex(make_gsm_triplet(keys, gsm_response::truncated).sres) == set["sres2"]);
    CHECK(hex(make_gsm_triplet(keys, gsm_response::folded).kc) == set["kc"]);
  }
}
