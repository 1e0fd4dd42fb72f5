// What a configuration file may say, and what is said to one that is wrong.
#include <catch2/catch.hpp>

#include <algorithm>
#include <fstream>
#include <thread>

#include "config/schema/config.hpp"
#include "tests/config/schema/support.hpp"

using namespace troupe;
using namespace troupe::config;
using namespace troupe::config::test;

TEST_CASE("the sample of the architecture page is a valid file") {
  auto config = good(R"(
[node]
name = "node-a"
roles = ["pcscf", "icscf", "scscf", "hss"]
home_domain = "IMS.example"
[sip]
access = ["udp://127.0.0.1:5060", "tcp://127.0.0.1:5060"]   # towards UEs
core = []
peers = []
[admin]
listen = "127.0.0.1:8080"
[hss]
database = "var/hss.sqlite"
provision = "config/profiles/demo.toml"
[cluster]
store = "memory"
link = "127.0.0.1:4500"
)");
  CHECK(config.node.name == "node-a");
  CHECK(config.node.roles == std::vector{role::pcscf, role::icscf, role::scscf, role::hss});
  CHECK(config.has(role::scscf));
  CHECK_FALSE(config.has(role::transit));
  CHECK(config.sip.access == std::vector<listener>{{wire::udp, "127.0.0.1", 5060, "127.0.0.1", 5060},
                                                   {wire::tcp, "127.0.0.1", 5060, "127.0.0.1", 5060}});
  CHECK(config.admin.listen == endpoint{"127.0.0.1", 8080});
  CHECK(config.cluster.link == endpoint{"127.0.0.1", 4500});
}

TEST_CASE("what a file leaves out follows from what it says") {
  auto config = good(minimal);
  CHECK(config.node.home_domain == "ims.example");
  CHECK(config.node.instance_id == "a");
  CHECK(config.node.shards == std::max(2u, std::thread::hardware_concurrency()) - 1);
  CHECK(config.scscf.name == "sip:scscf.ims.example");
  CHECK(config.scscf.realm == "ims.example");
  CHECK(config.pcscf.visited_network_id == "ims.example");
  CHECK(config.pcscf.trust_domain == std::vector<std::string>{"ims.example"});
  CHECK(config.charging.ioi == "ims.example");
  CHECK(config.icscf.scscfs == std::vector<scscf_choice>{{"sip:scscf.ims.example", {}}});
  CHECK(config.sip.t1 == milliseconds(500));
  CHECK(config.scscf.auth == std::vector{auth_scheme::akav1_md5, auth_scheme::digest_md5});
  CHECK(config.given == std::vector<std::string>{"node.home_domain", "node.name", "node.roles", "sip.access"});
}

TEST_CASE("every kind of value arrives in its field") {
  auto config = good(std::string(minimal) + R"(
udp_mtu = 1400
timer_c = 200
t1 = 250
tls_verify_client = false
peers = ["192.0.2.1", "as.ims.example:5080", "[2001:db8::1]:5060"]
[scscf]
auth = ["akav2-sha-256", "digest-sha-256"]
[[icscf.scscfs]]
name = "sip:s1.ims.example"
capabilities = [1, 4294967295]
[[icscf.scscfs]]
name = "sip:s2.ims.example"
[log]
level = "debug"
format = "json"
[transit]
record_route = false
)");
  CHECK(config.sip.udp_mtu == 1400);
  CHECK(config.sip.timer_c == seconds(200));
  CHECK(config.sip.t1 == milliseconds(250));
  CHECK(config.sip.peers == std::vector<endpoint>{{"192.0.2.1", 0}, {"as.ims.example", 5080}, {"2001:db8::1", 5060}});
  CHECK(config.scscf.auth == std::vector{auth_scheme::akav2_sha_256, auth_scheme::digest_sha_256});
  CHECK(config.icscf.scscfs ==
        std::vector<scscf_choice>{{"sip:s1.ims.example", {1, 4294967295}}, {"sip:s2.ims.example", {}}});
  CHECK(config.log.level == log_level::debug);
  CHECK(config.log.format == log_format::json);
  CHECK_FALSE(config.transit.record_route);
}

