// Authentication headers, read and written: RFC 3261 clause 25.1, RFC 7616.
#include <catch2/catch.hpp>

#include "protocols/base/random.hpp"
#include "protocols/sip/digest_build.hpp"
#include "protocols/sip/values.hpp"

using namespace troupe;
using namespace troupe::sip;

namespace {

constexpr std::string_view good = R"(Digest username="bob",realm="biloxi.com", nonce="dcd98b", uri="sip:biloxi.com",)"
                                  R"( qop=auth, nc=0000000a, cnonce="0a4f", response="6629", opaque="5ccc",x-more=1)";

bool parses(std::string_view text) { return parse_auth_header(text).has_value(); }

std::uint32_t fault_at(std::string_view text) {
  auto parsed = parse_auth_header(text);
  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().status == 400);
  return parsed.error().offset;
}

} // namespace

TEST_CASE("Credentials are read, the unknown parameters kept") {
  auto header = parse_auth_header(good);
  REQUIRE(header);
  CHECK(header->is_digest());
  CHECK(header->params.size() == 10);
  CHECK(header->params.value("x-more") == "1");
  auto c = read_credentials(*header);
  REQUIRE(c);
  CHECK(c->username == "bob");
  CHECK(c->qop == digest_qop::auth);
  CHECK(c->nonce_count == 10);
  CHECK(c->algorithm == digest_algorithm::md5);
  CHECK(c->opaque == "5ccc");
}

TEST_CASE("Names, scheme, qop and algorithm are read without regard to case, and spaces stand anywhere") {
  auto header = parse_auth_header("\tdIGEST  USERNAME = \"u\" ,\r\n Realm=\"r\",Nonce = \"n\",URI=\"s\",RESPONSE=\"x\","
                                  "Algorithm=sha-256 , QOP=\"AUTH-INT\",NC=00000001,CNonce=\"c\" ");
  REQUIRE(header);
  auto c = read_credentials(*header);
  REQUIRE(c);
  CHECK(c->username == "u");
  CHECK(c->algorithm == digest_algorithm::sha256);
  CHECK(c->qop == digest_qop::auth_int);
}

TEST_CASE("Escapes stay in the value that is hashed and go from the one that is shown") {
  auto header = parse_auth_header(R"(Digest realm="a \"b\" \\c, d", nonce="n")");
  REQUIRE(header);
  CHECK(header->params.value("realm") == R"(a \"b\" \\c, d)");
  CHECK(unescape_quoted(header->params.value("realm")) == R"(a "b" \c, d)");
  CHECK(quote(R"(a "b" \c, d)") == R"("a \"b\" \\c, d")");
}

