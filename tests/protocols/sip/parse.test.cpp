// RFC 3261 clauses 7, 8.1.1 and 18.3: what the parser takes, mends and refuses.
#include <catch2/catch.hpp>

#include "protocols/sip/values.hpp"
#include "tests/protocols/sip/corpus.hpp"

using namespace troupe;
using namespace troupe::sip;

namespace {

const std::string head = "Via: SIP/2.0/UDP h;branch=z9hG4bK1\r\n"
                         "From: <sip:a@b>;tag=1\r\nTo: <sip:b@c>\r\nCall-ID: x@y\r\n";

std::string request(std::string_view more = "", std::string_view start = "INVITE sip:b@c SIP/2.0") {
  std::string text(start);
  text += "\r\n" + head;
  text += "CSeq: 1 INVITE\r\nMax-Forwards: 70\r\n";
  return text.append(more) + "\r\n";
}

/// -1 for an accepted message.
int verdict(std::string_view octets) {
  auto p = parse(octets);
  REQUIRE(p.msg);
  if (p.fault) {
    CHECK(p.fault->offset <= octets.size());
    CHECK_FALSE(p.fault->what.empty());
  }
  return p.fault ? p.fault->status : -1;
}

std::string without(std::string text, std::string_view name) {
  auto at = text.find("\r\n" + std::string(name) + ":") + 2;
  return text.erase(at, text.find("\r\n", at) + 2 - at);
}

} // namespace

TEST_CASE("every message of real handsets is read without fault and written as it came") {
  auto files = test::files_below(std::filesystem::path(CORPUS_DIR) / "pcap", ".sip");
  REQUIRE(files.size() == 54);
  for (auto& path : files) {
    auto octets = test::read_file(path);
    auto p = parse(octets);
    INFO(path.filename().string() << ": " << (p.fault ? p.fault->what : ""));
    REQUIRE(!p.fault);
    CHECK(p.msg->to_string() == test::normal_form(octets));
    auto again = parse(p.msg->to_string());
    REQUIRE(!again.fault);
    CHECK(again.msg->to_string() == p.msg->to_string());
    CHECK(top_via(*p.msg));
    CHECK(cseq_of(*p.msg));
    CHECK_FALSE(from_tag(*p.msg).empty());
  }
}

TEST_CASE("the values of a handset's registration are read") {
  auto p = parse(test::read_file(std::filesystem::path(CORPUS_DIR) / "pcap/ipsec_reg/sip/003_REGISTER.sip"));
  auto& m = *p.msg;
  CHECK(m.method() == method::register_);
  CHECK(values(m, hdr::via).size() == 2);
  CHECK(parse_via(values(m, hdr::via)[1])->params.find("rport") == "5060");
  auto contact = parse_name_addr(first_value(m, hdr::contact));
  CHECK(contact->params.find("+sip.instance") == "\"<urn:gsma:imei:35622410-483840-0>\"");
  CHECK(parse_uri(contact->uri)->params.find("alias") == "192.168.101.5~5060~1");
  CHECK(contact_expires(m, *contact) == 3600);
  auto client = parse_token_value(m.value(hdr::security_client));
  CHECK(client.token == "ipsec-3gpp");
  CHECK(client.params.find("spi-c") == "25656");
  CHECK(parse_uri(parse_name_addr(m.value(hdr::path))->uri)->loose_route());
  CHECK(lists_token(m, hdr::require, "path"));
}

TEST_CASE("a sound request and a sound response are taken") {
  CHECK(verdict(request()) == -1);
  CHECK(verdict(request("", "SIP/2.0 200 OK")) == -1);
  CHECK(verdict("\r\n\r\n" + request()) == -1);
  CHECK(verdict(request("", "INVITE sip:b@c sip/2.0")) == -1);
  CHECK(verdict(request("", "SIP/2.0 200")) == -1);
  CHECK(verdict(request("", "SIP/2.0 200 ")) == -1);
  CHECK(parse(request("", "SIP/2.0 699 So so ")).msg->status() == 699);
  CHECK(parse(request("", "SIP/2.0 699 So so")).msg->reason() == "So so");
}

