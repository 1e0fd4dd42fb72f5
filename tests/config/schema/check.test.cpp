// What holds between options: each combination that cannot work is refused, at the key that is to change.
#include <catch2/catch.hpp>

#include <cstdlib>
#include <unistd.h>

#include "config/schema/config.hpp"
#include "tests/config/schema/support.hpp"

using namespace troupe;
using namespace troupe::config;
using namespace troupe::config::test;

namespace {

std::string node(std::string_view roles, std::string_view rest) {
  return "[node]\nname = \"a\"\nhome_domain = \"ims.example\"\nroles = [" + std::string(roles) + "]\n" +
         std::string(rest);
}

constexpr std::string_view access_line = "[sip]\naccess = [\"udp://127.0.0.1:5060\"]\n";

class temporary_file {
public:
  explicit temporary_file(std::string_view content) {
    auto descriptor = mkstemp(path_.data());
    REQUIRE(descriptor >= 0);
    REQUIRE(write(descriptor, content.data(), content.size()) == static_cast<ssize_t>(content.size()));
    close(descriptor);
  }
  temporary_file(const temporary_file&) = delete;
  ~temporary_file() { unlink(path_.c_str()); }
  const std::string& path() const { return path_; }

private:
  std::string path_ = "/tmp/troupe-config-XXXXXX";
};

} // namespace

TEST_CASE("combinations of options that cannot work are refused at the key that is to change") {
  struct row {
    std::string text, key, what;
  };
  auto [text, key, what] = GENERATE(
      row{node("\"transit\", \"pcscf\"", std::string(access_line) + "[transit]\nnext_hop = \"sip:h\"\n"), "node.roles",
          "has \"transit\" beside other roles"},
      row{node("\"transit\"", access_line), "transit.next_hop", "is missing: the role transit has nowhere to send to"},
      row{node("\"pcscf\"", std::string(access_line) + "[transit]\nnext_hop = \"sip:h\"\n"), "transit.next_hop",
          "is given, but node.roles has no \"transit\""},
      row{node("\"pcscf\", \"scscf\"", access_line), "node.roles", "has an I- or S-CSCF without \"hss\""},
      row{node("\"pcscf\", \"hss\"", access_line), "node.roles", "has \"hss\" with no CSCF that could ask it"},
      row{node("\"hss\"", "[diameter]\nidentity = \"h.x\"\npeers = [{ identity = \"s.x\", address = \"192.0.2.1\" }]\n"
                          "[hss]\nhost = \"g.x\"\n"),
          "hss.host", "is given, but the HSS is on this node"},
      row{"[node]\nname = \"a\"\nroles = [\"pcscf\"]\n" + std::string(access_line), "node.home_domain", "is missing"},
      row{node("\"pcscf\"", "[sip]\ncore = [\"udp://127.0.0.1:5060\"]\n"), "sip.access",
          "is missing: phones reach the P-CSCF by it"},
      row{node("\"pcscf\"", std::string(access_line) + "core = [\"udp://127.0.0.1:5060\"]\n"), "sip.core[0]",
          "takes the same address and port as sip.access[0]"},
      row{node("\"pcscf\"", "[sip]\naccess = [\"tcp://127.0.0.1:5060\", \"tls://127.0.0.1:5060\"]\ntls_key = "
                            "\"README.md\"\ntls_certificate = \"README.md\"\n"),
          "sip.access[1]", "takes the same address and port as sip.access[0]"},
      row{node("\"pcscf\"", "[sip]\naccess = [\"udp://0.0.0.0:5060\"]\n"), "sip.access[0]",
          "listens on every address, so peers cannot be told which"},
      row{node("\"pcscf\"", "[sip]\naccess = [\"udp://[::]:5060\"]\n"), "sip.access[0]",
          "listens on every address, so peers cannot be told which"},
      row{node("\"pcscf\"", std::string(access_line) + "[sip.advertise]\n\"udp://127.0.0.1:5061\" = \"h.example\"\n"),
          "sip.advertise.\"udp://127.0.0.1:5061\"", "is none of the node's listeners"},
      row{node("\"icscf\", \"scscf\", \"hss\"", "[sip]\nfuse = false\n[icscf]\nlisten = [\"udp://127.0.0.2\"]\n"),
          "scscf.listen", "is missing: with sip.fuse = false the role has listeners of its own"},
      row{node("\"icscf\", \"scscf\", \"hss\"", std::string(access_line) + "[icscf]\nlisten = [\"udp://127.0.0.2\"]\n"),
          "icscf.listen", "is given, but the node's roles are fused"},
      row{node("\"pcscf\"", std::string(access_line) + "[scscf]\nlisten = [\"udp://127.0.0.2\"]\n"), "scscf.listen",
          "is given, but the node has no such role"},
      row{node("\"pcscf\"", std::string(access_line) + "tls_verify_client = true\n"), "sip.tls_ca",
          "is missing, but sip.tls_verify_client is true"},
      row{node("\"pcscf\"", std::string(access_line) + "tls_ca = \"no/such.pem\"\n"), "sip.tls_ca",
          "names a file that cannot be read: no/such.pem"},
      row{node("\"pcscf\"", std::string(access_line) + "t1 = 5000\n"), "sip.t1", "is greater than sip.t2"},
      row{node("\"pcscf\"", std::string(access_line) + "t2 = 100\n"), "sip.t2", "is less than sip.t1"},
      row{node("\"pcscf\"", std::string(access_line) + "[registration]\nmax_expires = 600\n"),
          "registration.max_expires", "is less than registration.default_expires"},
      row{node("\"pcscf\"", std::string(access_line) + "[session]\nmin_se = 1801\n"), "session.min_se",
          "is greater than session.session_expires"},
      row{node("\"pcscf\"", std::string(access_line) + "[admin]\nlisten = \"192.0.2.1:8080\"\n"), "admin.listen",
          "is not a loopback address, and admin.token is missing"},
      row{node("\"pcscf\"", std::string(access_line) + "[admin]\nlisten = \"localhost:8080\"\n"), "admin.listen",
          "has a name where a numeric address is wanted"},
      row{node("\"pcscf\"", std::string(access_line) + "[dns]\nservers = [\"192.0.2.53\", \"ns.example\"]\n"),
          "dns.servers[1]", "has a name where a numeric address is wanted"},
      row{node("\"pcscf\"", std::string(access_line) + "[hss]\nprovision = \"x.toml\"\n"), "hss.provision",
          "is given, but node.roles has no \"hss\""},
      row{node("\"icscf\", \"scscf\", \"hss\"", std::string(access_line) + "[hss]\nprovision = \"no/such.toml\"\n"),
          "hss.provision", "names a file that cannot be read: no/such.toml"},
      row{node("\"pcscf\"", std::string(access_line) + "[pcscf]\nicscf = \"icscf.example\"\n"), "pcscf.icscf",
          "is not a SIP URI"},
      row{node("\"pcscf\"", std::string(access_line) + "[pcscf]\nicscf = \"sip:a b\"\n"), "pcscf.icscf",
          "has a character that a SIP URI cannot hold"},
      row{node("\"pcscf\"", std::string(access_line) + "[pcscf]\nicscf = \"sip:\"\n"), "pcscf.icscf", "is empty"});
  auto found = only(bad(text));
  CHECK(found.key == key);
  CHECK(found.what == what);
  CHECK_FALSE(found.advice.empty());
}

