#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "protocols/base/text.hpp"
#include "protocols/ims/auth_digest.hpp"
#include "protocols/sip/digest_build.hpp"
#include "tests/protocols/ims/corpus.hpp"

using namespace troupe;
using namespace troupe::ims;

namespace {

sip::message with_authorization(std::string_view value) {
  auto m = sip::message::request("REGISTER", "sip:h");
  m.add(sip::hdr::authorization, value);
  return m;
}

auth_vector vector_of(std::string scheme) {
  auth_vector v;
  v.scheme = std::move(scheme);
  v.rand_autn = std::string(32, '\x05');
  v.xres = std::string("\x00\x01\x02\x03\x00\x05\x06\x07", 8);
  v.ck = std::string(16, 'c');
  v.ik = std::string(16, 'i');
  return v;
}

} // namespace

TEST_CASE("RFC 3310, RFC 4169: an answer to an AKA challenge is right with RES and with nothing else") {
  auto scheme = GENERATE("Digest-AKAv1-MD5", "Digest-AKAv2-MD5", "Digest-AKAv2-SHA-256");
  auto v = vector_of(scheme);
  auto values =
      to_www_authenticate({1, v, sip::make_aka_nonce(v.rand_autn.substr(0, 16), v.rand_autn.substr(16)), false}, "h");
  REQUIRE(values.size() == 1);
  CHECK(auth_parameter(values[0], "ck") == to_hex(as_bytes(v.ck)));
  CHECK(auth_parameter(values[0], "ik") == to_hex(as_bytes(v.ik)));
  auto challenge = sip::parse_auth_header(values[0]);
  REQUIRE(challenge);
  auto algorithm = *sip::find_digest_algorithm(std::string_view(scheme).substr(7));
  sip::credential_fields fields;
  auto password = sip::aka_password(algorithm, v.xres, v.ik, v.ck);
  fields.username = "a@h";
  fields.password = password;
  fields.method = "REGISTER";
  fields.uri = "sip:h";
  fields.cnonce = "x";
  auto text = sip::make_credentials(*challenge, fields);
  REQUIRE(text);
  auto m = with_authorization(with_protection(*text, protection::yes));
  auto c = read_register_credentials(m);
  REQUIRE(c);
  REQUIRE(*c);
  CHECK((*c)->shield == protection::yes);
  CHECK(to_answer(**c)->has_response);
  CHECK(right_response(v, **c, "a@h", "h", m));
  CHECK_FALSE(right_response(v, **c, "b@h", "h", m));
  CHECK_FALSE(right_response(v, **c, "a@h", "elsewhere", m));
  auto other = v;
  other.xres.back() = 'x';
  CHECK_FALSE(right_response(other, **c, "a@h", "h", m));
}

TEST_CASE("RFC 8760: a SIP digest challenge goes out once for each algorithm, and any of them may be answered") {
  auth_vector v;
  v.scheme = "SIP Digest";
  v.realm = "h";
  for (auto [name, hash] : {std::pair{"SHA-256", sip::hash_of(sip::digest_algorithm::sha256)},
                            std::pair{"MD5", sip::hash_of(sip::digest_algorithm::md5)}}) {
    auto ha1 = sip::make_ha1(hash, "a@h", "h", "secret");
    v.digests.push_back({name, std::string(std::string_view(ha1))});
  }
  auto values = to_www_authenticate({1, v, "n0nce", true}, "ignored");
  REQUIRE(values.size() == 2);
  CHECK(auth_parameter(values[0], "algorithm") == "SHA-256");
  CHECK(auth_parameter(values[0], "realm") == "h");
  CHECK(auth_parameter(values[0], "stale") == "true");
  CHECK(auth_parameter(values[0], "ck").empty());
  for (auto& value : values) {
    auto challenge = sip::parse_auth_header(value);
    REQUIRE(challenge);
    sip::credential_fields fields;
    fields.username = "a@h";
    fields.password = "secret";
    fields.method = "REGISTER";
    fields.uri = "sip:h";
    fields.cnonce = "x";
    auto m = with_authorization(*sip::make_credentials(*challenge, fields));
    CHECK(right_response(v, **read_register_credentials(m), "a@h", "", m));
    fields.password = "wrong";
    auto w = with_authorization(*sip::make_credentials(*challenge, fields));
    CHECK_FALSE(right_response(v, **read_register_credentials(w), "a@h", "", w));
  }
}

TEST_CASE("TS 24.229 5.1.1.2.2: the credentials of an initial REGISTER answer nothing") {
  auto m = with_authorization(sip::make_empty_credentials("a@h", "h", "sip:h"));
  auto c = read_register_credentials(m);
  REQUIRE(c);
  REQUIRE(*c);
  CHECK((*c)->digest.username == "a@h");
  CHECK((*c)->shield == protection::absent);
  CHECK_FALSE(to_answer(**c));
}

TEST_CASE("RFC 3310 3.4: AUTS is read as octets, what is none counts as absent") {
  auto auts = to_base64(as_bytes(std::string(14, 'u')));
  auto m = with_authorization(
      "Digest username=\"a@h\", realm=\"h\", nonce=\"n\", uri=\"sip:h\", response=\"\", auts=\"" + auts + "\"");
  auto answer = to_answer(**read_register_credentials(m));
  REQUIRE(answer);
  CHECK(answer->auts == std::string(14, 'u'));
  CHECK_FALSE(answer->has_response);
}

TEST_CASE("a REGISTER without Digest credentials has none, and broken ones are 400") {
  CHECK_FALSE(*read_register_credentials(sip::message::request("REGISTER", "sip:h")));
  CHECK_FALSE(*read_register_credentials(with_authorization("Bearer abc")));
  auto broken = read_register_credentials(with_authorization("Digest username=\"a"));
  REQUIRE_FALSE(broken);
  CHECK(broken.error().status == 400);
}
