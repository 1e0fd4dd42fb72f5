// RFC 3261 clause 20: values of header fields.
#include <catch2/catch.hpp>

#include "protocols/sip/values.hpp"

using namespace troupe;
using namespace troupe::sip;

namespace {

using views = std::vector<std::string_view>;

views split(std::string_view text) {
  views all;
  while (!text.empty())
    all.push_back(next_value(text));
  return all;
}

message with(hdr id, std::initializer_list<std::string_view> values) {
  auto m = message::request("OPTIONS", "sip:b.example");
  for (auto v : values)
    m.add(id, v);
  return m;
}

} // namespace

TEST_CASE("a list is cut at commas outside of quotes, <> and comments") {
  CHECK(split("a, b ,c") == views{"a", "b", "c"});
  CHECK(split("a,,b") == views{"a", "", "b"});
  CHECK(split(",a") == views{"", "a"});
  CHECK(split("a,") == views{"a"});
  CHECK(split("") == views{});
  CHECK(split("\"a,b\" <sip:c,d@e>;x=\"1,2\",f") == views{"\"a,b\" <sip:c,d@e>;x=\"1,2\"", "f"});
  CHECK(split("\"a\\\",b\",c") == views{"\"a\\\",b\"", "c"});
  CHECK(split("a (b, (c,d) \\) ,e), f") == views{"a (b, (c,d) \\) ,e)", "f"});
  CHECK(split("<\",>,b") == views{"<\",>", "b"});
  CHECK(split("a), b") == views{"a)", "b"});
  CHECK(split("\"a, b") == views{"\"a, b"});
  CHECK(split("<a, b") == views{"<a, b"});
  CHECK(split("(a, b") == views{"(a, b"});
}

TEST_CASE("values of repeated and joined lines come in order") {
  auto m = with(hdr::route, {"<sip:a>, <sip:b>", "<sip:c>"});
  CHECK(values(m, hdr::route) == views{"<sip:a>", "<sip:b>", "<sip:c>"});
  CHECK(first_value(m, hdr::route) == "<sip:a>");
  CHECK(first_value(m, hdr::path).empty());
  int seen = 0;
  for_each_value(m, hdr::route, [&](std::string_view) { return ++seen < 2; });
  CHECK(seen == 2);
}

TEST_CASE("option tags are found in any line and case, not as part of others") {
  auto m = with(hdr::supported, {"100rel, Path", "gruu"});
  CHECK(lists_token(m, hdr::supported, "path"));
  CHECK(lists_token(m, hdr::supported, "gruu"));
  CHECK_FALSE(lists_token(m, hdr::supported, "pat"));
  CHECK_FALSE(lists_token(m, hdr::require, "path"));
  CHECK_FALSE(lists_token(with(hdr::supported, {""}), hdr::supported, "path"));
  auto privacy = with(hdr::privacy, {"header; id;critical"});
  CHECK(lists_token(privacy, hdr::privacy, "id"));
  CHECK(lists_token(privacy, hdr::privacy, "critical"));
  CHECK_FALSE(lists_token(privacy, hdr::privacy, "user"));
  CHECK_FALSE(lists_token(with(hdr::accept, {"a/b;id"}), hdr::accept, "id"));
  CHECK(lists_token(with(hdr::accept, {"a/b;id, c/d"}), hdr::accept, "c/d"));
}

TEST_CASE("Via: protocol, transport, sent-by and parameters, with the white space that the grammar allows") {
  auto v = parse_via("SIP/2.0/UDP 192.0.2.1:5066 ;branch=z9hG4bK1;rport;received=192.0.2.9");
  REQUIRE(v);
  CHECK(v->transport == "UDP");
  CHECK(v->host == "192.0.2.1");
  CHECK(v->port == 5066);
  CHECK(v->branch() == "z9hG4bK1");
  CHECK(v->received() == "192.0.2.9");
  CHECK(v->params.find("rport") == "");
  v = parse_via("SIP / 2.0 / TLS \t [2001:db8::1] : 5061 ; branch = x");
  REQUIRE(v);
  CHECK(v->transport == "TLS");
  CHECK(v->host == "[2001:db8::1]");
  CHECK(v->port == 5061);
  CHECK(v->branch() == "x");
  CHECK_FALSE(parse_via("SIP/2.0/UDP a")->port);
  CHECK(parse_via("SIP/2.0/UDP a")->branch().empty());
  CHECK(parse_via("SIP/2.0/WSS df7jal23ls0d.invalid")->transport == "WSS");
  for (auto bad : {"", "SIP/2.0/UDP", "SIP/2.0/UDP ", "SIP/2.0 a", "SIP/2.0/UDPa.b.c", "/2.0/UDP a", "SIP//UDP a",
                   "SIP/2.0/ a", "SIP/2.0/UDP a:", "SIP/2.0/UDP a:x", "SIP/2.0/UDP a:70000", "SIP/2.0/UDP a b",
                   "SIP/2.0/UDP ;branch=x", "SIP/2.0/UDP [::1", "SIP/2.0/UDP a,b", "2.0 UDP a"}) {
    INFO(bad);
    CHECK_FALSE(parse_via(bad));
  }
  CHECK(top_via(with(hdr::via, {"SIP/2.0/UDP a, SIP/2.0/UDP b", "SIP/2.0/UDP c"}))->host == "a");
  CHECK_FALSE(top_via(message::request("OPTIONS", "sip:b")));
}

