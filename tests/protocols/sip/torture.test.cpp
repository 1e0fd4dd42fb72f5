// Every message of RFC 4475 and RFC 5118 against the verdicts of tests/corpus/torture/expected.json.
#include <algorithm>
#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <set>

#include "protocols/sip/values.hpp"
#include "tests/protocols/sip/corpus.hpp"

using namespace troupe;
using namespace troupe::sip;

namespace {

const std::filesystem::path folder = std::filesystem::path(CORPUS_DIR) / "torture";

const nlohmann::json& cases() {
  static const auto all = nlohmann::json::parse(test::read_file(folder / "expected.json")).at("cases");
  return all;
}

parsed read(const std::string& name) {
  for (auto& c : cases())
    if (c.at("name") == name)
      return parse(test::read_file(folder / c.at("file").get<std::string>()));
  throw std::runtime_error("no such message: " + name);
}

const message& accepted(const parsed& p) {
  INFO((p.fault ? p.fault->what : ""));
  REQUIRE(!p.fault);
  return *p.msg;
}

/// The parser's part of the verdict: a message to accept has no fault, or one whose status is a right answer.
void check_verdict(const nlohmann::json& c, const parsed& p) {
  auto status = p.fault ? p.fault->status : -1;
  auto verdict = c.at("parser").get<std::string>();
  auto& acceptable = c.at("acceptable_status");
  bool listed = acceptable.is_array() && std::count(acceptable.begin(), acceptable.end(), status) > 0;
  if (verdict == "accept" && c.at("class") != "invalid")
    CHECK((!p.fault || listed));
  if (verdict.rfind("reject", 0) == 0)
    CHECK(p.fault);
  if (acceptable.is_array() && p.fault)
    CHECK(listed);
  if (c.at("kind") == "response" || c.value("must_not_reply", false))
    CHECK(status <= 0);
  if (acceptable == "400-or-any" || acceptable == "400-or-silence")
    CHECK((!p.fault || status == 400 || (status == 0 && acceptable == "400-or-silence")));
  if (c.contains("must_not"))
    for (auto& s : c.at("must_not"))
      CHECK(status != s.get<int>());
}

std::string user_of(std::string_view address) { return unescape(parse_uri(parse_name_addr(address)->uri)->user); }

} // namespace

TEST_CASE("every torture message of RFC 4475 and RFC 5118 gets its verdict") {
  REQUIRE(cases().size() == 62);
  for (auto& c : cases()) {
    auto octets = test::read_file(folder / c.at("file").get<std::string>());
    auto p = parse(octets);
    INFO(c.at("name").get<std::string>() << ": " << (p.fault ? p.fault->what : "accepted"));
    REQUIRE(p.msg);
    check_verdict(c, p);
  }
}

TEST_CASE(
    "an accepted torture message is written as it came but for folds and Content-Length, and then stays as it is") {
  int accepted_ones = 0;
  for (auto& c : cases()) {
    auto octets = test::read_file(folder / c.at("file").get<std::string>());
    auto p = parse(octets);
    if (p.fault)
      continue;
    ++accepted_ones;
    INFO(c.at("name").get<std::string>());
    auto once = p.msg->to_string();
    auto again = parse(once);
    REQUIRE(!again.fault);
    CHECK(again.msg->to_string() == once);
    CHECK(again.msg->body() == p.msg->body());
    REQUIRE(again.msg->fields().size() >= p.msg->fields().size());
    for (std::size_t i = 0; i < p.msg->fields().size(); ++i) {
      CHECK(again.msg->fields()[i].id == p.msg->fields()[i].id);
      CHECK(again.msg->fields()[i].name == p.msg->fields()[i].name);
      CHECK(again.msg->fields()[i].value == p.msg->fields()[i].value);
    }
    if (p.msg->has(hdr::content_length)) {
      auto kept = test::normal_form(octets);
      CHECK(once == kept.substr(0, once.size()));
    }
  }
  CHECK(accepted_ones == 39);
}

