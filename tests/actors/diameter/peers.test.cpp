// Several peers: who gets what, what happens when one of them goes, redirects, and TLS. RFC 6733 clauses 5.5.4 and 6.1.
#include "tests/actors/diameter/kit.hpp"

#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <filesystem>

using namespace troupe;
using namespace troupe::diameter_test;
using namespace troupe::by_hand;

namespace {

using change = std::function<void(diameter_settings&)>;

struct two_servers {
  explicit two_servers(change how = {})
      : asker("scscf.ims.test", 0, {peer_at("one.ims.test", ports[0]), peer_at("two.ims.test", ports[1])}, how) {
    for (auto* each : {&one, &two})
      each->serve_uar();
    REQUIRE(eventually([&] { return asker.up("one.ims.test") && asker.up("two.ims.test"); }));
  }
  /// How many of them were answered.
  int ask(int requests, const std::string& to_host = {}) {
    int answered = 0;
    for (int i = 0; i < requests; ++i) {
      auto a = asker.ask(user_authorization_request(asker.ends(to_host), ++number));
      answered += a.outcome == diameter_outcome::answered && result_code(a.octets) == 0;
    }
    return answered;
  }

  std::uint16_t ports[2] = {free_port(), free_port()};
  party one{"one.ims.test", ports[0], {{"scscf.ims.test", "", 0, false}}};
  party two{"two.ims.test", ports[1], {{"scscf.ims.test", "", 0, false}}};
  party asker;
  std::uint32_t number = 0;
};

} // namespace

TEST_CASE("two servers of a realm share the load, and Destination-Host has its way") {
  two_servers net;
  CHECK(net.ask(40) == 40);
  CHECK(net.one.asked() >= 10);
  CHECK(net.two.asked() >= 10);
  auto before = net.one.asked();
  CHECK(net.ask(10, "two.ims.test") == 10);
  CHECK(net.one.asked() == before);
}

TEST_CASE("a backup is asked when none of the route's peers is up") {
  two_servers net([](diameter_settings& how) { how.framework.routes = {{realm, {"one.ims.test"}, {"two.ims.test"}}}; });
  CHECK(net.ask(20) == 20);
  CHECK(net.two.asked() == 0);
  ::kill(net.one.child(), SIGKILL);
  REQUIRE(eventually([&] { return !net.asker.up("one.ims.test"); }));
  CHECK(net.ask(20) == 20);
  CHECK(net.two.asked() >= 15);
}

TEST_CASE("a peer that vanishes under load costs no request that another can take") {
  two_servers net;
  std::atomic<int> answered{0}, other{0};
  constexpr int all = 600;
  for (int i = 0; i < all; ++i) {
    net.asker.port().ask({user_authorization_request(net.asker.ends(), ++net.number), milliseconds(8'000), true},
                         [&](diameter_answer a) { ++(a.outcome == diameter_outcome::answered ? answered : other); });
    if (i == all / 2)
      ::kill(net.one.child(), SIGKILL);
  }
  CHECK(eventually([&] { return answered + other == all; }));
  CHECK(other == 0);
  CHECK(net.asker.counts().get(metric::diameter_child_deaths) == 0);
  CHECK(eventually([&] { return net.asker.up("one.ims.test"); }, milliseconds(15'000))); // its child is back
}

TEST_CASE("a peer that is up but does not answer is passed over after three requests") {
  two_servers net([](diameter_settings& how) { how.framework.routes = {{realm, {"one.ims.test"}, {"two.ims.test"}}}; });
  net.one.port().serve({cx, uar, true}, [](diameter_question) {});
  REQUIRE(net.ask(1) <= 1);
  for (int i = 0; i < 4; ++i)
    net.asker.ask(user_authorization_request(net.asker.ends(), ++net.number), milliseconds(100));
  CHECK(net.ask(5) == 5);
  CHECK(net.two.asked() >= 5);
}

TEST_CASE("a redirect is followed to the peer that it names") {
  two_servers net([](diameter_settings& how) { how.framework.routes = {{realm, {"one.ims.test"}, {"two.ims.test"}}}; });
  std::atomic<int> redirected{0};
  net.one.port().serve({cx, uar, true},
                       [&](diameter_question q) { // an SLF: TS 29.229 clause 6.4, RFC 6733 clause 6.1.8
                         ++redirected;
                         auto e = net.one.ends();
                         auto session = q.octets.substr(20, (number_at(q.octets, 25, 3) + 3) & ~3u);
                         q.answer(message(0x60, uar, cx,
                                          session + avp(268, 3'006) + avp(264, e.host) + avp(296, e.realm) +
                                              avp(292, "aaa://two.ims.test") + avp(261, 1) + avp(262, 60)));
                       });
  diameter_answer a;
  CHECK(eventually([&] {
    a = net.asker.ask(user_authorization_request(net.asker.ends(), ++net.number));
    return redirected > 0 && find(a.octets, 264) == "two.ims.test";
  }));
  CHECK(a.outcome == diameter_outcome::answered);
  CHECK(net.two.asked() >= 1);
}

TEST_CASE("peers talk TLS from the first octet, and who has no certificate of the authority is not talked to") {
  char folder[] = "/tmp/troupe-diameter-XXXXXX";
  REQUIRE(::mkdtemp(folder) != nullptr);
  std::string in = folder;
  auto run = [&](const std::string& what) {
    return std::system(("cd " + in + " && " + what + " >/dev/null 2>&1").c_str());
  };
  auto make = [&](const std::string& name, const std::string& signer) {
    return run("openssl req -newkey rsa:2048 -nodes -keyout " + name + ".key -subj /CN=" + name + " -out " + name +
               ".csr") +
           run("openssl x509 -req -days 2 -in " + name + ".csr -CA " + signer + ".pem -CAkey " + signer +
               ".key -CAcreateserial -out " + name + ".pem");
  };
  for (std::string ca : {"ca", "other"})
    REQUIRE(run("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=" + ca + " -keyout " + ca + ".key -out " +
                ca + ".pem") == 0);
  REQUIRE(make("hss.ims.test", "ca") == 0);
  REQUIRE(make("scscf.ims.test", "ca") == 0);
  REQUIRE(make("stranger.ims.test", "other") == 0);
  auto tls = [&](const std::string& name, const std::string& ca, std::uint16_t port) {
    return [=](diameter_settings& how) {
      how.framework.tls_port = port;
      how.framework.tls_certificate = in + "/" + name + ".pem";
      how.framework.tls_key = in + "/" + name + ".key";
      how.framework.tls_ca = in + "/" + ca + ".pem";
    };
  };
  auto plain = free_port(), secure = free_port();
  party hss("hss.ims.test", plain, {{"scscf.ims.test", "", 0, true}, {"stranger.ims.test", "", 0, true}},
            tls("hss.ims.test", "ca", secure));
  hss.serve_uar();
  std::vector<diameter_channel::peer_settings> to_hss{{"hss.ims.test", "127.0.0.1", secure, true}};
  party scscf("scscf.ims.test", 0, to_hss, tls("scscf.ims.test", "ca", 0));
  CHECK(eventually([&] { return scscf.up("hss.ims.test"); }));
  CHECK(scscf.ask(user_authorization_request(scscf.ends(), 1)).outcome == diameter_outcome::answered);
  party stranger("stranger.ims.test", 0, to_hss, tls("stranger.ims.test", "other", 0));
  CHECK_FALSE(
      eventually([&] { return stranger.up("hss.ims.test") || hss.up("stranger.ims.test"); }, milliseconds(2'000)));
  std::filesystem::remove_all(in);
}
