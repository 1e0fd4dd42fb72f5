// Digest responses against the RFCs' vectors, AKA against TS 35.208's, and real handsets' captures.
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "protocols/base/text.hpp"
#include "protocols/sip/digest_build.hpp"

using namespace troupe;
using namespace troupe::sip;
using json = nlohmann::json;

namespace {

std::string read(const std::string& name) {
  std::ifstream in(std::string(CORPUS_DIR) + "/" + name);
  REQUIRE(in);
  return (std::ostringstream() << in.rdbuf()).str();
}

std::string octets(const json& hex) {
  auto bytes = from_hex(hex.get<std::string>());
  REQUIRE(bytes);
  return std::string(as_text(*bytes));
}

/// A field of a header in a captured message.
std::string header_of(const std::string& message, const std::string& name) {
  auto at = message.find("\r\n" + name + ": ");
  REQUIRE(at != std::string::npos);
  at += name.size() + 4;
  return message.substr(at, message.find("\r\n", at) - at);
}

digest_qop qop_of(const json& vector) {
  auto qop = vector.value("qop", "");
  return qop == "auth" ? digest_qop::auth : qop == "auth-int" ? digest_qop::auth_int : digest_qop::none;
}

} // namespace

TEST_CASE("Responses equal those of RFC 2617, 7616 and 8760 in the digest corpus") {
  auto vectors = json::parse(read("digest/digest.json"))["vectors"];
  REQUIRE(vectors.size() == 16);
  for (auto& v : vectors) {
    INFO(v["name"]);
    auto name = v["alg"].get<std::string>() + (v.value("sess", false) ? "-sess" : "");
    auto algorithm = find_digest_algorithm(name);
    REQUIRE(algorithm);
    CHECK(name_of(*algorithm) == name);
    // The vectors' text is Latin-1 or UTF-8 as their RFC has it.
    auto user = v["user"].get<std::string>();
    auto password = v["pw"].get<std::string>();
    auto realm = v["realm"].get<std::string>();
    auto method = v["method"].get<std::string>();
    auto uri = v["uri"].get<std::string>();
    auto nonce = v["nonce"].get<std::string>();
    auto nc = v.value("nc", "");
    auto cnonce = v.value("cn", "");
    auto body = v.value("body", "");
    auto ha1 = make_ha1(hash_of(*algorithm), user, realm, password);
    digest_input input{*algorithm, ha1, method, uri, nonce, nc, cnonce, qop_of(v), body};
    CHECK(make_response(input) == v["response"].get<std::string>());
    CHECK(is_right_response(input, v["response"].get<std::string>()));
    if (v.contains("ha1") && !is_session(*algorithm))
      CHECK(ha1 == v["ha1"].get<std::string>());
    if (v.contains("ha1") && is_session(*algorithm))
      CHECK(hash_joined(hash_of(*algorithm), {ha1, nonce, cnonce}) == v["ha1"].get<std::string>());
    if (v.contains("userhash"))
      CHECK(make_userhash(hash_of(*algorithm), user, realm) == v["userhash"].get<std::string>());
  }
}

TEST_CASE("AKAv1-MD5, AKAv2-MD5 and AKAv2-SHA-256 responses equal those of the AKA corpus") {
  auto vectors = json::parse(read("digest/aka_digest.json"))["vectors"];
  REQUIRE(vectors.size() == 7);
  for (auto& v : vectors) {
    INFO("Milenage set " << v["milenage_set"]);
    auto res = octets(v["res"]);
    auto ik = octets(v["ik"]);
    auto ck = octets(v["ck"]);
    CHECK(make_aka_nonce(octets(v["rand"]), octets(v["autn"])) == v["nonce"]);
    CHECK(aka_password(digest_algorithm::akav1_md5, res, ik, ck) == res);
    CHECK(aka_password(digest_algorithm::akav2_md5, res, ik, ck) == v["password_AKAv2_MD5"]);
    CHECK(aka_password(digest_algorithm::akav2_sha256, res, ik, ck) == v["password_AKAv2_SHA256"]);

    auto user = v["username"].get<std::string>();
    auto realm = v["realm"].get<std::string>();
    auto method = v["method"].get<std::string>();
    auto uri = v["uri"].get<std::string>();
    auto nonce = v["nonce"].get<std::string>();
    auto nc = v["nc"].get<std::string>();
    auto cnonce = v["cnonce"].get<std::string>();
    auto response = [&](digest_algorithm algorithm, const std::string& password, digest_qop qop) {
      auto ha1 = make_ha1(hash_of(algorithm), user, realm, password);
      return std::string(make_response({algorithm, ha1, method, uri, nonce, nc, cnonce, qop, {}}).text());
    };
    auto v1 = digest_algorithm::akav1_md5;
    CHECK(response(v1, res, digest_qop::auth) == v["response_AKAv1_MD5"]);
    CHECK(response(v1, res, digest_qop::none) == v["response_AKAv1_MD5_no_qop"]);
    CHECK(response(v1, "", digest_qop::auth) == v["resync"]["response_with_empty_password"]);
    for (auto& [algorithm, key] : {std::pair(digest_algorithm::akav2_md5, "response_AKAv2_MD5"),
                                   std::pair(digest_algorithm::akav2_sha256, "response_AKAv2_SHA_256")})
      CHECK(response(algorithm, aka_password(algorithm, res, ik, ck), digest_qop::auth) == v[key]);

    auto auts = parse_auts(v["resync"]["auts_base64"].get<std::string>());
    REQUIRE(auts);
    CHECK(to_hex(*auts) == v["resync"]["auts"]);
  }
}

