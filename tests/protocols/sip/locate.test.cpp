// RFC 3263 clauses 4 and 5, RFC 2782, RFC 3261 clause 18.1.1: from a URI to servers in order.
#include <catch2/catch.hpp>
#include <map>

#include "protocols/sip/locate.hpp"

using namespace troupe;
using namespace troupe::sip;

namespace {

/// A zone: "NAPTR example.com" -> answer. What is not in it does not exist.
using zone = std::map<std::string, dns_answer>;

std::string key(const dns_question& q) {
  static constexpr const char* types[] = {"A ", "AAAA ", "SRV ", "NAPTR "};
  return types[static_cast<int>(q.type)] + q.name;
}

std::string text(const std::vector<hop_target>& targets) {
  std::string out;
  for (auto& t : targets) {
    out += out.empty() ? "" : " ";
    out += t.only_if_refused ? "(" : "";
    out += std::string(via_name(t.over)) + "/" + t.address + "/" + std::to_string(t.port);
    out += t.only_if_refused ? ")" : "";
  }
  return out;
}

struct outcome {
  std::string targets;
  std::vector<std::string> asked;
};

outcome resolve(locator l, const zone& dns) {
  outcome out;
  while (!l.ready())
    for (auto& q : l.take_questions()) {
      out.asked.push_back(key(q));
      auto found = dns.find(key(q));
      l.answer(q.id, found == dns.end() ? dns_answer{} : found->second);
    }
  out.targets = text(l.targets());
  return out;
}

outcome resolve(std::string_view where, const zone& dns, const locate_rules& rules = {}, std::size_t size = 500) {
  random_source random(1);
  auto u = parse_uri(where);
  REQUIRE(u);
  auto l = locator::request(*u, size, rules, random);
  REQUIRE(l);
  return resolve(*l, dns);
}

dns_answer addresses(std::initializer_list<std::string> list) { return {list, {}, {}}; }
dns_answer srv(std::initializer_list<srv_record> list) { return {{}, list, {}}; }
dns_answer naptr(std::initializer_list<naptr_record> list) { return {{}, {}, list}; }

using texts = std::vector<std::string>;

const zone full = {
    {"NAPTR example.com", naptr({{50, 50, "s", "SIPS+D2T", "_sips._tcp.example.com."},
                                 {90, 50, "s", "SIP+D2T", "_sip._tcp.example.com"},
                                 {100, 50, "s", "SIP+D2U", "_sip._udp.example.com"}})},
    {"SRV _sips._tcp.example.com", srv({{0, 1, 5061, "secure.example.com."}})},
    {"SRV _sip._tcp.example.com", srv({{2, 0, 5070, "backup.example.com"}, {1, 0, 5080, "main.example.com"}})},
    {"SRV _sip._udp.example.com", srv({{0, 1, 5060, "main.example.com"}})},
    {"A main.example.com", addresses({"192.0.2.1"})},
    {"AAAA main.example.com", addresses({"2001:db8::1"})},
    {"A backup.example.com", addresses({"192.0.2.2"})},
    {"A secure.example.com", addresses({"192.0.2.3"})},
    {"A example.com", addresses({"192.0.2.9"})},
    {"A lone.example.com", addresses({"192.0.2.7", "192.0.2.8"})},
};

locate_rules without_tls() {
  locate_rules rules;
  rules.tls = false;
  return rules;
}

} // namespace

TEST_CASE("a numeric host needs no DNS: UDP, or what the URI says, at its port or the default (RFC 3263 4.1, 4.2)") {
  struct row {
    std::string_view uri, targets;
  };
  auto r = GENERATE(values<row>({
      {"sip:192.0.2.4", "UDP/192.0.2.4/5060"},
      {"sip:bob@192.0.2.4:5070", "UDP/192.0.2.4/5070"},
      {"sip:192.0.2.4;transport=tcp", "TCP/192.0.2.4/5060"},
      {"sip:192.0.2.4;transport=TLS", "TLS/192.0.2.4/5061"},
      {"sip:[2001:db8::4]:5062", "UDP/2001:db8::4/5062"},
      {"sips:192.0.2.4", "TLS/192.0.2.4/5061"},
      {"sips:192.0.2.4;transport=tcp", "TLS/192.0.2.4/5061"},
      {"sip:bob@example.com:5070;maddr=192.0.2.5", "UDP/192.0.2.5/5070"},
  }));
  INFO(r.uri);
  auto found = resolve(r.uri, {});
  CHECK(found.targets == r.targets);
  CHECK(found.asked.empty());
}

