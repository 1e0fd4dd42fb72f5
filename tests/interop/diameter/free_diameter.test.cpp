// freeDiameter's own daemon between two of our nodes: a relay of others, with its watchdog, that is killed and comes back.
#include <catch2/catch.hpp>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "cluster/parent/child.hpp"
#include "tests/actors/diameter/kit.hpp"

using namespace troupe;
using namespace troupe::diameter_test;
using namespace troupe::by_hand;

namespace {

constexpr auto program = "/usr/bin/freeDiameterd";
constexpr std::uint32_t rtr = 304; // Registration-Termination, TS 29.229 clause 6.1.9

bool installed() {
  if (std::filesystem::exists(program))
    return true;
  std::cerr << "SKIPPED: freeDiameterd is not installed\n";
  return false;
}

struct folder {
  folder() {
    char name[] = "/tmp/troupe-diameter-XXXXXX";
    path = ::mkdtemp(name);
  }
  ~folder() { std::filesystem::remove_all(path); }
  std::string path;
};

class relay {
public:
  relay(std::uint16_t port, std::uint16_t hss, std::uint16_t scscf) {
    std::ofstream(in_.path + "/relay.conf")
        << "Identity = \"relay.other.test\";\nRealm = \"other.test\";\nPort = " << port
        << ";\nSecPort = 0;\nNo_SCTP;\nNo_IPv6;\nTcTimer = 1;\nTwTimer = 6;\nListenOn = \"127.0.0.1\";\n"
        << "ConnectPeer = \"hss.ims.test\" { ConnectTo = \"127.0.0.1\"; Port = " << hss << "; No_TLS; };\n"
        << "ConnectPeer = \"scscf.ims.test\" { ConnectTo = \"127.0.0.1\"; Port = " << scscf << "; No_TLS; };\n";
    start();
  }
  ~relay() { kill(); }

  void start() {
    auto begun = cluster::child::start(
        {"sh", "-c", std::string("exec ") + program + " -c " + in_.path + "/relay.conf >" + in_.path + "/log 2>&1"});
    REQUIRE(begun.has_value());
    process_.emplace(std::move(*begun));
  }
  void kill() {
    process_->send(SIGKILL);
    eventually([&] { return process_->ended().has_value(); });
  }
  void send(int signal) { process_->send(signal); }

private:
  folder in_;
  std::optional<cluster::child> process_;
};

struct relayed {
  std::uint16_t ports[3] = {free_port(), free_port(), free_port()};
  std::function<void(diameter_settings&)> by_relay = [](diameter_settings& how) {
    how.framework.routes = {{realm, {"relay.other.test"}, {}}};
  };
  party hss{"hss.ims.test", ports[0], {peer_at("relay.other.test", ports[2])}, by_relay};
  party scscf{"scscf.ims.test", ports[1], {peer_at("relay.other.test", ports[2])}, by_relay};
  relay between{ports[2], ports[0], ports[1]};

  relayed() {
    hss.serve_uar();
    REQUIRE(eventually([&] { return up(); }, milliseconds(20'000)));
  }
  bool up() { return hss.up("relay.other.test") && scscf.up("relay.other.test"); }
};

std::string registration_termination(const ends& e, std::uint32_t n) {
  return message(0xc0, rtr, cx,
                 avp(263, e.host + ";2;" + std::to_string(n)) + vendor_specific(cx) + avp(277, 1) + avp(264, e.host) +
                     avp(296, e.realm) + avp(293, e.to_host) + avp(283, e.to_realm) + avp(1, "alice@ims.test") +
                     avp(615, avp(616, 0, vendor_3gpp), vendor_3gpp),
                 n);
}

} // namespace

TEST_CASE("Cx goes both ways through a relay of others, unknown AVPs with it") {
  if (!installed())
    return;
  relayed net;
  auto unknown = avp(8'888, "as it is", 4'242, 0);
  auto answer = net.scscf.ask(user_authorization_request(net.scscf.ends(), 5, unknown));
  REQUIRE(answer.outcome == diameter_outcome::answered);
  CHECK(find(answer.octets, 264) == "hss.ims.test");
  CHECK(number_at(answer.octets, 16, 4) == 5);

  std::string seen;
  net.scscf.port().serve({cx, rtr, true}, [&](diameter_question q) {
    CHECK(q.peer == "relay.other.test");
    q.answer(user_authorization_answer(net.scscf.ends(), q.octets));
  });
  CHECK(eventually([&] {
    auto a = net.hss.ask(registration_termination(net.hss.ends("scscf.ims.test"), 1));
    return a.outcome == diameter_outcome::answered && find(a.octets, 264) == "scscf.ims.test" &&
           result_code(a.octets) == 0;
  }));
}

TEST_CASE("watchdogs pass both ways: a quiet connection stays up") {
  if (!installed())
    return;
  relayed net;
  auto changes = [](party& of) { return of.port().peers().front().changes; };
  auto before = changes(net.scscf);
  std::this_thread::sleep_for(milliseconds(14'000)); // two of Tw
  CHECK(net.up());
  CHECK(changes(net.scscf) == before);
  CHECK(net.scscf.ask(user_authorization_request(net.scscf.ends(), 1)).outcome == diameter_outcome::answered);
}

TEST_CASE("a relay that is killed is noticed at once, and used again when it is back") {
  if (!installed())
    return;
  relayed net;
  net.between.kill();
  CHECK(eventually([&] { return !net.scscf.up("relay.other.test"); }, milliseconds(2'000)));
  CHECK(net.scscf.ask(user_authorization_request(net.scscf.ends(), 1)).outcome == diameter_outcome::no_peer);
  net.between.start();
  CHECK(eventually([&] { return net.up(); }, milliseconds(20'000)));
  CHECK(eventually([&] {
    return net.scscf.ask(user_authorization_request(net.scscf.ends(), 2)).outcome == diameter_outcome::answered;
  }));
}

TEST_CASE("a child that is killed under load through a relay is replaced, and each request has an outcome") {
  if (!installed())
    return;
  relayed net;
  std::atomic<int> answered{0}, other{0};
  constexpr int all = 500;
  for (int i = 0; i < all; ++i) {
    net.scscf.port().ask(
        {user_authorization_request(net.scscf.ends(), 10u + static_cast<std::uint32_t>(i)), milliseconds(15'000), true},
        [&](diameter_answer a) { ++(a.outcome == diameter_outcome::answered ? answered : other); });
    if (i == all / 2)
      ::kill(net.scscf.child(), SIGKILL);
  }
  CHECK(eventually([&] { return answered + other == all; }, milliseconds(20'000)));
  CHECK(other == 0);
}