TEST_CASE("wsinv: folded and spaced out as the grammar allows, all values are read") {
  auto p = read("wsinv");
  auto& m = accepted(p);
  CHECK(m.method() == method::invite);
  auto vias = values(m, hdr::via);
  REQUIRE(vias.size() == 3);
  CHECK(parse_via(vias[0])->branch() == "390skdjuw");
  CHECK(parse_via(vias[1])->transport == "TCP");
  CHECK(parse_via(vias[1])->host == "spindle.example.com");
  CHECK(parse_via(vias[1])->branch() == "z9hG4bK9ikj8");
  CHECK(parse_via(vias[2])->host == "192.168.255.111");
  CHECK(parse_via(vias[2])->branch() == "z9hG4bK30239");
  CHECK(number_of(m, hdr::max_forwards) == 68);
  CHECK(cseq_of(m)->number == 9);
  CHECK(cseq_of(m)->method == method::invite);
  CHECK(from_tag(m) == "98asjd8");
  CHECK(to_tag(m) == "1918181833n");
  auto from = parse_name_addr(m.value(hdr::from));
  CHECK(unquote(from->display) == "J Rosenberg \\\"");
  auto route = parse_name_addr(m.value(hdr::route));
  CHECK(route->uri == "sip:services.example.com;lr;unknownwith=value;unknown-no-value");
  CHECK(parse_uri(route->uri)->loose_route());
  auto contact = parse_name_addr(m.value(hdr::contact));
  CHECK(unquote(contact->display) == "Quoted string \"\"");
  CHECK(contact->params.find("newparam") == "newvalue");
  CHECK(contact->params.find("secondparam") == "");
  CHECK(contact->params.find("q") == "0.33");
  CHECK(m.has(hdr::subject));
  CHECK(m.value(hdr::subject).empty());
  CHECK(m.find("newfangledheader")->value == "newfangled value   continued newfangled value");
  CHECK(m.find("UnknownHeaderWithUnusualValue")->value == ";;,,;;,;");
  CHECK(m.body().size() == 150);
}

TEST_CASE("intmeth: a method, a user and a display name of unusual characters are read whole") {
  auto p = read("intmeth");
  auto& m = accepted(p);
  CHECK(m.method() == method::other);
  CHECK(m.method_name() == "!interesting-Method0123456789_*+`.%indeed'~");
  auto uri = parse_uri(m.uri());
  REQUIRE(uri);
  CHECK(uri->user == "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*");
  CHECK(uri->password == "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)");
  CHECK(uri->host == "example.com");
  CHECK(uri->params.text().empty());
  CHECK(uri->headers.empty());
  auto to = parse_name_addr(m.value(hdr::to));
  using namespace std::string_view_literals;
  CHECK(unquote(to->display) == "BEL:\x07 NUL:\x00 DEL:\x7f"sv);
  auto from = parse_name_addr(m.value(hdr::from));
  CHECK(from->display == "token1~` token2'+_ token3*%!.-");
  CHECK(from->tag() == "_token~1'+`*%!-.");
  CHECK(m.find("extensionHeader-!.%*+_`'~")->value == "\xef\xbb\xbf\xe5\xa4\xa7\xe5\x81\x9c\xe9\x9b\xbb");
}

TEST_CASE("esc01: escapes are undone once, and only where asked") {
  auto p = read("esc01");
  auto& m = accepted(p);
  CHECK(unescape(parse_uri(m.uri())->user) == "sips:user@example.com");
  CHECK(parse_uri(m.uri())->host == "example.net");
  CHECK(user_of(m.value(hdr::to)) == "user");
  CHECK(user_of(m.value(hdr::from)) == "I have spaces");
  auto contact = parse_uri(parse_name_addr(m.value(hdr::contact))->uri);
  CHECK(unescape(contact->user) == "caller");
  std::vector<std::pair<std::string, std::string>> params;
  for (auto& one : contact->params)
    params.emplace_back(unescape(one.name), unescape(one.value));
  CHECK(params == std::vector<std::pair<std::string, std::string>>{{"lr", ""}, {"name", "value%41"}});
}

TEST_CASE("escnull: an escaped NUL cuts nothing off, and two such contacts differ") {
  auto p = read("escnull");
  auto& m = accepted(p);
  using namespace std::string_literals;
  CHECK(user_of(m.value(hdr::to)) == "null-\0-null"s);
  CHECK(canonical_aor(*parse_uri(parse_name_addr(m.value(hdr::to))->uri)) == "sip:null-%00-null@example.com");
  auto contacts = values(m, hdr::contact);
  REQUIRE(contacts.size() == 2);
  CHECK(user_of(contacts[0]) == "\0"s);
  CHECK(user_of(contacts[1]) == "\0\0"s);
  CHECK_FALSE(equivalent(*parse_uri(parse_name_addr(contacts[0])->uri), *parse_uri(parse_name_addr(contacts[1])->uri)));
}