TEST_CASE("An AKA client answers the corpus's challenge as the corpus says") {
  auto vectors = json::parse(read("digest/aka_digest.json"))["vectors"];
  REQUIRE(vectors.size() == 7);
  for (auto& v : vectors) {
    auto challenge_text = make_challenge({.realm = v["realm"].get_ref<const std::string&>(),
                                          .nonce = v["nonce"].get_ref<const std::string&>(),
                                          .algorithm = digest_algorithm::akav1_md5});
    auto challenge = parse_auth_header(challenge_text);
    REQUIRE(challenge);
    auto res = octets(v["res"]);
    auto answer_text = make_credentials(*challenge, {.username = v["username"].get_ref<const std::string&>(),
                                                     .password = res,
                                                     .method = v["method"].get_ref<const std::string&>(),
                                                     .uri = v["uri"].get_ref<const std::string&>(),
                                                     .cnonce = v["cnonce"].get_ref<const std::string&>()});
    REQUIRE(answer_text);
    auto answer = parse_auth_header(*answer_text);
    REQUIRE(answer);
    auto c = read_credentials(*answer);
    REQUIRE(c);
    CHECK(c->response == v["response_AKAv1_MD5"].get<std::string>());
    auto ha1 = make_ha1(digest_hash::md5, c->username, c->realm, res);
    CHECK(is_right_response(*c, digest_algorithm::akav1_md5, ha1, "REGISTER", {}));
    CHECK_FALSE(is_right_response(*c, digest_algorithm::akav2_md5, ha1, "REGISTER", {}));
    CHECK_FALSE(is_right_response(*c, digest_algorithm::akav1_md5, ha1, "INVITE", {}));
    auto opened = parse_aka_nonce(c->nonce);
    REQUIRE(opened);
    CHECK(to_hex(opened->rand) == v["rand"]);
    CHECK(to_hex(opened->autn) == v["autn"]);
  }
}

TEST_CASE("The captured handsets' REGISTER responses follow from the HSS's XRES") {
  auto expected = json::parse(read("pcap/expected.json"));
  std::size_t checked = 0;
  for (auto name : {"ipsec_reg", "nonipsec_reg"}) {
    auto& capture = expected[name];
    auto xres = octets(capture["xres"]);
    for (auto& reg : capture["registers"]) {
      INFO(reg["file"]);
      auto text = header_of(read("pcap/" + reg["file"].get<std::string>()), "Authorization");
      auto header = parse_auth_header(text);
      REQUIRE(header);
      auto c = read_credentials(*header);
      REQUIRE(c);
      CHECK(c->response == reg["response"].get<std::string>());
      CHECK(c->nonce == capture["nonce_base64"].get<std::string>());
      CHECK(name_of(c->qop) == reg["qop"].get<std::string>());
      auto opened = parse_aka_nonce(c->nonce);
      REQUIRE(opened);
      CHECK(to_hex(opened->rand) + to_hex(opened->autn) == capture["sip_authenticate"]);
      auto ha1 = make_ha1(digest_hash::md5, c->username, c->realm, xres);
      CHECK(is_right_response(*c, digest_algorithm::akav1_md5, ha1, "REGISTER", {}) == reg["ok"].get<bool>());
      xres.back() ^= 1;
      auto wrong = make_ha1(digest_hash::md5, c->username, c->realm, xres);
      CHECK_FALSE(is_right_response(*c, digest_algorithm::akav1_md5, wrong, "REGISTER", {}));
      xres.back() ^= 1;
      ++checked;
    }
  }
  CHECK(checked == 6);
}

TEST_CASE("A RES with a zero octet is a password like any other") {
  auto with_zero = std::string("ab\0cdefg", 8);
  CHECK_FALSE(make_ha1(digest_hash::md5, "u", "r", with_zero) == make_ha1(digest_hash::md5, "u", "r", "ab").text());
}

TEST_CASE("HMAC takes keys of any length (RFC 2202, RFC 4231)") {
  CHECK(to_hex(hmac(digest_hash::md5, "Jefe", {"what do ya want ", "for nothing?"}).span()) ==
        "750c783e6ab0b503eaa86e310a5db738");
  CHECK(
      to_hex(hmac(digest_hash::md5, std::string(80, '\xaa'), {"Test Using Larger Than Block-Size Key - Hash Key First"})
                 .span()) == "6b1ab7fe4bd7bf8f0b62e6ce61b9d0cd");
  CHECK(to_hex(hmac(digest_hash::sha256, std::string(131, '\xaa'),
                    {"Test Using Larger Than Block-Size Key - Hash Key First"})
                   .span()) == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST_CASE("An AKA nonce may carry server data, and is refused when it is short or no base64") {
  auto nonce = make_aka_nonce(std::string(16, 'r'), std::string(16, 'a'), "more");
  auto opened = parse_aka_nonce(nonce);
  REQUIRE(opened);
  CHECK(opened->server_data == "more");
  CHECK_FALSE(parse_aka_nonce(make_aka_nonce(std::string(16, 'r'), std::string(15, 'a'))));
  CHECK_FALSE(parse_aka_nonce("!!!"));
  CHECK_FALSE(parse_aka_nonce(""));
  CHECK_FALSE(parse_auts("AAAA"));
}