TEST_CASE("a TLS listener needs certificate and key") {
  auto found = bad(node("\"pcscf\"", "[sip]\naccess = [\"tls://127.0.0.1\"]\n"));
  CHECK(found.size() == 2);
  CHECK(about(found, "sip.tls_certificate") != nullptr);
  CHECK(about(found, "sip.tls_key") != nullptr);
}

TEST_CASE("an advertised name is told to peers instead of the address, with its port or the listener's") {
  auto config = good(node("\"pcscf\"",
                          "[sip]\naccess = [\"udp://0.0.0.0:5060\", \"tcp://0.0.0.0:5060\"]\n[sip.advertise]\n"
                          "\"udp://0.0.0.0:5060\" = \"p.ims.example\"\n\"tcp://0.0.0.0\" = \"[2001:db8::7]:6060\"\n"));
  CHECK(config.sip.access[0].public_host == "p.ims.example");
  CHECK(config.sip.access[0].public_port == 5060);
  CHECK(config.sip.access[0].address == "0.0.0.0");
  CHECK(config.sip.access[1].public_host == "2001:db8::7");
  CHECK(config.sip.access[1].public_port == 6060);
}

TEST_CASE("a node that is not fused has a listener a role") {
  auto config = good(
      node("\"icscf\", \"scscf\", \"hss\"",
           "[sip]\nfuse = false\npeers = [\"127.0.0.1\"]\n[icscf]\nlisten = [\"udp://127.0.0.2\"]\n[scscf]\nlisten = "
           "[\"udp://127.0.0.3:5070\"]\n"));
  CHECK_FALSE(config.sip.fuse);
  CHECK(config.scscf.listen.at(0).public_host == "127.0.0.3");
  CHECK(config.scscf.listen.at(0).public_port == 5070);
}