TEST_CASE("a name with a port is looked up by address alone (RFC 3263 4.1, 4.2)") {
  auto found = resolve("sip:main.example.com:5099", full);
  CHECK(found.targets == "UDP/2001:db8::1/5099 UDP/192.0.2.1/5099");
  CHECK(found.asked == texts{"AAAA main.example.com", "A main.example.com"});
  CHECK(resolve("sips:main.example.com:5099;transport=tcp", full).targets == "TLS/2001:db8::1/5099 TLS/192.0.2.1/5099");
}

TEST_CASE("NAPTR's first order wins among what is supported here (RFC 3263 4.1)") {
  CHECK(resolve("sip:example.com", full).targets == "TLS/192.0.2.3/5061");
  auto found = resolve("sip:example.com", full, without_tls());
  CHECK(found.targets == "TCP/2001:db8::1/5080 TCP/192.0.2.1/5080 TCP/192.0.2.2/5070");
  CHECK(found.asked.front() == "NAPTR example.com");
  CHECK(found.asked[1] == "SRV _sip._tcp.example.com");
}

TEST_CASE("within one order NAPTR's preference decides which service is tried first (RFC 3403 4.1)") {
  auto dns = full;
  dns["NAPTR example.com"] = naptr({{10, 2, "S", "sip+d2u", "_sip._udp.example.com"},
                                    {10, 1, "s", "SIP+D2T", "_sip._tcp.example.com"},
                                    {10, 0, "u", "SIP+D2U", "_x._udp.example.com"},
                                    {5, 0, "s", "SIP+D2S", "_sip._sctp.example.com"}});
  CHECK(resolve("sip:example.com", dns).targets ==
        "TCP/2001:db8::1/5080 TCP/192.0.2.1/5080 TCP/192.0.2.2/5070 UDP/2001:db8::1/5060 UDP/192.0.2.1/5060");
}

TEST_CASE("a sips URI goes by TLS alone, whatever DNS offers (RFC 3263 4.1)") {
  CHECK(resolve("sips:example.com", full).targets == "TLS/192.0.2.3/5061");
  auto dns = full;
  dns["NAPTR example.com"] =
      naptr({{10, 0, "s", "SIP+D2U", "_sip._udp.example.com"}, {90, 0, "s", "SIPS+D2T", "_sips._tcp.example.com"}});
  CHECK(resolve("sips:example.com", dns).targets == "TLS/192.0.2.3/5061");
  dns.erase("NAPTR example.com");
  auto found = resolve("sips:example.com", dns);
  CHECK(found.targets == "TLS/192.0.2.3/5061");
  CHECK(found.asked ==
        texts{"NAPTR example.com", "SRV _sips._tcp.example.com", "AAAA secure.example.com", "A secure.example.com"});
}

TEST_CASE("a transport in the URI spares NAPTR (RFC 3263 4.1)") {
  auto found = resolve("sip:example.com;transport=tcp", full);
  CHECK(found.asked.front() == "SRV _sip._tcp.example.com");
  CHECK(found.targets == "TCP/2001:db8::1/5080 TCP/192.0.2.1/5080 TCP/192.0.2.2/5070");
}

TEST_CASE("without NAPTR the SRV records of each supported transport are asked for (RFC 3263 4.1)") {
  auto dns = full;
  dns.erase("NAPTR example.com");
  auto found = resolve("sip:example.com", dns, without_tls());
  CHECK(texts(found.asked.begin(), found.asked.begin() + 3) ==
        texts{"NAPTR example.com", "SRV _sip._udp.example.com", "SRV _sip._tcp.example.com"});
  CHECK(found.targets ==
        "UDP/2001:db8::1/5060 UDP/192.0.2.1/5060 TCP/2001:db8::1/5080 TCP/192.0.2.1/5080 TCP/192.0.2.2/5070");
}

TEST_CASE("without SRV the name itself is looked up, by UDP or what was said (RFC 3263 4.2)") {
  CHECK(resolve("sip:lone.example.com", full).targets == "UDP/192.0.2.7/5060 UDP/192.0.2.8/5060");
  CHECK(resolve("sip:lone.example.com;transport=tcp", full).targets == "TCP/192.0.2.7/5060 TCP/192.0.2.8/5060");
  CHECK(resolve("sips:lone.example.com", full).targets == "TLS/192.0.2.7/5061 TLS/192.0.2.8/5061");
}