TEST_CASE("a mistyped key is an error that names file, line, column, key and the right word") {
  auto found = bad("[node]\nname = \"a\"\nroles = [\"transit\"]\n[transit]\nnext_hop = \"sip:127.0.0.1\"\n"
                   "[sip]\naccess = [\"udp://127.0.0.1\"]\n  udp_mtuu = 1300\n");
  REQUIRE(found.size() == 1);
  CHECK(found[0].line == 8);
  CHECK(found[0].column == 3);
  CHECK(found[0].key == "sip.udp_mtuu");
  CHECK(found[0].text() == "test.toml:8:3: sip.udp_mtuu is not an option; did you mean \"udp_mtu\"?");
}

TEST_CASE("a key in the wrong section is told where it belongs") {
  CHECK(only(bad(std::string(minimal) + "realm = \"x.example\"\n")).advice ==
        "did you mean \"scscf.realm\"? It belongs under [scscf]");
  CHECK(only(bad("next_hop = \"sip:127.0.0.1\"\n" + std::string(minimal))).advice ==
        "did you mean \"transit.next_hop\"? It belongs under [transit]");
}

TEST_CASE("a mistyped section is told the right one, and an outlandish one the list") {
  CHECK(only(bad(std::string(minimal) + "[clutser]\nstore = \"memory\"\n")).advice == "did you mean \"cluster\"?");
  CHECK(only(bad(std::string(minimal) + "[kubernetes]\n")).advice.starts_with("it is one of node, sip, "));
}

TEST_CASE("a value of the wrong kind is told what is wanted and an example") {
  struct row {
    std::string line, what;
  };
  auto [line, what] = GENERATE(row{"udp_mtu = \"1300\"", "is text where a whole number is wanted"},
                               row{"udp_mtu = 1300.5", "is a number with a fraction where a whole number is wanted"},
                               row{"peers = \"192.0.2.1\"", "is text where a list is wanted"},
                               row{"fuse = 1", "is a whole number where true or false is wanted"},
                               row{"tls_key = 5", "is a whole number where text is wanted"},
                               row{"t1 = 2026-01-01", "is a date or time where a whole number is wanted"},
                               row{"advertise = []", "is a list where a table is wanted"});
  auto found = only(bad(std::string(minimal) + line + "\n"));
  CHECK(found.what == what);
  CHECK(found.advice.starts_with("write for example: " + line.substr(0, line.find(' ')) + " = "));
  CHECK(found.line == 7);
}

TEST_CASE("a number outside its bounds is told the bounds") {
  auto found = only(bad(std::string(minimal) + "udp_mtu = 70000\n"));
  CHECK(found.what == "is 70000 octets");
  CHECK(found.advice == "must be 576 to 65535");
  CHECK(only(bad(std::string(minimal) + "t1 = -5\n")).advice == "must be 10 to 10000");
  CHECK(only(bad(std::string(minimal) + "[[icscf.scscfs]]\nname = \"sip:s1\"\ncapabilities = [4294967296]\n")).advice ==
        "must be 0 to 4294967295");
}

TEST_CASE("the bounds themselves are allowed") {
  CHECK(good(std::string(minimal) + "udp_mtu = 576\n").sip.udp_mtu == 576);
  CHECK(good(std::string(minimal) + "udp_mtu = 65535\n").sip.udp_mtu == 65535);
}

TEST_CASE("a listener that cannot be one is told why, by its place in the list") {
  struct row {
    std::string url, what;
  };
  auto [url, what] =
      GENERATE(row{"127.0.0.1:5060", "is not of the form udp://ADDRESS:PORT"},
               row{"sctp://127.0.0.1:5060", "has the transport \"sctp\", which is none of udp, tcp, tls"},
               row{"udp://localhost:5060", "has the name \"localhost\" where a numeric address is wanted"},
               row{"udp://127.0.0.1:99999", "has \":99999\" where \":PORT\" is wanted, 0 to 65535"},
               row{"udp://127.0.0.300:5060", "has \"127.0.0.300\", which is neither an address nor a host name"},
               row{"udp://[::1:5060", "has a \"[\" without \"]\""},
               row{"udp://[127.0.0.1]:5060", "has \"127.0.0.1\" in brackets, which is no IPv6 address"},
               row{"udp://", "is empty"});
  auto found = only(bad("[node]\nname = \"a\"\nroles = [\"pcscf\"]\nhome_domain = \"ims.example\"\n[sip]\n"
                        "access = [\"udp://127.0.0.1:5060\",\n  \"" +
                        url + "\"]\n"));
  CHECK(found.what == what);
  CHECK(found.key == "sip.access[1]");
  CHECK(found.line == 7);
  CHECK(found.column == 3);
}