TEST_CASE("esc02: what looks escaped in a method or header name is no escape") {
  auto p = read("esc02");
  auto& m = accepted(p);
  CHECK(m.method() == method::other);
  CHECK(m.method_name() == "RE%47IST%45R");
  CHECK(values(m, hdr::contact).size() == 2);
  CHECK(m.find("C%6Fntact")->value == "<sip:alias2@host2.example.com>");
  CHECK(unquote(parse_name_addr(m.value(hdr::to))->display) == "%Z%45");
}

TEST_CASE("lwsdisp: no space is needed between a name and <") {
  auto p = read("lwsdisp");
  auto from = parse_name_addr(accepted(p).value(hdr::from));
  CHECK(from->display == "caller");
  CHECK(from->uri == "sip:caller@example.com");
  CHECK(from->tag() == "323");
}

TEST_CASE("longreq: long values and compact, spaced and mixed-case Vias are all read") {
  auto p = read("longreq");
  auto& m = accepted(p);
  CHECK(values(m, hdr::via).size() == 34);
  CHECK(top_via(m)->host == "sip33.example.com");
  CHECK(parse_via(values(m, hdr::via).back())->received() == "192.0.2.5");
  CHECK(m.body().size() == 150);
}

TEST_CASE("dblreq: what stands behind a datagram's message is not part of it") {
  auto p = read("dblreq");
  auto& m = accepted(p);
  CHECK(m.method() == method::register_);
  CHECK(m.body().empty());
  CHECK(m.to_string().find("INVITE") == std::string::npos);
  CHECK(m.value(hdr::call_id) == "dblreq.0ha0isndaksdj99sdfafnl3lk233412");
}

TEST_CASE("semiuri: a user part may hold semicolons and an escaped @") {
  auto p = read("semiuri");
  auto uri = parse_uri(accepted(p).uri());
  CHECK(unescape(uri->user) == "user;par=u@example.net");
  CHECK(uri->host == "example.com");
  CHECK(uri->params.text().empty());
  CHECK(lists_token(*p.msg, hdr::accept, "message/sipfrag"));
  CHECK(values(*p.msg, hdr::accept).size() == 6);
}

TEST_CASE("transports: unknown transports in Via are kept") {
  auto p = read("transports");
  std::vector<std::string_view> transports;
  for (auto v : values(accepted(p), hdr::via))
    transports.push_back(parse_via(v)->transport);
  CHECK(transports == std::vector<std::string_view>{"UDP", "SCTP", "TLS", "UNKNOWN", "TCP"});
}

TEST_CASE("mpart01: a binary body with NULs stays octet for octet") {
  auto octets = test::read_file(folder / "rfc4475/mpart01.dat");
  auto p = parse(octets);
  auto& m = accepted(p);
  REQUIRE(m.body().size() == 553);
  CHECK(m.body() == std::string_view(octets).substr(octets.size() - 553));
  CHECK(m.body().find('\0') != std::string_view::npos);
  CHECK(m.to_string() == octets);
}

TEST_CASE("unreason and noreason: a reason phrase may be UTF-8 or lack") {
  auto p = read("unreason");
  CHECK(accepted(p).status() == 200);
  CHECK(p.msg->reason().substr(0, 13) == "= 2**3 * 5**2");
  auto none = read("noreason");
  CHECK(accepted(none).status() == 100);
  CHECK(none.msg->reason().empty());
}

TEST_CASE("badinv01, insuf, badvers: what is malformed can still be answered by its topmost Via") {
  CHECK(read("badinv01").fault->status == 400);
  CHECK(top_via(*read("badinv01").msg)->host == "192.0.2.15");
  auto insuf = read("insuf");
  CHECK(insuf.fault->status == 400);
  CHECK(top_via(*insuf.msg)->branch() == "z9hG4bKkdj.insuf");
  CHECK(cseq_of(*insuf.msg)->number == 193942);
  auto version = read("badvers");
  CHECK(version.fault->status == 505);
  CHECK(top_via(*version.msg)->host == "c.example.com");
}

TEST_CASE("scalarlg, bigcode: responses with overflowing numbers can only be dropped") {
  for (auto name : {"scalarlg", "bigcode"}) {
    auto p = read(name);
    REQUIRE(p.fault);
    CHECK(p.fault->status == 0);
    CHECK_FALSE(p.msg->is_request());
  }
}