TEST_CASE("an address: with name and brackets") {
  auto a = parse_name_addr("\"A. G. Bell\" <sip:agb@bell-telephone.com> ;tag=a48s;x");
  REQUIRE(a);
  CHECK(a->display == "\"A. G. Bell\"");
  CHECK(a->uri == "sip:agb@bell-telephone.com");
  CHECK(a->tag() == "a48s");
  CHECK(a->params.has("x"));
  CHECK(parse_name_addr("Anonymous <sip:c8oqz84zk7z@privacy.org>;tag=hyh8")->display == "Anonymous");
  CHECK(parse_name_addr("A. G. Bell<sip:a@b>")->display == "A. G. Bell");
  CHECK(parse_name_addr("J\xc3\xb6rg <sip:a@b>")->display == "J\xc3\xb6rg");
  CHECK(parse_name_addr("<sip:a@b;lr?x=y,z>")->uri == "sip:a@b;lr?x=y,z");
  CHECK(parse_name_addr("<tel:+1>")->display.empty());
  CHECK(parse_name_addr("\"\"<sip:a@b>")->display == "\"\"");
  CHECK(parse_name_addr("<sip:a@b>;+sip.instance=\"<urn:uuid:1>\";q=0.5")->params.find("q") == "0.5");
  CHECK(parse_name_addr("*")->uri == "*");
}

TEST_CASE("an address: bare, so that parameters are the field's") {
  auto a = parse_name_addr("sip:+12125551212@server.phone2net.com;tag=887s");
  REQUIRE(a);
  CHECK(a->uri == "sip:+12125551212@server.phone2net.com");
  CHECK(a->tag() == "887s");
  CHECK(parse_name_addr(" tel:+1 ; tag = 1 ")->uri == "tel:+1");
  CHECK(parse_name_addr("isbn:2983792873")->uri == "isbn:2983792873");
}

TEST_CASE("what is no address is refused") {
  for (auto bad : {"",
                   "\"Mr. J. User <sip:j.user@example.com>",
                   "Bell, Alexander <sip:a@b>",
                   "<sip:a@b",
                   "<>",
                   "< sip:a@b>",
                   "<sip:a@b >",
                   "<a@b>",
                   "a@b",
                   "sip:a@b?x=y",
                   "sip:a@b,sip:c@d",
                   "\"a\" sip:a@b",
                   "\"a\"",
                   "<sip:a@b> x",
                   "sip:a@b c",
                   "name",
                   "a<b<sip:c@d>",
                   "sip:a@b>",
                   "\"a\"b<sip:c@d>",
                   "<sip:a@b>,<sip:c@d>"}) {
    INFO(bad);
    CHECK_FALSE(parse_name_addr(bad));
  }
}

TEST_CASE("tags of From and To; none where the field is malformed or lacks") {
  auto m = message::request("BYE", "sip:b");
  CHECK(from_tag(m).empty());
  m.set(hdr::from, "<sip:a;tag=no>;tag=yes");
  m.set(hdr::to, "<sip:a");
  CHECK(from_tag(m) == "yes");
  CHECK(to_tag(m).empty());
}

TEST_CASE("CSeq is a number below 2^31 and a method") {
  auto c = parse_cseq("0009   INVITE");
  REQUIRE(c);
  CHECK(c->number == 9);
  CHECK(c->method == method::invite);
  CHECK(parse_cseq("2147483647 FOO")->number == 2147483647);
  CHECK(parse_cseq("1 FOO")->method_name == "FOO");
  CHECK(parse_cseq("1 FOO")->method == method::other);
  CHECK(parse_cseq("0 ACK")->number == 0);
  for (auto bad : {"", "1", "1 ", "INVITE", "2147483648 INVITE", "4294967296 INVITE", "36893488147419103232 INVITE",
                   "-1 INVITE", "+1 INVITE", "1INVITE", "1 INVITE x", "0x1 INVITE", "1 INV/ITE"}) {
    INFO(bad);
    CHECK_FALSE(parse_cseq(bad));
  }
  CHECK(cseq_of(with(hdr::cseq, {"7 OPTIONS"}))->number == 7);
}

