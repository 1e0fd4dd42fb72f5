// RFC 3261 clause 19.1 and RFC 3966.
#include <catch2/catch.hpp>
#include <utility>
#include <vector>

#include "protocols/sip/uri.hpp"

using namespace troupe;
using namespace troupe::sip;

namespace {

uri good(std::string_view text) {
  INFO(text);
  auto u = parse_uri(text);
  INFO((u ? "" : u.error().what));
  REQUIRE(u);
  CHECK(u->text == text);
  return *u;
}

bool same(std::string_view a, std::string_view b) {
  auto forth = equivalent(good(a), good(b));
  CHECK(forth == equivalent(good(b), good(a)));
  return forth;
}

std::string aor(std::string_view text) { return canonical_aor(good(text)); }

} // namespace

TEST_CASE("a SIP URI falls into user, password, host, port, parameters and headers") {
  auto u = good("sips:alice:secret@atlanta.com:5071;transport=tcp;lr?subject=project%20x&priority=urgent");
  CHECK(u.kind == scheme::sips);
  CHECK(u.is_sip());
  CHECK(u.scheme == "sips");
  CHECK(u.has_user);
  CHECK(u.user == "alice");
  CHECK(u.password == "secret");
  CHECK(u.host == "atlanta.com");
  CHECK(u.port == 5071);
  CHECK(u.params.find("TRANSPORT") == "tcp");
  CHECK(u.loose_route());
  CHECK(u.headers == "subject=project%20x&priority=urgent");
}

TEST_CASE("the short forms of SIP URIs are read") {
  auto u = good("SIP:atlanta.com");
  CHECK(u.kind == scheme::sip);
  CHECK_FALSE(u.has_user);
  CHECK(u.host == "atlanta.com");
  CHECK_FALSE(u.port);
  CHECK(good("sip:alice@192.0.2.4").host == "192.0.2.4");
  CHECK(good("sip:[2001:db8::1]:5060;lr").host == "[2001:db8::1]");
  CHECK(good("sip:[2001:db8::1]:5060;lr").port == 5060);
  CHECK(good("sip:a@b?x=y").headers == "x=y");
  CHECK(good("sip:a@b.example.com.;x").host == "b.example.com.");
  CHECK(good("sip:+1-212-555-1212:1234@gateway.com;user=phone").user == "+1-212-555-1212");
  CHECK(good("sip:1212@gateway.com").params.text().empty());
  CHECK(good("sip:alice;day=tuesday@atlanta.com").user == "alice;day=tuesday");
  CHECK(good("sip:#31#0123@ims.example;user=phone").user == "#31#0123");
  CHECK(good("sip:@ims.example").has_user);
  CHECK(good("sip:a@pcscf_1.ims.example").host == "pcscf_1.ims.example");
}

TEST_CASE("a URI parameter without value, with an empty one, and one that stands twice") {
  auto u = good("sip:a@b;lr;x=;y=1;Y=2;;z=[::1]:5");
  CHECK(u.params.find("lr") == "");
  CHECK(u.params.find("x") == "");
  CHECK(u.params.find("y") == "1");
  CHECK(u.params.find("z") == "[::1]:5");
  CHECK_FALSE(u.params.find("w"));
  std::vector<std::pair<std::string_view, bool>> all;
  for (auto& p : u.params)
    all.emplace_back(p.name, p.has_value);
  CHECK(all == std::vector<std::pair<std::string_view, bool>>{
                   {"lr", false}, {"x", true}, {"y", true}, {"Y", true}, {"z", true}});
}

TEST_CASE("no parameters are none to iterate over") {
  CHECK(parameters().begin() == parameters().end());
  CHECK(parameters("").begin() == parameters("").end());
  parameters empty(" ; ;;");
  CHECK(empty.begin() == empty.end());
  parameters quoted(";a=\"x;y\\\";z\" ; b = 1");
  CHECK(quoted.find("a") == "\"x;y\\\";z\"");
  CHECK(quoted.find("b") == "1");
  parameters unbalanced(";a=\"x;b=1");
  CHECK(unbalanced.find("a") == "\"x;b=1");
  CHECK_FALSE(unbalanced.has("b"));
}