TEST_CASE("what works but deserves a word is a warning") {
  auto config = good(node("\"pcscf\"", std::string(access_line) + "core = [\"udp://127.0.0.1:5062\"]\ntimer_c = 30\n"));
  CHECK(about(config.warnings, "node.secret") != nullptr);
  CHECK(about(config.warnings, "sip.peers") != nullptr);
  auto* timer = about(config.warnings, "sip.timer_c");
  REQUIRE(timer != nullptr);
  CHECK(timer->line == 8);
  auto quiet =
      good("[node]\nname = \"a\"\nhome_domain = \"ims.example\"\nroles = [\"pcscf\"]\nsecret = \"0123456789abcdef\"\n" +
           std::string(access_line));
  CHECK(quiet.warnings.empty());
}

TEST_CASE("a secret is read from its file, without the end of the line") {
  temporary_file secret("a secret of many letters\r\nsecond line\n");
  auto text = node("\"pcscf\"", "secret_file = \"" + secret.path() + "\"\n" + std::string(access_line));
  CHECK(good(text).node.secret == "a secret of many letters");
  CHECK(only(bad(node("\"pcscf\"", "secret_file = \"" + secret.path() + "\"\nsecret = \"0123456789abcdef\"\n" +
                                       std::string(access_line))))
            .key == "node.secret_file");
}

TEST_CASE("a secret that is too short or cannot be read is refused, and never quoted") {
  CHECK(only(bad(node("\"pcscf\"", "secret = \"hunter2\"\n" + std::string(access_line)))).text().find("hunter2") ==
        std::string::npos);
  temporary_file secret("hunter2\n");
  auto found = only(bad(node("\"pcscf\"", "secret_file = \"" + secret.path() + "\"\n" + std::string(access_line))));
  CHECK(found.what == "names a file whose first line has fewer than 16 characters");
  CHECK(only(bad(node("\"pcscf\"", "secret_file = \"/no/such\"\n" + std::string(access_line)))).what ==
        "names a file that cannot be read: /no/such");
}

TEST_CASE("an admin interface beyond loopback is taken with a token, and may be turned off") {
  auto open = good(node("\"pcscf\"", std::string(access_line) +
                                         "[admin]\nlisten = \"[2001:db8::1]:80\"\ntoken = \"0123456789abcdef\"\n"));
  CHECK(open.admin.listen == endpoint{"2001:db8::1", 80});
  CHECK(good(node("\"pcscf\"", std::string(access_line) + "[admin]\nlisten = \"\"\n")).admin.listen.host.empty());
  CHECK(good(node("\"pcscf\"", std::string(access_line) + "[admin]\nlisten = \"[::1]:80\"\n")).admin.token.empty());
}

TEST_CASE("the system may choose the ports of several listeners") {
  CHECK(good(node("\"pcscf\"",
                  "[sip]\naccess = [\"udp://127.0.0.1:0\"]\ncore = [\"udp://127.0.0.1:0\"]\npeers = [\"127.0.0.1\"]\n"))
            .sip.core.size() == 1);
}

