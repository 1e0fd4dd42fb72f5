#include "tests/config/schema/support.hpp"

using namespace troupe;
using namespace troupe::config;
using namespace troupe::config::test;

namespace {

std::string with(std::string_view diameter) { return std::string(minimal) + "[diameter]\n" + std::string(diameter); }

} // namespace

TEST_CASE("Diameter peers, routes and applications are read, and the realm is the home domain") {
  auto d = good(with("identity = \"pcscf.ims.example\"\nlisten = [\"127.0.0.1\"]\n"
                     "peers = [{ identity = \"hss.ims.example\", address = \"192.0.2.9:3869\" }, { identity = "
                     "\"pcrf.test\" }]\n"
                     "routes = [{ realm = \"*\", peers = [\"hss.ims.example\"], backup = [\"pcrf.test\"] }]\n"
                     "applications = [{ id = 16777251, vendor = 10415 }]\n"))
               .diameter;
  CHECK(d.realm == "ims.example");
  CHECK(d.peers ==
        std::vector<diameter_peer>{{"hss.ims.example", {"192.0.2.9", 3'869}, false}, {"pcrf.test", {}, false}});
  CHECK(d.routes == std::vector<diameter_route>{{"*", {"hss.ims.example"}, {"pcrf.test"}}});
  CHECK(d.applications == std::vector<diameter_application>{{16'777'251, 10'415, false}});
}

TEST_CASE("what makes no sense in [diameter] is named") {
  const std::string own = "identity = \"pcscf.ims.example\"\n",
                    peer = "{ identity = \"hss.test\", address = \"192.0.2.9\" }";
  struct row {
    std::string text, key;
  };
  const std::vector<row> table{
      {"listen = [\"127.0.0.1\"]\n", "diameter.listen"},
      {own, "diameter.peers"},
      {own + "listen = [\"host\"]\npeers = [" + peer + "]\n", "diameter.listen[0]"},
      {own + "peers = [{ identity = \"hss.test\" }]\n", "diameter.peers[0]"},
      {own + "peers = [{ identity = \"pcscf.ims.example\", address = \"192.0.2.9\" }]\n", "diameter.peers[0]"},
      {own + "peers = [{ identity = \"a b\", address = \"192.0.2.9\" }]\n", "diameter.peers[0]"},
      {own + "peers = [{ identity = \"hss.test\", address = \"192.0.2.9\", tls = true }]\n", "diameter.peers[0]"},
      {own + "peers = [{ identty = \"hss.test\" }]\n", "diameter.peers[0].identty"},
      {own + "peers = [" + peer + "]\nroutes = [{ realm = \"x\", peers = [\"other.test\"] }]\n", "diameter.routes[0]"},
      {own + "peers = [" + peer + "]\nroutes = [{ realm = \"a b\", peers = [\"hss.test\"] }]\n", "diameter.routes[0]"},
      {own + "peers = [" + peer + "]\napplications = [{ vendor = 1 }]\n", "diameter.applications[0]"},
      {own + "peers = [" + peer + "]\nwatchdog = 5\n", "diameter.watchdog"},
      {own + "peers = [" + peer + "]\ntls_ca = \"/dev/null\"\ntls_key = \"/dev/null\"\n", "diameter.tls_certificate"},
  };
  for (auto& r : table) {
    INFO(r.text);
    auto found = bad(with(r.text));
    CHECK(about(found, r.key) != nullptr);
  }
}