TEST_CASE("IPv6 listeners stand in brackets, and ports have the transport's default") {
  auto config =
      good("[node]\nname = \"a\"\nroles = [\"pcscf\"]\nhome_domain = \"ims.example\"\n[sip]\n"
           "access = [\"udp://[2001:db8::1]:5062\", \"tcp://[::1]\", \"udp://192.0.2.1\", \"udp://127.0.0.1:0\"]\n");
  REQUIRE(config.sip.access.size() == 4);
  CHECK(config.sip.access[0].address == "2001:db8::1");
  CHECK(config.sip.access[0].port == 5062);
  CHECK(config.sip.access[0].url() == "udp://[2001:db8::1]:5062");
  CHECK(config.sip.access[1].port == 5060);
  CHECK(config.sip.access[2].port == 5060);
  CHECK(config.sip.access[3].port == 0);
}

TEST_CASE("a file that is not TOML is told where it stops being so") {
  auto found = only(bad("[node]\nname = \"a\nroles = []\n"));
  CHECK(found.line == 2);
  CHECK(found.what.starts_with("is not TOML here: "));
  CHECK(only(bad("[node]\nname = \"a\"\nname = \"b\"\n")).line == 3);
  CHECK_FALSE(bad("\xff\xfe").empty());
}

TEST_CASE("all problems are listed at once, in the order of the file") {
  auto found = bad("[sip]\nudp_mtu = 1\nt1 = true\nxyzzy = 3\n[node]\nname = \"\"\n");
  REQUIRE(found.size() == 5);
  CHECK(found[0].key == "sip.udp_mtu");
  CHECK(found[1].key == "sip.t1");
  CHECK(found[2].key == "sip.xyzzy");
  CHECK(found[3].key == "node.name");
  CHECK(found[4].key == "node.roles");
  CHECK(found[4].line == 0);
  CHECK(found[4].text() ==
        "test.toml: node.roles is missing; add to [node]: roles = [\"pcscf\", \"icscf\", \"scscf\", \"hss\"]");
}

TEST_CASE("an unknown word in a list of words is told the nearest") {
  auto found = only(bad("[node]\nname = \"a\"\nroles = [\"pcscf\", \"s-cscf\"]\nhome_domain = \"ims.example\"\n"));
  CHECK(found.key == "node.roles[1]");
  CHECK(found.advice == "did you mean \"scscf\"?");
}

TEST_CASE("an element may stand in a list once") {
  auto found = only(bad("[node]\nname = \"a\"\nroles = [\"pcscf\", \"pcscf\"]\nhome_domain = \"ims.example\"\n"));
  CHECK(found.what == "names \"pcscf\" twice");
}

TEST_CASE("a store is memory, a file, or Redis in one of its forms") {
  auto with = [](const char* form) { return std::string(minimal) + "[cluster]\nstore = \"" + form + "\"\n"; };
  for (auto form : {"memory", "file:x", "redis://127.0.0.1:6379", "rediss://h", "redis-sentinel://h1:1,h2:2/name",
                    "redis-cluster://h:1"})
    CHECK(parse(with(form), "x.toml").has_value());
  auto found = only(bad(with(GENERATE("redis", "redis://", "file:", "tape:x"))));
  CHECK(found.key == "cluster.store");
  CHECK(found.what ==
        "is neither \"memory\" nor \"file:PATH\" nor redis://, redis-sentinel:// or redis-cluster:// with hosts");
  CHECK(found.advice == "write for example: store = \"file:var/state.sqlite\"");
}

TEST_CASE("a file that cannot be read is one problem without a line") {
  auto result = load("no/such/file.toml");
  REQUIRE_FALSE(result);
  CHECK(only(result.error()).text() ==
        "no/such/file.toml: cannot be read; name a file with --config; config/profiles/ has examples");
}

TEST_CASE("a folder is not a configuration, and an empty file lacks everything") {
  REQUIRE_FALSE(load("/tmp"));
  CHECK(load("/tmp").error().front().what == "cannot be read");
  CHECK(bad("").size() == 2);
}

TEST_CASE("no octets make the reader crash, and each truncation of a profile is read or refused") {
  std::ifstream from(SOURCE_DIR "/config/profiles/split-core.toml");
  std::string whole{std::istreambuf_iterator<char>(from), {}};
  REQUIRE(whole.size() > 100);
  std::size_t refused = 0;
  for (std::size_t size = 0; size < whole.size(); ++size)
    refused += parse(whole.substr(0, size), "cut.toml").has_value() ? 0 : 1;
  CHECK(refused > whole.size() / 2);
}