TEST_CASE("what is no URI is refused with the place of the fault") {
  for (auto text : {"",
                    "sip",
                    "sip:",
                    ":a",
                    "1sip:a@b",
                    "s/p:a@b",
                    "sip:a@",
                    "sip:a@b:",
                    "sip:a@b:x",
                    "sip:a@b:65536",
                    "sip:a@b:-1",
                    "sip:a@[::1",
                    "sip:a@[::g]",
                    "sip:a@[1]",
                    "sip:2001:db8::10",
                    "sip:a b@c",
                    "sip:a@b c",
                    "sip:<a@b>",
                    "sip:a@b;x=\"y\"",
                    "sip:a@b\r\nX: y",
                    "sip:a@b@c",
                    "sip:a@b;x@y",
                    "sip:a@b/c",
                    "sip:a@b,c",
                    "sip:a@[::1]x",
                    "tel:",
                    "tel:+",
                    "tel:-",
                    "tel:abc-x",
                    "tel:+12a",
                    "http:",
                    "http:a b"}) {
    INFO(text);
    auto u = parse_uri(text);
    REQUIRE_FALSE(u);
    CHECK(u.error().status == 400);
    CHECK(u.error().offset <= std::string_view(text).size());
  }
  CHECK(parse_uri("sip:a@b:99999").error().offset == 7);
}

TEST_CASE("tel URIs and others") {
  auto u = good("tel:+1-201-555-0123;ext=7");
  CHECK(u.kind == scheme::tel);
  CHECK(u.user == "+1-201-555-0123");
  CHECK(u.host.empty());
  CHECK(u.params.find("ext") == "7");
  CHECK(good("tel:7042;phone-context=example.com").params.find("phone-context") == "example.com");
  CHECK(good("tel:*31#").user == "*31#");
  CHECK(good("tel:911").user == "911");
  CHECK(good("urn:service:sos").kind == scheme::other);
  CHECK(good("urn:service:sos").scheme == "urn");
  CHECK(good("http://www.example.com/a?b=c").text == "http://www.example.com/a?b=c");
}

TEST_CASE("the equal pairs of RFC 3261 clause 19.1.4 are equal") {
  CHECK(same("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtlanTa.CoM;Transport=tcp"));
  CHECK(same("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"));
  CHECK(same("sip:carol@chicago.com", "sip:carol@chicago.com;security=on"));
  CHECK(same("sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on"));
  CHECK(same("sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
             "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com"));
  CHECK(same("sip:alice@atlanta.com?subject=project%20x&priority=urgent",
             "sip:alice@atlanta.com?priority=urgent&subject=project%20x"));
}

TEST_CASE("the unequal pairs of RFC 3261 clause 19.1.4 are unequal") {
  CHECK_FALSE(same("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"));
  CHECK_FALSE(same("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"));
  CHECK_FALSE(same("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"));
  CHECK_FALSE(same("sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp"));
  CHECK_FALSE(same("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting"));
  CHECK_FALSE(same("sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"));
  CHECK_FALSE(same("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off"));
}

TEST_CASE("the rules of clause 19.1.4 one by one") {
  CHECK_FALSE(same("sip:a@b", "sips:a@b"));
  CHECK_FALSE(same("sip:b", "sip:@b"));
  CHECK_FALSE(same("sip:a@b", "sip:a:p@b"));
  CHECK_FALSE(same("sip:a:p@b", "sip:a:P@b"));
  for (auto name : {"user=phone", "ttl=1", "method=INVITE", "maddr=239.255.255.1", "transport=tcp"})
    CHECK_FALSE(same("sip:a@b", std::string("sip:a@b;").append(name)));
  CHECK(same("sip:a@b;lr", "sip:a@b"));
  CHECK(same("sip:a@b;x=Y;lr", "sip:a@b;LR;X=y"));
  CHECK(same("sip:a@b;x=%79", "sip:a@b;x=y"));
  // Reserved characters are not the same as their escapes; others are, in either case of the digits.
  CHECK_FALSE(same("sip:a%3bb@c", "sip:a;b@c"));
  CHECK(same("sip:a%3bb@c", "sip:a%3Bb@c"));
  CHECK(same("sip:%7Ea@c", "sip:~a@c"));
  CHECK_FALSE(same("sip:%00@c", "sip:%00%00@c"));
  CHECK(same("sip:[2001:DB8::1]", "sip:[2001:db8::1]"));
  CHECK(same("sip:a@b?X=y", "sip:a@b?x=y"));
  CHECK_FALSE(same("sip:a@b?X=y", "sip:a@b?x=Y"));
  CHECK_FALSE(same("sip:a@b?x=1", "sip:a@b?x=1&x=1"));
}

