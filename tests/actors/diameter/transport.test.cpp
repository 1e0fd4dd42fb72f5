// The transport with real children on the loopback: what is asked gets one outcome, whatever becomes of a child.
#include "tests/actors/diameter/kit.hpp"

#include <catch2/catch.hpp>
#include <csignal>

using namespace troupe;
using namespace troupe::diameter_test;
using namespace troupe::by_hand;

namespace {

struct two {
  std::uint16_t port = free_port();
  party hss{"hss.ims.test", port, {{"scscf.ims.test", "", 0, false}}};
  party scscf{"scscf.ims.test", 0, {peer_at("hss.ims.test", port)}};

  two() {
    hss.serve_uar();
    REQUIRE(eventually([&] { return scscf.up("hss.ims.test") && hss.up("scscf.ims.test"); }));
  }
};

} // namespace

TEST_CASE("a UAR gets the UAA of an HSS, as octets, through two children") {
  two net;
  auto answer = net.scscf.ask(user_authorization_request(net.scscf.ends(), 7));
  REQUIRE(answer.outcome == diameter_outcome::answered);
  CHECK(number_at(answer.octets, 5, 3) == uar);
  CHECK(number_at(answer.octets, 16, 4) == 7); // the asker's End-to-End identifier
  CHECK(find(answer.octets, 264) == "hss.ims.test");
  CHECK(find(answer.octets, 297).size() == 24); // Vendor-Id and Experimental-Result-Code
}