TEST_CASE("bad start lines are 400 where a Via can be read, and a version that is not ours 505") {
  for (auto start :
       {"INVITE sip:b@c", "INVITE  sip:b@c SIP/2.0", "INVITE sip:b@c  SIP/2.0", "INVITE sip:b@c SIP/2.0 ",
        "INVITE sip:b@c HTTP/1.1", "INV/ITE sip:b@c SIP/2.0", "INVITE", "INVITE sip:b@c;x y SIP/2.0",
        "INVITE <sip:b@c> SIP/2.0", "INVITE b@c SIP/2.0", "INVITE sip:b@c?x=y SIP/2.0", "INVITE sip:b@c:x SIP/2.0",
        "INVITE sip:b@c SIP/", "INVITE sip:b@c SIP/x", " INVITE sip:b@c SIP/2.0", "INVITE\tsip:b@c SIP/2.0"}) {
    INFO(start);
    CHECK(verdict(request("", start)) == 400);
    CHECK(verdict(without(request("", start), "Via")) == 0);
  }
  CHECK(verdict(request("", "INVITE sip:b@c SIP/3.0")) == 505);
  CHECK(verdict(request("", "INVITE sip:b@c SIP/2.1")) == 505);
  CHECK(verdict(without(request("", "INVITE sip:b@c SIP/3.0"), "Via")) == 0);
}

TEST_CASE("bad status lines are dropped") {
  for (auto start : {"SIP/2.0 99 x", "SIP/2.0 700 x", "SIP/2.0 2000 x", "SIP/2.0 20 x", "SIP/2.0  200 x",
                     "SIP/2.0 200x", "SIP/2.0", "SIP/2.0 -20 x", "SIP/3.0 200 OK", "SIP/ 200 OK"}) {
    INFO(start);
    CHECK(verdict(request("", start)) == 0);
    CHECK_FALSE(parse(request("", start)).msg->is_request());
  }
}