TEST_CASE("mismatch01 and mismatch02: a CSeq of another method is 400, or 501 where the method is unknown too") {
  CHECK(read("mismatch01").fault->status == 400);
  CHECK(read("mismatch02").fault->status == 501);
}

TEST_CASE("unkscm, novelsc, unksm2: unknown schemes are the reader's matter, not the parser's") {
  for (auto name : {"unkscm", "novelsc"}) {
    auto p = read(name);
    CHECK_FALSE(parse_uri(accepted(p).uri())->is_sip());
  }
  auto p = read("unksm2");
  CHECK(parse_uri(parse_name_addr(accepted(p).value(hdr::to))->uri)->scheme == "isbn");
  CHECK(parse_name_addr(p.msg->value(hdr::contact))->uri == "name:John_Smith");
}

TEST_CASE("bext01: both option tags of Require and Proxy-Require are listed") {
  auto p = read("bext01");
  CHECK(values(accepted(p), hdr::require) ==
        std::vector<std::string_view>{"nothingSupportsThis", "nothingSupportsThisEither"});
  CHECK(values(*p.msg, hdr::proxy_require) ==
        std::vector<std::string_view>{"noProxiesSupportThis", "norDoAnyProxiesSupportThis"});
}

TEST_CASE("cparam01, cparam02: a parameter without <> is the field's, within <> the URI's") {
  auto p = read("cparam01");
  auto contact = parse_name_addr(accepted(p).value(hdr::contact));
  CHECK(contact->uri == "sip:+19725552222@gw1.example.net");
  CHECK(contact->params.has("unknownparam"));
  auto q = read("cparam02");
  contact = parse_name_addr(accepted(q).value(hdr::contact));
  CHECK(contact->uri == "sip:+19725552222@gw1.example.net;unknownparam");
  CHECK(contact->params.text().empty());
  CHECK(parse_uri(contact->uri)->params.has("unknownparam"));
}

TEST_CASE("regescrt: an escaped header of a contact URI stays in it") {
  auto p = read("regescrt");
  auto contact = parse_uri(parse_name_addr(accepted(p).value(hdr::contact))->uri);
  CHECK(contact->headers == "Route=%3Csip:sip.example.com%3E");
  CHECK(contact->host == "example.com");
}

TEST_CASE("inv2543: no branch, no From tag, no Max-Forwards and no Content-Length are no faults") {
  auto p = read("inv2543");
  auto& m = accepted(p);
  CHECK(top_via(m)->branch().empty());
  CHECK(from_tag(m).empty());
  CHECK_FALSE(m.has(hdr::max_forwards));
  CHECK_FALSE(parse_uri(parse_name_addr(m.value(hdr::record_route))->uri)->loose_route());
  CHECK(m.body().substr(0, 3) == "v=0");
}

TEST_CASE("RFC 5118: IPv6 references end where their brackets do") {
  auto ambiguous = read("port-ambiguous");
  auto uri = parse_uri(accepted(ambiguous).uri());
  CHECK(uri->host == "[2001:db8::10:5070]");
  CHECK_FALSE(uri->port);
  auto unambiguous = read("port-unambiguous");
  uri = parse_uri(accepted(unambiguous).uri());
  CHECK(uri->host == "[2001:db8::10]");
  CHECK(uri->port == 5070);
  CHECK(top_via(accepted(read("via-received-param-with-delim")))->received() == "[2001:db8::9:255]");
  CHECK(top_via(accepted(read("via-received-param-no-delim")))->received() == "2001:db8::9:255");
  auto mixed = read("mult-ip-in-header");
  auto vias = values(accepted(mixed), hdr::via);
  REQUIRE(vias.size() == 3);
  CHECK(parse_via(vias[0])->host == "[2001:db8::9:1]");
  CHECK(parse_via(vias[0])->port == 6050);
  CHECK(parse_via(vias[1])->host == "192.0.2.1");
  CHECK(parse_via(vias[2])->received() == "192.0.2.200");
  auto mapped = read("ipv4-mapped-ipv6");
  CHECK(top_via(accepted(mapped))->host == "[::ffff:192.0.2.10]");
  CHECK(parse_uri(accepted(read("ipv6-bug-abnf-3-colons")).uri())->host == "[2001:db8:::192.0.2.1]");
  CHECK(parse_uri(accepted(read("ipv6-correct-abnf-2-colons")).uri())->host == "[2001:db8::192.0.2.1]");
}