TEST_CASE("SRV records that lead nowhere are not replaced by the name (RFC 2782, RFC 3263 4.2)") {
  auto dns = full;
  dns["SRV _sip._tcp.example.com"] = srv({{0, 0, 0, "."}});
  CHECK(resolve("sip:example.com;transport=tcp", dns).targets.empty());
  dns["SRV _sip._tcp.example.com"] = srv({{0, 0, 5060, "gone.example.com"}});
  CHECK(resolve("sip:example.com;transport=tcp", dns).targets.empty());
}

TEST_CASE("a name that does not exist gives no targets (RFC 3263 4.3)") {
  auto found = resolve("sip:nowhere.example.com", full);
  CHECK(found.targets.empty());
  CHECK(found.asked.size() == 6);
}

TEST_CASE("what cannot be spoken is refused at once") {
  random_source random(1);
  auto status = [&](std::string_view where, const locate_rules& rules = {}) {
    auto l = locator::request(*parse_uri(where), 500, rules, random);
    return l ? 0 : l.error().status;
  };
  CHECK(status("tel:+15551234") == 416);
  CHECK(status("sip:192.0.2.1;transport=sctp") == 503);
  CHECK(status("sips:192.0.2.1;transport=udp") == 503);
  CHECK(status("sips:192.0.2.1", without_tls()) == 503);
  CHECK(status("sip:192.0.2.1;transport=tls", without_tls()) == 503);
}

TEST_CASE("an element without UDP goes by TCP (RFC 3263 4.1)") {
  locate_rules rules;
  rules.udp = false;
  CHECK(resolve("sip:192.0.2.1", {}, rules).targets == "TCP/192.0.2.1/5060");
}

TEST_CASE("address families follow what the element has and prefers (RFC 7984)") {
  locate_rules rules;
  rules.prefer_v6 = false;
  CHECK(resolve("sip:main.example.com:5060", full, rules).targets == "UDP/192.0.2.1/5060 UDP/2001:db8::1/5060");
  rules.v6 = false;
  auto found = resolve("sip:main.example.com:5060", full, rules);
  CHECK(found.targets == "UDP/192.0.2.1/5060");
  CHECK(found.asked == texts{"A main.example.com"});
}

TEST_CASE("a request too large for UDP goes by TCP, and by UDP only where TCP is refused (RFC 3261 18.1.1)") {
  CHECK(resolve("sip:192.0.2.4", {}, {}, 1300).targets == "UDP/192.0.2.4/5060");
  CHECK(resolve("sip:192.0.2.4", {}, {}, 1301).targets == "TCP/192.0.2.4/5060 (UDP/192.0.2.4/5060)");
  CHECK(resolve("sip:192.0.2.4;transport=udp", {}, {}, 1301).targets == "TCP/192.0.2.4/5060 (UDP/192.0.2.4/5060)");
  locate_rules no_tcp;
  no_tcp.tcp = false;
  CHECK(resolve("sip:192.0.2.4", {}, no_tcp, 9000).targets == "UDP/192.0.2.4/5060");
}

TEST_CASE("the walk through targets opens a UDP target only behind a refused TCP connection (RFC 3261 18.1.1, RFC 3263 "
          "4.3)") {
  std::vector<hop_target> targets = {{wire::tcp, "192.0.2.1", 5060, false},
                                     {wire::udp, "192.0.2.1", 5060, true},
                                     {wire::tcp, "192.0.2.2", 5060, false},
                                     {wire::udp, "192.0.2.2", 5060, true}};
  CHECK(next_target(targets, 0, true) == 1u);
  CHECK(next_target(targets, 0, false) == 2u);
  CHECK(next_target(targets, 1, true) == 2u);
  CHECK_FALSE(next_target(targets, 2, false));
  CHECK(next_target(targets, 2, true) == 3u);
  CHECK_FALSE(next_target(targets, 3, true));
}

TEST_CASE("a response without its connection goes by sent-by: number, name with port, or SRV (RFC 3263 5)") {
  random_source random(1);
  auto to = [&](wire over, std::string_view host, std::optional<std::uint16_t> port) {
    return resolve(*locator::response(over, host, port, {}, random), full);
  };
  CHECK(to(wire::tcp, "192.0.2.4", std::nullopt).targets == "TCP/192.0.2.4/5060");
  CHECK(to(wire::udp, "lone.example.com", 5070).targets == "UDP/192.0.2.7/5070 UDP/192.0.2.8/5070");
  auto by_name = to(wire::udp, "example.com", std::nullopt);
  CHECK(by_name.asked.front() == "SRV _sip._udp.example.com");
  CHECK(by_name.targets == "UDP/2001:db8::1/5060 UDP/192.0.2.1/5060");
  CHECK(to(wire::tls, "example.com", std::nullopt).asked.front() == "SRV _sips._tcp.example.com");
}

