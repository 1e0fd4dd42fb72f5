// The core's questions as Diameter requests, and what it is told of what becomes of them: TS 29.228 clause 6.
#include "actors/cx/diameter_client.hpp"

#include <caf/actor_system_config.hpp>
#include <catch2/catch.hpp>
#include <future>
#include <set>

#include "tests/actors/cx/fake_port.hpp"

using namespace troupe;

namespace {

struct bench {
  explicit bench(std::size_t most = 3) {
    how.origin_host = "scscf.ims.test";
    how.origin_realm = "ims.test";
    how.hss_realm = "home.test";
    how.patience = milliseconds(1'234);
    how.most_waiting = most;
    client = std::make_unique<diameter_client>(home, port, names, how);
    home.start();
  }
  ~bench() {
    home.stop();
    client.reset();
  }
  template <class Answer, class Question>
  std::future<Answer> ask(Question question) {
    auto said = std::make_shared<std::promise<Answer>>();
    home.post([this, said, question] { client->ask(question, [said](Answer a) { said->set_value(std::move(a)); }); });
    auto settled = std::make_shared<std::promise<void>>();
    home.post([settled] { settled->set_value(); });
    settled->get_future().get();
    return said->get_future();
  }
  template <class Answer>
  void answer(std::size_t index, const Answer& what) {
    port->at(index).done({diameter_outcome::answered, fake_port::octets_of(what)});
  }

  caf::actor_system_config config;
  caf::actor_system system{config};
  shard home{0, system};
  std::shared_ptr<fake_port> port = std::make_shared<fake_port>();
  std::shared_ptr<diameter_names> names =
      std::make_shared<diameter_names>("scscf.ims.test", instant{1'700'000'000'123});
  diameter_client_settings how;
  std::unique_ptr<diameter_client> client;
};

const cx::uar may_register{"a@ims.test", "sip:a@ims.test", "visited.test"};
const cx::mar challenge{"a@ims.test", "sip:a@ims.test", "sip:s.ims.test", cx::scheme::unknown, 1, {}};

cx::sar registration() {
  cx::sar out;
  out.impi = "a@ims.test";
  out.impus = {"sip:a@ims.test"};
  out.server_name = "sip:s.ims.test";
  out.type = cx::assignment_type::registration;
  return out;
}

} // namespace

TEST_CASE("TS 29.229: a question carries our name, the HSS's realm, a Session-Id of its own, and no state") {
  bench b;
  auto first = b.ask<cx::uaa>(may_register);
  auto second = b.ask<cx::saa>(registration());
  REQUIRE(b.port->count() == 2);
  auto uar = b.port->read<cx::uar>(0);
  auto sar = b.port->read<cx::sar>(1);
  CHECK(uar.command == may_register);
  CHECK(sar.command == registration());
  CHECK(uar.envelope.origin_host == "scscf.ims.test");
  CHECK(uar.envelope.origin_realm == "ims.test");
  CHECK(uar.envelope.destination_realm == "home.test");
  CHECK(uar.envelope.destination_host.empty());
  CHECK(uar.envelope.session_id == "scscf.ims.test;1700000000;1;123");
  CHECK(sar.envelope.session_id != uar.envelope.session_id);
  CHECK(b.port->at(0).request.patience == milliseconds(1'234));
  CHECK(b.port->at(0).request.again);
  CHECK(diameter::decode_header(b.port->at(0).request.octets).end_to_end !=
        diameter::decode_header(b.port->at(1).request.octets).end_to_end);
  auto message = diameter::decode(b.port->at(0).request.octets).value();
  CHECK(diameter::find_application(message.header.application)->name == "3GPP Cx");
  CHECK(message.find(diameter::known("Vendor-Specific-Application-Id")));
  CHECK(message.find(diameter::known("Auth-Session-State"))->value == std::string("\0\0\0\1", 4));
}

TEST_CASE("each question gets its own answer, in whatever order they come, and results of 3GPP stay what they are") {
  bench b;
  auto uaa = b.ask<cx::uaa>(may_register);
  auto maa = b.ask<cx::maa>(challenge);
  b.answer(1, cx::maa{cx::user_unknown, {}, {}, {}});
  b.answer(0, cx::uaa{cx::first_registration, "sip:s.ims.test", {}});
  CHECK(maa.get().result == cx::user_unknown);
  auto got = uaa.get();
  CHECK(got.result == cx::first_registration);
  CHECK(got.server_name == "sip:s.ims.test");
  CHECK(b.client->waiting() == 0);
}

TEST_CASE("what becomes of a question without an answer is told as a result of Cx") {
  auto [outcome, result] = GENERATE(table<diameter_outcome, cx::result_code>({
      {diameter_outcome::expired, cx::unable_to_deliver},
      {diameter_outcome::no_peer, cx::unable_to_deliver},
      {diameter_outcome::undelivered, cx::unable_to_deliver},
      {diameter_outcome::refused, cx::too_busy},
      {diameter_outcome::malformed, cx::unable_to_comply},
  }));
  bench b;
  auto maa = b.ask<cx::maa>(challenge);
  b.port->at(0).done({outcome, {}});
  auto got = maa.get();
  CHECK(got.result == result);
  CHECK(got.impi == challenge.impi);
}

TEST_CASE("RFC 6733 clause 7.1.3: errors of the protocol are an HSS that cannot be reached, or one that is busy") {
  auto [code, result] = GENERATE(table<std::uint32_t, cx::result_code>({
      {diameter::code::unable_to_deliver, cx::unable_to_deliver},
      {diameter::code::realm_not_served, cx::unable_to_deliver},
      {diameter::code::redirect_indication, cx::unable_to_deliver},
      {diameter::code::too_busy, cx::too_busy},
      {diameter::code::unable_to_comply, cx::unable_to_comply},
      {diameter::code::authorization_rejected, cx::authorization_rejected},
  }));
  bench b;
  auto uaa = b.ask<cx::uaa>(may_register);
  b.port->at(0).done(
      {diameter_outcome::answered,
       diameter::refusal(b.port->at(0).request.octets, {code, {}, "because"}, "h.test", "test").value()});
  CHECK(uaa.get().result == result);
}

TEST_CASE("an answer that cannot be understood is a failure, not a success") {
  auto octets = GENERATE(std::string("no message"), fake_port::octets_of(cx::lia{cx::success, "sip:s", {}, {}}),
                         fake_port::octets_of(cx::uaa{cx::success, "sip:s", {}}).substr(0, 40));
  bench b;
  auto uaa = b.ask<cx::uaa>(may_register);
  b.port->at(0).done({diameter_outcome::answered, octets});
  auto got = uaa.get();
  CHECK(got.result == cx::unable_to_comply);
  CHECK(got.server_name.empty());
}

TEST_CASE("beyond the bound questions are refused at once and nothing is kept of them") {
  bench b(3);
  std::vector<std::future<cx::uaa>> waiting;
  for (int i = 0; i < 3; ++i)
    waiting.push_back(b.ask<cx::uaa>(may_register));
  CHECK(b.ask<cx::uaa>(may_register).get().result == cx::too_busy);
  CHECK(b.port->count() == 3);
  b.answer(0, cx::uaa{cx::user_unknown, {}, {}});
  CHECK(waiting[0].get().result == cx::user_unknown);
  waiting.push_back(b.ask<cx::uaa>(may_register));
  CHECK(b.port->count() == 4);
}

TEST_CASE("an answer after the end of the shard harms nobody") {
  std::shared_ptr<fake_port> port;
  {
    bench b;
    port = b.port;
    auto uaa = b.ask<cx::uaa>(may_register);
  }
  REQUIRE(port->count() == 1);
  port->at(0).done({diameter_outcome::expired, {}});
}