TEST_CASE("RAck is a response number and a CSeq") {
  auto r = parse_rack("776656 1 INVITE");
  REQUIRE(r);
  CHECK(r->rseq == 776656);
  CHECK(r->request.number == 1);
  CHECK(r->request.method == method::invite);
  for (auto bad : {"", "1", "1 INVITE", "1 2", "x 1 INVITE", "4294967296 1 INVITE", "1 2147483648 INVITE"})
    CHECK_FALSE(parse_rack(bad));
}

TEST_CASE("Session-Expires is seconds and who refreshes") {
  auto s = parse_session_expires("1800;refresher=uac");
  REQUIRE(s);
  CHECK(s->seconds == 1800);
  CHECK(s->refresher == "uac");
  CHECK(parse_session_expires("90")->refresher.empty());
  CHECK(parse_session_expires("90 ; x=y;Refresher=UAS")->refresher == "UAS");
  for (auto bad : {"", "x", "-1", "4294967296", "90;refresher=me", "90 90"})
    CHECK_FALSE(parse_session_expires(bad));
}

TEST_CASE("a token with parameters") {
  auto v = parse_token_value("active;expires=600; reason = x");
  CHECK(v.token == "active");
  CHECK(v.params.find("expires") == "600");
  CHECK(v.params.find("reason") == "x");
  CHECK(parse_token_value("multipart/mixed;boundary=\"a;b\"").params.find("boundary") == "\"a;b\"");
  CHECK(parse_token_value(" reg ").token == "reg");
  CHECK(parse_token_value("").token.empty());
}

TEST_CASE("numbers: with parameters and comments behind, none when they overflow") {
  auto number = [](hdr id, std::string_view text) { return number_of(with(id, {text}), id); };
  CHECK(number(hdr::expires, "3600") == 3600);
  CHECK(number(hdr::expires, "4294967295") == 4294967295);
  CHECK_FALSE(number(hdr::expires, "4294967296"));
  CHECK_FALSE(number(hdr::expires, std::string(101, '9')));
  CHECK(number(hdr::expires, std::string(100, '0') + "7") == 7);
  CHECK(number(hdr::retry_after, "18000;duration=3600") == 18000);
  CHECK(number(hdr::retry_after, "120 (I'm in a meeting)") == 120);
  for (auto bad : {"", "-1", "+1", "1x", "1 2", "1.5", "x"})
    CHECK_FALSE(number(hdr::expires, bad));
  CHECK_FALSE(number_of(message::request("BYE", "sip:b"), hdr::expires));
}

TEST_CASE("a Max-Forwards above 255 is as if it were absent (RFC 4475 clause 3.1.2.4)") {
  CHECK(number_of(with(hdr::max_forwards, {"255"}), hdr::max_forwards) == 255);
  CHECK(number_of(with(hdr::max_forwards, {"0068"}), hdr::max_forwards) == 68);
  CHECK_FALSE(number_of(with(hdr::max_forwards, {"256"}), hdr::max_forwards));
  CHECK_FALSE(number_of(with(hdr::max_forwards, {"300"}), hdr::max_forwards));
}

TEST_CASE("a contact's lifetime: its own, else Expires, and 3600 where it cannot be read (RFC 3261 clauses 10.2.1.1, "
          "20.10)") {
  auto lifetime = [](std::string_view expires, std::string_view contact) {
    auto m = message::request("REGISTER", "sip:b");
    if (!expires.empty())
      m.set(hdr::expires, expires);
    return contact_expires(m, *parse_name_addr(contact));
  };
  CHECK(lifetime("", "<sip:a>;expires=60") == 60);
  CHECK(lifetime("300", "<sip:a>;expires=60") == 60);
  CHECK(lifetime("300", "<sip:a>") == 300);
  CHECK_FALSE(lifetime("", "<sip:a>"));
  CHECK(lifetime("300", "<sip:a>;expires=0") == 0);
  CHECK(lifetime("300", "<sip:a>;expires=280297596632815") == 3600);
  CHECK(lifetime("10000000000000000", "<sip:a>") == 3600);
  CHECK(lifetime("", "<sip:a>;expires") == 3600);
}

TEST_CASE("quotes") {
  CHECK(quote("a\"b\\c") == "\"a\\\"b\\\\c\"");
  CHECK(unquote("\"a\\\"b\\\\c\"") == "a\"b\\c");
  CHECK(unquote("plain") == "plain");
  CHECK(unquote("\"") == "\"");
  CHECK(unquote("\"\"").empty());
  for (auto text : {"", "\\", "\"", "a\\", "\\\"\\"})
    CHECK(unquote(quote(text)) == text);
}
