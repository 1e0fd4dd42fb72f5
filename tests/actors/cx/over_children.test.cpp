// Cx through the real port: two children of freeDiameter on the loopback.
#include <catch2/catch.hpp>
#include <future>

#include "actors/cx/diameter_client.hpp"
#include "protocols/diameter/cx_commands.hpp"
#include "tests/actors/diameter/kit.hpp"

using namespace troupe;
using namespace troupe::diameter_test;

namespace {

/// An HSS, known or not, and one shard that asks it.
struct bench {
  explicit bench(bool with_hss) {
    if (with_hss) {
      hss.emplace("hss.ims.test", port, std::vector<diameter_channel::peer_settings>{{"scscf.ims.test", "", 0, false}});
      hss->serve_uar();
    }
    scscf.emplace("scscf.ims.test", 0, std::vector{peer_at("hss.ims.test", port)});
    if (with_hss)
      REQUIRE(eventually([&] { return scscf->up("hss.ims.test") && hss->up("scscf.ims.test"); }));
    diameter_client_settings how{"scscf.ims.test", realm, realm, {}, milliseconds(600), 10};
    client = std::make_unique<diameter_client>(home, std::shared_ptr<diameter_port>(&scscf->port(), [](auto*) {}),
                                               std::make_shared<diameter_names>("scscf.ims.test", current_time()), how);
    home.start();
  }
  ~bench() {
    scscf.reset(); // its last outcomes find the shard
    home.stop();
  }
  template <class Answer, class Question>
  Answer ask(Question question) {
    auto said = std::make_shared<std::promise<Answer>>();
    home.post([this, said, question] { client->ask(question, [said](Answer a) { said->set_value(std::move(a)); }); });
    return said->get_future().get();
  }

  std::uint16_t port = free_port();
  caf::actor_system_config config;
  caf::actor_system system{config};
  shard home{0, system};
  std::optional<party> hss, scscf;
  std::unique_ptr<diameter_client> client;
};

const cx::uar question{"alice@ims.test", "sip:alice@ims.test", "ims.test"};

} // namespace

TEST_CASE("a UAR is answered with what the HSS said") {
  bench b(true);
  CHECK(b.ask<cx::uaa>(question).result == cx::first_registration);
}

TEST_CASE("an HSS that says nothing is one that cannot be reached, after the patience and not much later") {
  bench b(true);
  b.hss->port().serve({by_hand::cx, by_hand::uar, false}, [](diameter_question) {});
  auto start = std::chrono::steady_clock::now();
  REQUIRE(eventually([&] { // the service may be under way to the child still
    start = std::chrono::steady_clock::now();
    return b.ask<cx::uaa>(question).result == cx::unable_to_deliver;
  }));
  CHECK(since(start) >= milliseconds(600));
  CHECK(since(start) < milliseconds(2'000));
}

TEST_CASE("an HSS that is not there is answered for within the patience") {
  bench b(false);
  auto start = std::chrono::steady_clock::now();
  CHECK(b.ask<cx::uaa>(question).result == cx::unable_to_deliver);
  CHECK(since(start) < milliseconds(2'000));
}
