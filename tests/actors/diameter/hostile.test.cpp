// Peers that send what no peer should: it costs them their connection, and nobody else anything.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <iostream>
#include <random>

#include "tests/actors/diameter/kit.hpp"
#include "tests/actors/diameter/raw_peer.hpp"

using namespace troupe;
using namespace troupe::diameter_test;
using namespace troupe::by_hand;

namespace {

struct guarded_net {
  std::uint16_t port = free_port();
  party hss{"hss.ims.test", port, {{"scscf.ims.test", "", 0, false}, {"fuzz.ims.test", "", 0, false}}};
  party scscf{"scscf.ims.test", 0, {peer_at("hss.ims.test", port)}};

  guarded_net() {
    hss.serve_uar();
    REQUIRE(eventually([&] { return scscf.up("hss.ims.test"); }));
  }
};

/// A message like those of peers, with some octets that are not.
std::string mutated(std::mt19937& random, std::string out) {
  auto below = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
  constexpr std::uint32_t words[] = {0, 1, 7, 8, 0x40000008, 0xc0000008, 0xffffffff, 0x7fffffff, 2001, 0x4000000c};
  for (auto changes = 1 + below(4); changes > 0 && out.size() > 28; --changes) {
    auto at = 20 + below(out.size() - 24);
    switch (below(6)) {
    case 0: out.erase(at, 4 * (1 + below(3))); break;
    case 1: out.insert(at, std::string(4 * (1 + below(2)), static_cast<char>(random()))); break;
    case 2: out.replace(at, 4, big_endian(words[below(std::size(words))], 4)); break;
    case 3: out[below(20)] = static_cast<char>(random()); break;
    default: out[at] = static_cast<char>(random()); break;
    }
  }
  if (below(100) < 85)
    out.replace(1, 3, big_endian(static_cast<std::uint32_t>(out.size()), 3));
  if (below(100) < 90)
    out[0] = 1;
  return out;
}

std::string sample(std::mt19937& random, const ends& e) {
  auto n = static_cast<std::uint32_t>(random());
  switch (random() % 8) {
  case 0: return message(0x80, 280, 0, avp(264, e.host) + avp(296, e.realm) + avp(278, n));
  case 1: return message(0x80, 282, 0, avp(264, e.host) + avp(296, e.realm) + avp(273, n % 4));
  case 2: return capabilities(e.host);
  case 3: return message(0x00, 280, 0, avp(268, 2'001) + avp(264, e.host) + avp(296, e.realm));
  case 4: return user_authorization_request(e, n, avp(284, avp(280, "p.x") + avp(33, "state")));
  case 5: return user_authorization_request(e, n, avp(282, "r.x") + avp(279, avp(268, 2'001)));
  case 6: return message(0x40, uar, cx, avp(263, "s;1;1") + avp(297, avp(266, vendor_3gpp) + avp(298, 2'001)), n);
  default: return user_authorization_request(e, n);
  }
}

} // namespace

TEST_CASE("a hostile CER from any host costs its connection only, and a stranger is not admitted") {
  guarded_net net;
  auto child = net.hss.child();
  auto odd_child = avp(260, avp(266, vendor_3gpp) + avp(258, cx) + avp(9'999, "x", 0, 0));
  for (auto& hostile :
       {capabilities("fuzz.ims.test", odd_child), std::string(64, '\xff'), capabilities("fuzz.ims.test", avp(284, "x")),
        message(0x80, 257, 0, ""), std::string("GET / HTTP/1.0\r\n\r\n")}) {
    raw_peer peer(net.port);
    REQUIRE(peer.connected());
    peer.send(hostile);
    peer.receive(300); // a word of refusal, or nothing
  }
  {
    raw_peer stranger(net.port);
    CHECK_FALSE(stranger.introduce("stranger.ims.test"));
    raw_peer itself(net.port);
    CHECK_FALSE(itself.introduce("hss.ims.test"));
  }
  std::vector<std::unique_ptr<raw_peer>> silent; // each holds a thread that waits for a CER
  for (int i = 0; i < 12; ++i)
    silent.push_back(std::make_unique<raw_peer>(net.port));
  raw_peer welcome(net.port);
  CHECK(welcome.introduce("fuzz.ims.test"));
  CHECK(net.scscf.ask(user_authorization_request(net.scscf.ends(), 1)).outcome == diameter_outcome::answered);
  CHECK(net.hss.child() == child);
  CHECK(eventually([&] { return net.hss.counts().get(metric::diameter_rejected) >= 1; }));
}

TEST_CASE("a peer whose messages are mutated brings nothing down but its own connection") {
  auto wanted = std::getenv("TROUPE_FUZZ_SECONDS");
  auto patience = std::chrono::seconds(wanted ? std::atoi(wanted) : 5);
  auto seed = static_cast<std::uint32_t>(std::random_device{}());
  INFO("seed " << seed);
  std::mt19937 random(seed);
  guarded_net net;
  ends e{"fuzz.ims.test", realm, realm, ""};
  std::atomic<int> under_way{0}, answered{0}, other{0};
  std::uint32_t number = 0;
  std::uint64_t sent = 0, connections = 0;
  for (auto start = std::chrono::steady_clock::now(); std::chrono::steady_clock::now() - start < patience;) {
    ++under_way;
    net.scscf.port().ask(
        {user_authorization_request(net.scscf.ends(), ++number), milliseconds(10'000), true},
        [&](diameter_answer a) { ++(a.outcome == diameter_outcome::answered ? answered : other), --under_way; });
    raw_peer peer(net.port);
    ++connections;
    if (random() % 7 == 0) {
      peer.send(mutated(random, capabilities("fuzz.ims.test")));
      ++sent;
      peer.receive(20);
      continue;
    }
    if (!peer.introduce("fuzz.ims.test")) {
      std::this_thread::sleep_for(milliseconds(5));
      continue;
    }
    for (auto messages = 1 + random() % 40; messages > 0; --messages, ++sent)
      peer.send(mutated(random, sample(random, e)));
    peer.receive(5);
  }
  CHECK(eventually([&] { return under_way == 0; }, milliseconds(15'000)));
  auto deaths = net.hss.counts().get(metric::diameter_child_deaths);
  std::cerr << "fuzzed peer: " << sent << " messages, " << connections << " connections, "
            << net.hss.counts().get(metric::diameter_rejected) << " rejected by the guards, deaths of the child "
            << deaths << ", requests of others " << answered << " answered, " << other << " not\n";
  CHECK(sent > 1'000);
  CHECK(net.scscf.counts().get(metric::diameter_child_deaths) == 0); // it never talked to that peer
  if (deaths == 0)
    CHECK(other == 0);
  CHECK(eventually([&] {
    return net.scscf.ask(user_authorization_request(net.scscf.ends(), ++number)).outcome == diameter_outcome::answered;
  }));
}