TEST_CASE("an unknown command of an application goes both ways with every AVP as it is") {
  two net;
  net.hss.port().serve({cx, 4'711, false}, [&](diameter_question q) {
    CHECK(q.peer == "scscf.ims.test");
    q.answer(user_authorization_answer(net.hss.ends(), q.octets, avp(9'999, find(q.octets, 8'888), 4'242)));
  });
  auto odd = avp(8'888, "as it is", 4'242); // of a vendor nobody knows, with the M flag
  auto request = user_authorization_request(net.scscf.ends(), 1, odd);
  request.replace(5, 3, big_endian(4'711, 3));
  diameter_answer answer;
  CHECK(eventually([&] { // the service may be under way to the child still
    answer = net.scscf.ask(request);
    return find(answer.octets, 9'999) == "as it is";
  }));
}

TEST_CASE("a command that nobody takes is answered 3001, an unknown destination gets no peer, rubbish is not sent") {
  two net;
  auto untaken = user_authorization_request(net.scscf.ends(), 1);
  untaken.replace(5, 3, big_endian(302, 3));
  auto answer = net.scscf.ask(untaken);
  CHECK(answer.outcome == diameter_outcome::answered);
  CHECK(result_code(answer.octets) == 3'001);

  auto elsewhere = net.scscf.ends();
  elsewhere.to_realm = "elsewhere.test";
  CHECK(net.scscf.ask(user_authorization_request(elsewhere, 2)).outcome == diameter_outcome::no_peer);

  auto torn = user_authorization_request(net.scscf.ends(), 3);
  torn.resize(torn.size() - 4);
  CHECK(net.scscf.ask(torn).outcome == diameter_outcome::malformed);
  CHECK(net.scscf.ask("short").outcome == diameter_outcome::malformed);
  CHECK(net.scscf.ask(std::string(70'000, 'x')).outcome == diameter_outcome::malformed);
}

TEST_CASE("a checked command that breaks the dictionary is answered without troubling who takes it") {
  two net;
  auto unknown_mandatory = avp(8'888, "must be understood", 4'242);
  auto answer = net.scscf.ask(user_authorization_request(net.scscf.ends(), 1, unknown_mandatory));
  CHECK(result_code(answer.octets) == 5'001);
  CHECK(find(answer.octets, 279).find("must be understood") != std::string_view::npos);
  auto unknown_optional = avp(8'888, "may be left aside", 4'242, 0);
  answer = net.scscf.ask(user_authorization_request(net.scscf.ends(), 2, unknown_optional));
  CHECK(result_code(answer.octets) == 0);
  CHECK(find(answer.octets, 297).size() == 24);

  auto e = net.scscf.ends();
  auto lacks_identities = message(0xc0, uar, cx,
                                  avp(263, "s;1;1") + vendor_specific(cx) + avp(277, 1) + avp(264, e.host) +
                                      avp(296, e.realm) + avp(283, e.to_realm));
  CHECK(result_code(net.scscf.ask(lacks_identities).octets) == 5'005);
  CHECK(net.hss.asked() == 1);
}

TEST_CASE("a peer that never answers costs its patience and nothing else") {
  two net;
  net.hss.port().serve({cx, mar, false}, [](diameter_question) {});
  auto silent = user_authorization_request(net.scscf.ends(), 1);
  silent.replace(5, 3, big_endian(mar, 3));
  auto start = std::chrono::steady_clock::now();
  diameter_answer answer;
  REQUIRE(eventually([&] {
    start = std::chrono::steady_clock::now();
    answer = net.scscf.ask(silent, milliseconds(400));
    return answer.outcome != diameter_outcome::answered;
  }));
  CHECK(answer.outcome == diameter_outcome::expired);
  CHECK(since(start) >= milliseconds(400));
  CHECK(since(start) < milliseconds(1'500));
  CHECK(net.scscf.ask(user_authorization_request(net.scscf.ends(), 2)).outcome == diameter_outcome::answered);
}

TEST_CASE("a child that is killed in the midst of requests is replaced, and each of them has an outcome") {
  two net;
  constexpr int all = 400;
  std::atomic<int> answered{0}, undelivered{0}, other{0};
  auto before = net.scscf.child();
  for (int i = 0; i < all; ++i) {
    auto again = i % 2 == 0;
    net.scscf.port().ask(
        {user_authorization_request(net.scscf.ends(), 100u + static_cast<unsigned>(i)), milliseconds(8'000), again},
        [&](diameter_answer a) {
          (a.outcome == diameter_outcome::answered      ? answered
           : a.outcome == diameter_outcome::undelivered ? undelivered
                                                        : other)++;
        });
    if (i == all / 2)
      ::kill(before, SIGKILL);
  }
  CHECK(eventually([&] { return answered + undelivered + other == all; }));
  CAPTURE(answered.load(), undelivered.load(), other.load());
  CHECK(other == 0);
  CHECK(answered >= all / 2); // those that may be sent again, at least
  CHECK(net.scscf.child() != before);
  CHECK(net.scscf.counts().get(metric::diameter_child_deaths) == 1);
  CHECK(net.scscf.ask(user_authorization_request(net.scscf.ends(), 9'999)).outcome == diameter_outcome::answered);
}

TEST_CASE("a request that is sent again after a death carries the T flag, and no other does") {
  two net;
  std::atomic<int> plain{0}, repeated{0};
  net.hss.port().serve({cx, mar, false}, [&](diameter_question q) {
    if (!has_flag(q.octets, 0x10)) {
      ++plain;
      return; // the first is never answered
    }
    ++repeated;
    q.answer(user_authorization_answer(net.hss.ends(), q.octets));
  });
  auto request = user_authorization_request(net.scscf.ends(), 1);
  request.replace(5, 3, big_endian(mar, 3));
  std::atomic<bool> done{false};
  REQUIRE(eventually([&] { return net.scscf.ask(request, milliseconds(100)).outcome == diameter_outcome::expired; }));
  plain = 0;
  net.scscf.port().ask({request, milliseconds(8'000), true}, [&](diameter_answer a) {
    CHECK(a.outcome == diameter_outcome::answered);
    done = true;
  });
  REQUIRE(eventually([&] { return plain == 1; }));
  ::kill(net.scscf.child(), SIGKILL);
  CHECK(eventually([&] { return done.load(); }));
  CHECK(repeated == 1);
  CHECK(net.scscf.counts().get(metric::diameter_sent_again) == 1);
}

TEST_CASE("a child that is stopped is noticed, killed and replaced") {
  two net;
  auto before = net.scscf.child();
  ::kill(before, SIGSTOP);
  auto answer = net.scscf.ask(user_authorization_request(net.scscf.ends(), 1), milliseconds(8'000));
  CHECK(answer.outcome == diameter_outcome::answered);
  CHECK(net.scscf.child() != before);
  CHECK(net.scscf.counts().get(metric::diameter_child_killed) == 1);
}

TEST_CASE("beyond the bound requests are refused at once") {
  auto port = free_port();
  party alone("scscf.ims.test", 0, {peer_at("hss.ims.test", port)},
              [](diameter_settings& how) { how.max_in_flight = 3; });
  std::atomic<int> refused{0}, others{0};
  for (int i = 0; i < 5; ++i)
    alone.port().ask({user_authorization_request(alone.ends(), 1), milliseconds(300), true},
                     [&](diameter_answer a) { ++(a.outcome == diameter_outcome::refused ? refused : others); });
  CHECK(refused == 2);
  CHECK(eventually([&] { return others == 3; }));
  CHECK(alone.counts().get(metric::diameter_no_peer) == 3);
}

TEST_CASE("a child that cannot start is tried again, further and further apart, and says why") {
  auto port = free_port();
  party alone("scscf.ims.test", port, {},
              [](diameter_settings& how) { how.framework.listen = {"192.0.2.77"}; }); // not ours
  CHECK(eventually([&] { return alone.counts().get(metric::diameter_child_deaths) >= 2; }));
  CHECK_FALSE(alone.notes().empty());
}