TEST_CASE("a cluster's nodes have each an id, a name and a link of its own, and this node is one of them") {
  auto with = [](std::string_view cluster) {
    return node("\"pcscf\"", std::string(access_line) + "[cluster]\n" + std::string(cluster));
  };
  const std::string a = "{ id = 1, name = \"a\", link = \"127.0.0.1:4500\" }";
  const std::string b = "{ id = 2, name = \"b\", link = \"127.0.0.1:4501\" }";
  auto config = good(with("nodes = [" + a + ", " + b + "]\n"));
  CHECK(config.cluster.node_id == 1);
  CHECK(config.cluster.link == endpoint{"127.0.0.1", 4500});
  CHECK(config.cluster.name == "ims.example");
  struct row {
    std::string cluster, key;
  };
  const std::vector<row> table{
      {"nodes = [" + b + "]\n", "cluster.nodes"},
      {"nodes = [" + a + ", " + b + "]\nnode_id = 2\n", "cluster.node_id"},
      {"nodes = [" + a + ", " + b + "]\nnode_id = 3\n", "cluster.node_id"},
      {"nodes = [" + a + ", { id = 1, name = \"b\", link = \"127.0.0.1:4501\" }]\n", "cluster.nodes[1]"},
      {"nodes = [" + a + ", { id = 2, name = \"b\", link = \"127.0.0.1:4500\" }]\n", "cluster.nodes[1]"},
      {"nodes = [" + a + ", { id = 2, name = \"b\", link = \"host:4500\" }]\n", "cluster.nodes[1]"},
      {"nodes = [" + a + ", { id = 2, name = \"b\", link = \"127.0.0.2\" }]\n", "cluster.nodes[1]"},
      {"nodes = [" + a + ", { id = 2, name = \"b\" }]\n", "cluster.nodes[1]"},
      {"nodes = [" + a + ", { id = 70000, name = \"b\", link = \"127.0.0.1:4501\" }]\n", "cluster.nodes[1].id"},
      {"nodes = [" + a + ", { id = 2, nam = \"b\", link = \"127.0.0.1:4501\" }]\n", "cluster.nodes[1].nam"},
      {"node_id = 1\n", "cluster.node_id"},
      {"tls_ca = \"/dev/null\"\n", "cluster.tls_ca"},
  };
  for (auto& r : table) {
    INFO(r.cluster);
    CHECK(only(bad(with(r.cluster))).key == r.key);
  }
}

TEST_CASE("links that leave the loopback need TLS, all of it") {
  auto with = [](std::string_view host, std::string_view rest) {
    return node("\"pcscf\"", std::string(access_line) +
                                 "[cluster]\nnodes = [{ id = 1, name = \"a\", link = \"127.0.0.1:4500\" }, "
                                 "{ id = 2, name = \"b\", link = \"" +
                                 std::string(host) + ":4500\" }]\n" + std::string(rest));
  };
  CHECK(bad(with("192.0.2.1", "")).size() == 3);
  CHECK(only(bad(with("127.0.0.2", "tls_ca = \"/dev/null\"\ntls_key = \"/dev/null\"\n"))).key ==
        "cluster.tls_certificate");
  good(with("192.0.2.1", "tls_ca = \"/dev/null\"\ntls_key = \"/dev/null\"\ntls_certificate = \"/dev/null\"\n"));
  good(with("127.0.0.2", ""));
}

TEST_CASE("groups need listeners of their own, a Redis and a secret that all nodes share") {
  auto with = [](std::string_view secret, std::string_view sip, std::string_view cluster) {
    return "[node]\nname = \"a\"\nroles = [\"pcscf\"]\nhome_domain = \"ims.example\"\n" + std::string(secret) +
           "[sip]\n" + std::string(sip) + "[cluster]\nnodes = [{ id = 1, name = \"a\", link = \"127.0.0.1:4500\" }]\n" +
           std::string(cluster);
  };
  const std::string secret = "secret = \"0123456789abcdef0123\"\n", store = "store = \"redis://127.0.0.1\"\n";
  const std::string first = "{ access = [\"udp://127.0.1.1:5060\"], core = [\"udp://127.0.1.1:5070\"] }";
  const std::string second = "{ access = [\"udp://127.0.1.2:5060\"], core = [\"udp://127.0.1.2:5070\"] }";
  auto all = "groups = [" + first + ", " + second + "]\n";
  auto config = good(with(secret, "", store + all));
  CHECK(config.cluster.groups.size() == 2);
  CHECK(config.sip.access.size() == 2);
  CHECK(config.cluster.life_file == "var/a.life");
  CHECK(only(bad(with(secret, "access = [\"udp://127.0.0.1:5060\"]\n", store + all))).key == "sip.access");
  CHECK(only(bad(with(secret, "", all))).key == "cluster.store");
  CHECK(only(bad(with("", "", store + all))).key == "node.secret_file");
  CHECK(only(bad(with(secret, "fuse = false\n", store + all))).key == "sip.fuse");
  CHECK(only(bad(with(secret, "", store + "groups = [{ access = [\"udp://127.0.1.1:5060\"] }]\n"))).key ==
        "cluster.groups[0]");
  CHECK(only(bad(with(secret, "", store + "groups = [{ addresses = [\"127.0.1.1\"] }]\n"))).key ==
        "cluster.groups[0].addresses");
  CHECK_FALSE(bad(with(secret, "", store + "groups = [" + first + ", " + first + "]\n")).empty());
}