TEST_CASE("SRV: priority rules, weight is chance, zero weight is rarely first (RFC 2782)") {
  random_source random(42);
  int first_heavy = 0, first_zero = 0;
  for (int i = 0; i < 2000; ++i) {
    auto order = order_srv({{2, 100, 1, "last"}, {1, 0, 1, "zero"}, {1, 30, 1, "light"}, {1, 90, 1, "heavy"}}, random);
    REQUIRE(order.size() == 4);
    CHECK(order[3].target == "last");
    first_heavy += order[0].target == "heavy";
    first_zero += order[0].target == "zero";
  }
  CHECK(first_heavy > 1380); // 90 of 121: 1,488 expected
  CHECK(first_heavy < 1590);
  CHECK(first_zero > 0);
  CHECK(first_zero < 60); // 1 of 121: 17 expected
}

TEST_CASE("a hostile zone is bounded in targets and questions") {
  dns_answer many;
  for (int i = 0; i < 1000; ++i)
    many.srv.push_back({0, 0, 5060, "h" + std::to_string(i) + ".example.com"});
  dns_answer addresses_of_one;
  for (int i = 0; i < 1000; ++i)
    addresses_of_one.addresses.push_back("192.0." + std::to_string(i / 250) + "." + std::to_string(i % 250));
  zone dns = {{"SRV _sip._udp.example.com", many}};
  for (int i = 0; i < 1000; ++i)
    dns["A h" + std::to_string(i) + ".example.com"] = addresses_of_one;
  random_source random(1);
  locate_rules rules;
  auto l = locator::request(*parse_uri("sip:example.com;transport=udp"), 500, rules, random);
  std::size_t asked = 0;
  while (!l->ready())
    for (auto& q : l->take_questions()) {
      ++asked;
      auto found = dns.find(key(q));
      l->answer(q.id, found == dns.end() ? dns_answer{} : found->second);
    }
  CHECK(asked <= rules.most_questions);
  CHECK(l->targets().size() == rules.most_targets);
}

TEST_CASE("answers that were not asked for, or came twice, change nothing") {
  random_source random(1);
  auto l = locator::request(*parse_uri("sip:lone.example.com:5060"), 500, {}, random);
  auto questions = l->take_questions();
  REQUIRE(questions.size() == 2);
  CHECK(l->take_questions().empty());
  l->answer(77, addresses({"203.0.113.1"}));
  CHECK_FALSE(l->ready());
  l->answer(questions[0].id, {});
  l->answer(questions[1].id, addresses({"192.0.2.7"}));
  l->answer(questions[1].id, addresses({"203.0.113.1"}));
  CHECK(l->ready());
  CHECK(text(l->targets()) == "UDP/192.0.2.7/5060");
}

TEST_CASE("the same server is tried once") {
  zone dns = {{"SRV _sip._udp.example.com", srv({{0, 0, 5060, "a.example.com"}, {1, 0, 5060, "b.example.com"}})},
              {"A a.example.com", addresses({"192.0.2.1"})},
              {"A b.example.com", addresses({"192.0.2.1", "192.0.2.2"})}};
  CHECK(resolve("sip:example.com;transport=udp", dns).targets == "UDP/192.0.2.1/5060 UDP/192.0.2.2/5060");
}

TEST_CASE("numeric hosts are told from names") {
  for (auto host : {"192.0.2.1", "0.0.0.0", "[2001:db8::1]", "2001:db8::1"})
    CHECK(is_numeric(host));
  for (auto host : {"192.0.2", "192.0.2.256", "192.0.2.1.5", "example.com", "1.2.3.x", "", "192.0.2."})
    CHECK_FALSE(is_numeric(host));
}

TEST_CASE("the targets that are left come back from their octets") {
  std::vector<hop_target> targets = {{wire::tls, "2001:db8::1", 5061, false}, {wire::udp, "192.0.2.1", 65535, true}};
  std::string octets;
  writer out(octets);
  encode(out, targets);
  reader in(octets);
  std::vector<hop_target> back;
  REQUIRE(decode(in, back));
  CHECK(back == targets);
  for (std::size_t n = 0; n < octets.size(); ++n) {
    reader cut(std::string_view(octets).substr(0, n));
    CHECK_FALSE(decode(cut, back));
  }
}