TEST_CASE("Another scheme is kept as it is") {
  auto header = parse_auth_header("Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  REQUIRE(header);
  CHECK_FALSE(header->is_digest());
  CHECK(header->scheme == "Basic");
  CHECK(header->rest == "QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  CHECK(header->params.size() == 0);
  CHECK(rewrite_auth_header(*header, {"x"}) == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  CHECK_FALSE(read_credentials(*header));
}

TEST_CASE("A parameter that stands twice is an error, whatever its case") {
  CHECK(fault_at(R"(Digest realm="a", nonce="b", REALM="c")") == 29);
}

TEST_CASE("Malformed values are errors with their place") {
  CHECK(fault_at("") == 0);
  CHECK(fault_at("Digest realm=\"a") == 15);
  CHECK(fault_at("Digest realm=\"a\\") == 16);
  CHECK(fault_at("Digest realm") == 12);
  CHECK(fault_at("Digest =\"a\"") == 7);
  CHECK(fault_at("Digest realm=") == 13);
  CHECK(fault_at("Digest realm=\"a\" nonce=\"b\"") == 17);
  CHECK_FALSE(parses(std::string("Digest realm=\"a\0b\"", 18)));
  CHECK_FALSE(parses("Digest realm=\"a\x01\""));
  CHECK_FALSE(parses("Digest=\"a\""));
  CHECK_FALSE(parses(std::string("Digest realm=a\0", 15)));
}

TEST_CASE("More parameters than anyone sends are an error") {
  auto with = [](std::size_t count) {
    std::string text = "Digest a0=1";
    for (std::size_t i = 1; i < count; ++i)
      text += ",a" + std::to_string(i) + "=1";
    return text;
  };
  CHECK(parses(with(auth_params::most)));
  CHECK_FALSE(parses(with(auth_params::most + 1)));
}

TEST_CASE("Any octets are read or refused, and what was read is written again") {
  auto seed = GENERATE(11u, 12u, 13u);
  INFO("seed " << seed);
  random_source random(seed);
  constexpr std::string_view pieces[] = {"Digest ", "realm",       "=",   "\"", ",",   " ",
                                         "\\",      "nonce=\"x\"", "a=b", "\n", "\x80"};
  for (int i = 0; i < 20000; ++i) {
    std::string text = random.below(4) ? "Digest " : "";
    for (auto n = random.below(12); n > 0; --n)
      text += random.below(8) ? std::string(pieces[random.below(std::size(pieces))])
                              : std::string(1, static_cast<char>(random.below(256)));
    auto header = parse_auth_header(text);
    if (!header) {
      CHECK(header.error().offset <= text.size());
      continue;
    }
    auto written = rewrite_auth_header(*header, {});
    auto again = parse_auth_header(written);
    REQUIRE(again);
    CHECK(rewrite_auth_header(*again, {}) == written);
  }
}

TEST_CASE("Credentials that lack a part, or a qop's companions, are refused with 400") {
  for (std::string_view lacking :
       {R"(Digest realm="r",nonce="n",uri="s",response="x")", R"(Digest username="u",nonce="n",uri="s",response="x")",
        R"(Digest username="u",realm="r",uri="s",response="x")", R"(Digest username="u",realm="r",nonce="n",uri="s")",
        R"(Digest username="u",realm="r",nonce="n",response="x")",
        R"(Digest username="u",realm="r",nonce="n",uri="s",response="x",qop=auth,cnonce="c")",
        R"(Digest username="u",realm="r",nonce="n",uri="s",response="x",qop=auth,nc=00000001)",
        R"(Digest username="u",realm="r",nonce="n",uri="s",response="x",qop=auth,nc=1,cnonce="c")",
        R"(Digest username="u",realm="r",nonce="n",uri="s",response="x",qop=auth,nc=0000000g,cnonce="c")",
        R"(Digest username="u",realm="r",nonce="n",uri="s",response="x",qop=other,nc=00000001,cnonce="c")"}) {
    INFO(lacking);
    auto header = parse_auth_header(lacking);
    REQUIRE(header);
    auto c = read_credentials(*header);
    REQUIRE_FALSE(c);
    CHECK(c.error().status == 400);
  }
}

TEST_CASE("An initial REGISTER's empty nonce and response are no error") {
  auto text = make_empty_credentials("u@ims.example", "ims.example", "sip:ims.example");
  CHECK(text ==
        R"(Digest username="u@ims.example", realm="ims.example", nonce="", uri="sip:ims.example", response="")");
  auto header = parse_auth_header(text);
  REQUIRE(header);
  auto c = read_credentials(*header);
  REQUIRE(c);
  CHECK(c->nonce.empty());
  CHECK(c->response.empty());
}

TEST_CASE("An unknown algorithm is told from an absent one") {
  auto header = parse_auth_header(R"(Digest username="u",realm="r",nonce="n",uri="s",response="x",algorithm=MD6)");
  REQUIRE(header);
  auto c = read_credentials(*header);
  REQUIRE(c);
  CHECK_FALSE(c->algorithm);
  CHECK_FALSE(is_right_response(*c, digest_algorithm::md5, "", "REGISTER", ""));
}

TEST_CASE("A challenge is written and read back") {
  auto text = make_challenge({.realm = "ims \"x\"",
                              .nonce = "abc=",
                              .algorithm = digest_algorithm::sha256,
                              .offer_auth_int = true,
                              .stale = true,
                              .opaque = "o"});
  CHECK(text ==
        R"(Digest realm="ims \"x\"", nonce="abc=", opaque="o", stale=true, algorithm=SHA-256, qop="auth,auth-int")");
  auto header = parse_auth_header(text);
  REQUIRE(header);
  auto c = read_challenge(*header);
  REQUIRE(c);
  CHECK(c->stale);
  CHECK(c->offers_auth);
  CHECK(c->offers_auth_int);
  CHECK(c->algorithm == digest_algorithm::sha256);
  CHECK(unescape_quoted(c->realm) == "ims \"x\"");
}

TEST_CASE("A client prefers auth, takes auth-int when it must, and does without when none is offered") {
  auto answer = [](bool auth, bool auth_int, digest_algorithm algorithm) {
    auto text = make_challenge(
        {.realm = "r", .nonce = "n", .algorithm = algorithm, .offer_auth = auth, .offer_auth_int = auth_int});
    auto challenge = parse_auth_header(text);
    REQUIRE(challenge);
    auto made = make_credentials(*challenge, {.username = "al\"ice",
                                              .password = "secret",
                                              .method = "INVITE",
                                              .uri = "sip:b",
                                              .cnonce = "c",
                                              .nonce_count = 0x1f,
                                              .body = "v=0"});
    REQUIRE(made);
    auto header = parse_auth_header(*made);
    REQUIRE(header);
    auto c = read_credentials(*header);
    REQUIRE(c);
    CHECK(unescape_quoted(c->username) == "al\"ice");
    auto ha1 = make_ha1(hash_of(algorithm), c->username, "r", "secret");
    CHECK(is_right_response(*c, algorithm, ha1, "INVITE", "v=0"));
    CHECK(is_right_response(*c, algorithm, ha1, "INVITE", "v=1") == (c->qop != digest_qop::auth_int));
    if (c->qop != digest_qop::none)
      CHECK(c->nc == "0000001f");
    return c->qop;
  };
  for (auto algorithm :
       {digest_algorithm::md5, digest_algorithm::md5_sess, digest_algorithm::sha256, digest_algorithm::sha256_sess,
        digest_algorithm::sha512_256, digest_algorithm::sha512_256_sess}) {
    CHECK(answer(true, true, algorithm) == digest_qop::auth);
    CHECK(answer(false, true, algorithm) == digest_qop::auth_int);
    CHECK(answer(false, false, algorithm) == digest_qop::none);
  }
}

TEST_CASE("A client says so when it does not know the algorithm or the scheme") {
  auto unknown = parse_auth_header(R"(Digest realm="r", nonce="n", algorithm=MD6)");
  REQUIRE(unknown);
  CHECK_FALSE(make_credentials(*unknown, {}));
  auto basic = parse_auth_header("Basic realm=\"r\"");
  REQUIRE(basic);
  CHECK_FALSE(make_credentials(*basic, {}));
}

TEST_CASE("Authentication-Info proves that the server knows the secret too") {
  auto text = make_challenge({.realm = "r", .nonce = "n"});
  auto challenge = parse_auth_header(text);
  auto sent = make_credentials(*challenge,
                               {.username = "u", .password = "p", .method = "REGISTER", .uri = "sip:r", .cnonce = "c"});
  auto received = parse_auth_header(*sent);
  auto c = read_credentials(*received);
  REQUIRE(c);
  auto ha1 = make_ha1(digest_hash::md5, "u", "r", "p");
  auto info = make_authentication_info(*c, ha1, "next", "");
  CHECK(info.find("nextnonce=\"next\"") != std::string::npos);
  CHECK(info.find("nc=00000001") != std::string::npos);
  digest_input request{digest_algorithm::md5, ha1, "REGISTER", "sip:r", "n", "00000001", "c", digest_qop::auth, {}};
  CHECK(is_right_authentication_info(info, request));
  auto other = make_ha1(digest_hash::md5, "u", "r", "q");
  request.ha1 = other;
  CHECK_FALSE(is_right_authentication_info(info, request));
  CHECK_FALSE(is_right_authentication_info("nextnonce=\"next\"", request));
}

TEST_CASE("The P-CSCF takes ck and ik away from a challenge and leaves the rest as it was") {
  auto text =
      make_challenge({.realm = "r", .nonce = "n", .algorithm = digest_algorithm::akav1_md5, .ck = "c0", .ik = "10"});
  CHECK(text == R"(Digest realm="r", nonce="n", algorithm=AKAv1-MD5, qop="auth", ck="c0", ik="10")");
  auto header = parse_auth_header(text);
  REQUIRE(header);
  CHECK(rewrite_auth_header(*header, {"CK", "ik"}) ==
        R"(Digest realm="r", nonce="n", algorithm=AKAv1-MD5, qop="auth")");
}

TEST_CASE("The P-CSCF replaces integrity-protected with its own") {
  auto header = parse_auth_header(R"(Digest username="u",integrity-protected="yes",realm="a\"b")");
  REQUIRE(header);
  CHECK(rewrite_auth_header(*header, {"integrity-protected"}, R"(integrity-protected="no")") ==
        R"(Digest username="u", realm="a\"b", integrity-protected="no")");
}