TEST_CASE("what is no message at all is dropped") {
  using namespace std::string_view_literals;
  for (auto octets : {""sv, "\r\n"sv, "\r\n\r\n"sv, "\0\0\0"sv, "x"sv, "\x16\x03\x01\x02"sv, "INVITE"sv,
                      "INVITE\r\n\r\n"sv, "\n\n\n"sv, ":\r\n\r\n"sv, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"sv})
    CHECK(verdict(octets) == 0);
}

TEST_CASE("each mandatory field must be there; an ACK is never answered") {
  for (auto name : {"From", "To", "Call-ID", "CSeq"}) {
    INFO(name);
    CHECK(verdict(without(request(), name)) == 400);
    CHECK(verdict(without(request("", "SIP/2.0 200 OK"), name)) == 0);
    auto ack = without(request("", "ACK sip:b@c SIP/2.0"), name);
    CHECK(verdict(ack) == 0);
  }
  CHECK(verdict(without(request(), "Via")) == 0);
  CHECK(verdict(without(request(), "Max-Forwards")) == -1);
}

TEST_CASE("what may stand once may not stand twice, be it in compact form") {
  for (auto line : {"From: <sip:a@b>;tag=1", "f: <sip:a@b>;tag=1", "To: <sip:b@c>", "t: <sip:b@c>", "Call-ID: x@y",
                    "i: x@y", "CSeq: 1 INVITE", "Max-Forwards: 70"}) {
    INFO(line);
    CHECK(verdict(request(line + std::string("\r\n"))) == 400);
  }
  CHECK(verdict(request("Content-Length: 0\r\nl: 0\r\n")) == 400);
}

TEST_CASE("malformed mandatory fields are 400") {
  const std::pair<std::string_view, std::string_view> bad[] = {{"From", "\"a <sip:a@b>;tag=1"},
                                                               {"From", "<sip:a@b>;tag=1;"},
                                                               {"From", "<sip:a@b>;;tag=1"},
                                                               {"From", "<sip:a@b>;tag=\"1"},
                                                               {"From", "<sip:a@b>;=1"},
                                                               {"From", "<sip:>"},
                                                               {"From", "<sip:a@b:x>"},
                                                               {"From", "*"},
                                                               {"From", ""},
                                                               {"To", "Watson, T <sip:b@c>"},
                                                               {"To", "<sip:b@c>, <sip:d@e>"},
                                                               {"To", "< sip:b@c>"},
                                                               {"Call-ID", ""},
                                                               {"Call-ID", "a b"},
                                                               {"CSeq", "1"},
                                                               {"CSeq", "2147483648 INVITE"},
                                                               {"CSeq", "1 BYE"},
                                                               {"CSeq", "1 invite"},
                                                               {"Max-Forwards", ""},
                                                               {"Max-Forwards", "-1"},
                                                               {"Max-Forwards", "70 "
                                                                                "x"}};
  for (auto [name, value] : bad) {
    INFO(name << ": " << value);
    auto text = without(request(), name);
    text.insert(text.size() - 2, std::string(name) + ": " + std::string(value) + "\r\n");
    CHECK(verdict(text) == 400);
  }
  CHECK(verdict(request("Contact: \"a <sip:a@b>\r\n")) == 400);
  CHECK(verdict(request("Contact: <sip:a@b>, sip:a@b?x\r\n")) == 400);
  CHECK(verdict(request("m: <sip:a@b>;;\r\n")) == 400);
  CHECK(verdict(request("m:\r\n")) == 400);
  CHECK(verdict(request("m: <sip:a@b>,\r\n")) == 400);
  CHECK(verdict(request("m: *\r\n")) == -1);
  CHECK(verdict(request("m: <sip:a@b>;expires=99999999999999\r\n")) == -1);
}

TEST_CASE("a list of Vias is bad when one of them is") {
  for (auto via : {"SIP/2.0/UDP", "SIP/2.0/UDP a;", "SIP/2.0/UDP a;;b", "SIP/2.0/UDP a,",
                   "SIP/2.0/UDP a,,SIP/2.0/UDP b", "x", "", "SIP/2.0/UDP a;b=\"", "SIP/2.0/UDP a:0x1"}) {
    INFO(via);
    CHECK(verdict(request(std::string("Via: ").append(via).append("\r\n"))) == 400);
  }
  CHECK(verdict(request("v: SIP/2.0/UDP a;b=c ; d = \"e;f\", SIP/2.0/TCP [::1]:1;received=::2\r\n")) == -1);
}

TEST_CASE("an unknown method with a CSeq of another is 501") {
  CHECK(verdict(request("", "FOO sip:b@c SIP/2.0")) == 501);
  CHECK(verdict(request("", "BYE sip:b@c SIP/2.0")) == 400);
}

TEST_CASE("unknown methods, schemes, fields and their values are kept") {
  auto text = without(request("X-Y: \x01\x80 ;;,,\"\r\n", "FOO.bar x+y:z SIP/2.0"), "CSeq");
  text.insert(text.size() - 2, "CSeq: 7 FOO.bar\r\n");
  auto p = parse(text);
  REQUIRE(!p.fault);
  CHECK(p.msg->method_name() == "FOO.bar");
  CHECK(p.msg->uri() == "x+y:z");
  CHECK(p.msg->find("x-y")->value == "\x01\x80 ;;,,\"");
  CHECK(p.msg->to_string() == text.substr(0, text.size() - 2) + "Content-Length: 0\r\n\r\n");
}

TEST_CASE("folded lines are unfolded, wherever they fold") {
  auto p = parse(request("Subject: one\r\n two\r\n\t three \r\n \r\nX:\r\n y\r\nZ: \r\n \r\n"));
  REQUIRE(!p.fault);
  CHECK(p.msg->value(hdr::subject) == "one   two  \t three");
  CHECK(p.msg->find("X")->value == "y");
  CHECK(p.msg->find("Z")->value.empty());
  CHECK(verdict(request("", "INVITE sip:b@c SIP/2.0\r\n Via: x")) == 400);
}

TEST_CASE("lines that are no fields are 400") {
  for (auto line : {"Foo", "Foo bar: x", ": x", "F(oo): x", "Fo\x80: x", "Foo\r\n : x"}) {
    INFO(line);
    CHECK(verdict(request(line + std::string("\r\n"))) == 400);
  }
  CHECK(verdict(request("Foo \t : x\r\n")) == -1);
  CHECK(verdict(request("Foo:\r\n")) == -1);
}

TEST_CASE("a lone LF ends a line and is written as CRLF; a lone CR is a fault") {
  auto text = request("X: y\r\n") + "body";
  std::string lines;
  for (char c : text)
    if (c != '\r')
      lines += c;
  auto p = parse(lines);
  REQUIRE(!p.fault);
  CHECK(p.msg->body() == "body");
  CHECK(p.msg->to_string() == parse(text).msg->to_string());
  auto bare = parse(request("X: a\rRoute: <sip:evil>\r\n"));
  REQUIRE(bare.fault);
  CHECK(bare.fault->status == 400);
  CHECK_FALSE(bare.msg->has(hdr::route));
  CHECK(bare.msg->find("X")->value == "a Route: <sip:evil>");
}

TEST_CASE("Content-Length cuts a datagram's body, and may not promise more than there is") {
  auto body = [](std::string_view length, std::string_view octets) {
    return parse(request("Content-Length:" + std::string(length) + "\r\n") + std::string(octets));
  };
  CHECK(body("4", "bodyrest").msg->body() == "body");
  CHECK(body(" 0", "body").msg->body().empty());
  CHECK(body(" 0004", "body").msg->body() == "body");
  CHECK(parse(request() + "body").msg->body() == "body");
  for (auto bad : {"5", "-1", "+4", "", "x", "4 4", "4,4", "4;x", "99999999999999999999999", "4.0", "0x4"}) {
    INFO(bad);
    REQUIRE(body(bad, "body").fault);
    CHECK(body(bad, "body").fault->status == 400);
  }
}

TEST_CASE("a header section that does not end is 400, whatever is cut off") {
  auto text = request("Content-Length: 4\r\n") + "body";
  CHECK(verdict(text) == -1);
  for (std::size_t n = 0; n < text.size(); ++n) {
    INFO(n);
    auto status = verdict(std::string_view(text).substr(0, n));
    CHECK((status == 0 || status == 400));
  }
  CHECK(verdict(request().substr(0, request().size() - 2)) == 400);
}

TEST_CASE("the first fault is told, at its place") {
  auto text = request("X y\r\n");
  auto p = parse(text);
  REQUIRE(p.fault);
  CHECK(p.fault->offset == text.find("X y"));
  p = parse(request("", "INVITE sip:b@c:x SIP/2.0"));
  CHECK(p.fault->offset == std::string_view("INVITE sip:b@c").size());
}

TEST_CASE("limits: more lines or longer lines than are taken are 513") {
  std::string lines;
  for (int i = 0; i < 300; ++i)
    lines += "X: y\r\n";
  CHECK(verdict(request(lines)) == 513);
  CHECK(verdict(request("X: " + std::string(20000, 'y') + "\r\n")) == 513);
  std::string folds;
  for (int i = 0; i < 3000; ++i)
    folds += "\r\n yyyyy";
  CHECK(verdict(request("X: " + folds + "\r\n")) == 513);
  CHECK(!parse(request(lines), {1000, 16384}).fault);
  CHECK(!parse(request("X: " + std::string(20000, 'y') + "\r\n"), {256, 32768}).fault);
}