TEST_CASE("tel URIs are compared without separators, by all parameters: RFC 3966 clause 4") {
  CHECK(same("tel:+1-201-555-0123", "tel:+12015550123"));
  CHECK(same("TEL:+1(201)5550123", "tel:+12015550123"));
  CHECK_FALSE(same("tel:+12015550123", "tel:12015550123"));
  CHECK(same("tel:7042;phone-context=Example.com", "tel:70-42;PHONE-CONTEXT=example.com"));
  CHECK(same("tel:7042;phone-context=+1-201", "tel:7042;phone-context=+1201"));
  CHECK_FALSE(same("tel:7042;phone-context=example.com", "tel:7042;phone-context=example.net"));
  CHECK_FALSE(same("tel:7042", "tel:7042;phone-context=example.net"));
  CHECK(same("tel:+1;ext=1-2;isub=a", "tel:+1;isub=A;ext=12"));
  CHECK_FALSE(same("tel:+1;ext=12", "tel:+1;ext=13"));
  CHECK_FALSE(same("tel:+1", "sip:+1@b"));
}

TEST_CASE("other URIs are compared octet by octet") {
  CHECK(same("urn:service:sos", "urn:service:sos"));
  CHECK_FALSE(same("urn:service:sos", "urn:service:SOS"));
}

TEST_CASE("the canonical form of a public user identity") {
  CHECK(aor("sip:Alice@IMS.Example:5060;transport=tcp?x=y") == "sip:Alice@ims.example");
  CHECK(aor("sips:alice:pw@ims.example") == "sip:alice@ims.example");
  CHECK(aor("sip:%61li%63e@ims.example") == "sip:alice@ims.example");
  CHECK(aor("sip:a%40b@ims.example") == "sip:a%40b@ims.example");
  CHECK(aor("sip:a%3bb%c3%a4@ims.example") == "sip:a%3Bb%C3%A4@ims.example");
  CHECK(aor("sip:+491234;npdi@ims.example;user=phone") == "sip:+491234;npdi@ims.example");
  CHECK(aor("sip:%7%37@ims.example") == "sip:%2577@ims.example");
  CHECK(aor("sip:%2577@ims.example") == "sip:%2577@ims.example");
  CHECK(aor("sip:ims.example") == "sip:ims.example");
  CHECK(aor("sip:a@[2001:DB8::1]:5060") == "sip:a@[2001:db8::1]");
  CHECK(aor("tel:+49-123(45);ext=9") == "tel:+4912345");
  CHECK(aor("TEL:70-42;phone-context=IMS.example") == "tel:7042;phone-context=ims.example");
  CHECK(aor("tel:7042;phone-context=+49-1") == "tel:7042;phone-context=+491");
  CHECK(aor("tel:911") == "tel:911");
  CHECK(aor("urn:service:sos") == "urn:service:sos");
}

TEST_CASE("escapes") {
  CHECK(unescape("a%20b%4a%4A") == "a bJJ");
  CHECK(unescape("%") == "%");
  CHECK(unescape("%2") == "%2");
  CHECK(unescape("100%zz%") == "100%zz%");
  CHECK(unescape("%2541") == "%41");
  CHECK(unescape("%00").size() == 1);
  CHECK(escape_user("al ice@\xc3\xa4:<>") == "al%20ice%40%C3%A4%3A%3C%3E");
  CHECK(escape_user("a-_.!~*'()&=+$,;?/") == "a-_.!~*'()&=+$,;?/");
  for (int c = 0; c < 256; ++c) {
    std::string one(1, static_cast<char>(c));
    auto escaped = escape_user(one);
    CHECK(unescape(escaped) == one);
    CHECK(good("sip:" + escaped + "@b").user == escaped);
  }
}
