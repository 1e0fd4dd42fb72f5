// The HSS asked by Diameter: TS 29.228 clauses 6.1 to 6.3, RFC 6733 clause 3.
#include "actors/roles/hss/diameter_front.hpp"

#include "actors/roles/hss/notice_sender.hpp"
#include "bench.hpp"
#include "tests/actors/cx/fake_port.hpp"

using namespace troupe;
using namespace troupe::hss;

namespace {

const std::string impi = "001010000000001@ims.example";
const std::string anna = "sip:anna@ims.example";
const diameter_end core{"scscf.ims.example", "ims.example"};
const diameter_end self{"hss.ims.example", "ims.example"};

diameter::envelope from_core(const std::string& session = "scscf.ims.example;1;1") {
  diameter::envelope out;
  out.session_id = session;
  out.origin_host = core.host;
  out.origin_realm = core.realm;
  return out;
}

cx::sar registration(cx::assignment_type type = cx::assignment_type::registration) {
  cx::sar out;
  out.impi = impi;
  out.impus = {anna};
  out.server_name = scscf;
  out.type = type;
  return out;
}

struct bench {
  explicit bench(const std::string& database = ":memory:") : hss(open(database)) {
    put(*hss, phone_toml);
    service.serve(port);
    hss->listen([this](const notices& what) { told.push_back(what); });
  }
  std::string ask_octets(std::uint32_t command, const std::string& octets) {
    auto said = std::make_shared<std::promise<std::string>>();
    auto got = said->get_future();
    port.served.at(command)({octets, core.host, [said](std::string answer) { said->set_value(std::move(answer)); }});
    REQUIRE(got.wait_for(std::chrono::seconds(10)) == std::future_status::ready);
    return got.get();
  }
  template <class Answer, class Question>
  diameter::received<Answer> ask(const Question& what, diameter::envelope about = from_core(), std::uint32_t number = 1,
                                 bool again = false) {
    auto octets = fake_port::octets_of(what, std::move(about), {0, number, again});
    return fake_port::read_octets<Answer>(ask_octets(diameter::id_of<Question>.code, octets));
  }

  fake_port port;
  std::shared_ptr<server> hss;
  diameter_front::memory::clock::time_point now{};
  std::vector<notices> told; ///< last: the server tells it to its end
  diameter_front service{[this] { return hss; }, {self, {seconds(30), 1 << 20, 4, [this] { return now; }}}};
};

} // namespace

TEST_CASE("TS 29.228: UAR, MAR, SAR and LIR of another node are answered in their sessions") {
  bench b;
  auto uaa = b.ask<cx::uaa>(cx::uar{impi, anna, "visited.example"}, from_core("s;1;9"));
  CHECK(uaa.command.result == cx::first_registration);
  CHECK(uaa.envelope.session_id == "s;1;9");
  CHECK(uaa.envelope.origin_host == self.host);
  CHECK(uaa.envelope.origin_realm == self.realm);
  auto maa = b.ask<cx::maa>(challenge_for(), from_core(), 2);
  CHECK(maa.command.result == cx::success);
  CHECK(maa.command.items.size() == 1);
  auto saa = b.ask<cx::saa>(registration(), from_core(), 3);
  CHECK(saa.command.result == cx::success);
  REQUIRE(saa.command.user_data);
  CHECK(saa.command.user_data->find(anna) != std::string::npos);
  auto lia = b.ask<cx::lia>(cx::lir{"sip:Anna@IMS.example;user=phone"}, from_core(), 4);
  CHECK(lia.command.result == cx::user_unknown); // the user part is compared as it stands
  lia = b.ask<cx::lia>(cx::lir{"sip:anna@IMS.example;user=phone"}, from_core(), 5);
  CHECK(lia.command.result == cx::success);
  CHECK(lia.command.server_name == scscf);
  CHECK(b.service.counted().questions == 5);
}

TEST_CASE(
    "RFC 6733 clause 3: a MAR that comes again gets the same vector, with T or without, and another a fresh one") {
  bench b;
  auto first = b.ask<cx::maa>(challenge_for(), from_core(), 7).command;
  CHECK(b.ask<cx::maa>(challenge_for(), from_core(), 7, true).command == first);
  CHECK(b.ask<cx::maa>(challenge_for(), from_core(), 7, false).command == first);
  CHECK(b.service.counted().repeated == 2);
  CHECK(b.ask<cx::maa>(challenge_for(), from_core(), 8, true).command.items != first.items);
  CHECK(b.ask<cx::maa>(challenge_for(), from_core("another;1;1"), 7, true).command.items != first.items);
  b.now += std::chrono::seconds(31);
  CHECK(b.ask<cx::maa>(challenge_for(), from_core(), 7, true).command.items != first.items);
}

TEST_CASE("a SAR that comes again is not judged by what its first copy did") {
  bench b;
  REQUIRE(b.ask<cx::saa>(registration(), from_core(), 1).command.result == cx::success);
  auto leave = registration(cx::assignment_type::user_deregistration_store_server_name);
  auto first = b.ask<cx::saa>(leave, from_core(), 2).command;
  auto again = b.ask<cx::saa>(leave, from_core(), 2, true).command;
  CHECK(again.result == first.result);
  CHECK(b.service.counted().repeated == 1);
}

TEST_CASE("beyond the bound of what is remembered the HSS is too busy") {
  bench b;
  for (std::uint32_t i = 0; i < 4; ++i)
    REQUIRE(b.ask<cx::maa>(challenge_for(), from_core(), i).command.result == cx::success);
  CHECK(b.ask<cx::maa>(challenge_for(), from_core(), 9).command.result == cx::too_busy);
  CHECK(b.ask<cx::uaa>(cx::uar{impi, anna, "v"}, from_core(), 10).command.result.is_success());
}

TEST_CASE("TS 29.229 clause 7.2: features are answered list by list; those that must be known are refused") {
  bench b;
  auto about = from_core();
  about.features = {{diameter::tgpp, 1, 0b1011, false}, {diameter::tgpp, 2, 1, false}};
  auto uaa = b.ask<cx::uaa>(cx::uar{impi, anna, "v"}, about);
  CHECK(uaa.command.result == cx::first_registration);
  CHECK(uaa.envelope.features ==
        std::vector<diameter::supported_features>{{diameter::tgpp, 1, 0, false}, {diameter::tgpp, 2, 0, false}});
  about.features[0].mandatory = true;
  for (auto result : {b.ask<cx::uaa>(cx::uar{impi, anna, "v"}, about, 2).command.result,
                      b.ask<cx::lia>(cx::lir{anna}, about, 3).command.result,
                      b.ask<cx::maa>(challenge_for(), about, 4).command.result,
                      b.ask<cx::saa>(registration(), about, 5).command.result})
    CHECK(result == cx::feature_unsupported);
  CHECK(b.ask<cx::uaa>(cx::uar{impi, anna, "v"}).envelope.features.empty());
}

TEST_CASE("a malformed question is refused with Failed-AVP, and the HSS is not asked") {
  bench b;
  auto octets = fake_port::octets_of(cx::uar{{}, anna, "v"}, from_core()); // without User-Name
  auto error = diameter::decode_error(diameter::decode(b.ask_octets(300, octets)).value()).value();
  CHECK(error.result.value == diameter::code::missing_avp);
  CHECK_FALSE(error.envelope.failed_avp.empty());
  CHECK(error.envelope.origin_host == self.host);
  CHECK(b.service.counted().refused == 1);
}

TEST_CASE("a node that has no subscribers now cannot deliver, so that the asker may try another") {
  bench b;
  auto kept = std::exchange(b.hss, nullptr);
  auto octets = fake_port::octets_of(cx::uar{impi, anna, "v"}, from_core());
  auto answer = b.ask_octets(300, octets);
  CHECK(diameter::decode_header(answer).is_error());
  CHECK(diameter::result_of(diameter::decode(answer).value())->value == diameter::code::unable_to_deliver);
  b.hss = std::move(kept);
  b.service.close();
  CHECK(diameter::decode_header(b.ask_octets(300, octets)).is_error());
}

TEST_CASE("notices go to the host that sent the SAR, also after a restart and not to who was only asked") {
  folder place;
  {
    bench b(place.database());
    REQUIRE(b.ask<cx::saa>(registration()).command.result == cx::success);
  }
  bench b(place.database());
  REQUIRE(remove(*b.hss, impi));
  REQUIRE(b.told.size() == 1);
  CHECK(b.told[0].to == core);
  CHECK(b.told[0].terminations.at(0).server_name == scscf);
}

TEST_CASE("an S-CSCF that is replaced is told where it asked from, though another asked since") {
  bench b;
  REQUIRE(b.ask<cx::saa>(registration()).command.result == cx::success);
  auto about = from_core();
  about.origin_host = "other.ims.example";
  auto mar = challenge_for();
  mar.server_name = other_scscf;
  REQUIRE(b.ask<cx::maa>(mar, about, 2).command.result == cx::success);
  auto sar = registration();
  sar.server_name = other_scscf;
  REQUIRE(b.ask<cx::saa>(sar, about, 3).command.result == cx::success);
  REQUIRE(b.told.size() == 1);
  CHECK(b.told[0].to == core);
  CHECK(b.told[0].terminations.at(0).reason == cx::deregistration_reason::new_server_assigned);
  b.told.clear();
  REQUIRE(remove(*b.hss, impi));
  CHECK(b.told.at(0).to.host == "other.ims.example");
}

TEST_CASE("an S-CSCF of this node has no host") {
  bench b;
  REQUIRE(b.ask<cx::saa>(registration()).command.result == cx::success);
  REQUIRE(assign(*b.hss, registration(cx::assignment_type::re_registration)).result == cx::success);
  REQUIRE(remove(*b.hss, impi));
  CHECK(b.told.at(0).to.empty());
}

namespace {

struct sending {
  sending() {
    one.to = core;
    one.terminations.emplace_back();
    one.terminations[0].impi = impi;
  }
  void answer(std::size_t index, const cx::rta& what) {
    port->at(index).done({diameter_outcome::answered, fake_port::octets_of(what)});
  }

  std::shared_ptr<fake_port> port = std::make_shared<fake_port>();
  std::vector<std::string> log;
  notice_sender sender{port,
                       std::make_shared<diameter_names>(self.host, noon),
                       {self, seconds(5), 2, [this](const std::string& what) { log.push_back(what); }}};
  notices one;
};

} // namespace

TEST_CASE("a notice goes to its host in its realm") {
  sending s;
  s.sender.send(s.one);
  auto rtr = s.port->read<cx::rtr>(0);
  CHECK(rtr.envelope.destination_host == core.host);
  CHECK(rtr.envelope.destination_realm == core.realm);
  CHECK(rtr.envelope.origin_host == self.host);
  CHECK(rtr.command.impi == impi);
  s.answer(0, {cx::success, {}, {}});
  CHECK(s.sender.waiting() == 0);
  CHECK(s.log.empty());
}

TEST_CASE("a notice that finds nobody waits until a peer comes up; one that is refused is logged and over") {
  auto outcome = GENERATE(diameter_outcome::no_peer, diameter_outcome::expired, diameter_outcome::undelivered);
  sending s;
  s.sender.send(s.one);
  s.port->at(0).done({outcome, {}});
  CHECK(s.sender.waiting() == 1);
  s.port->watcher("somebody", false);
  CHECK(s.port->count() == 1);
  s.port->watcher("somebody", true);
  REQUIRE(s.port->count() == 2);
  s.answer(1, {cx::user_unknown, {}, {}});
  CHECK(s.sender.waiting() == 0);
  CHECK(s.log.size() == 1);
}

TEST_CASE("of notices that cannot be delivered the oldest go first") {
  sending s;
  for (std::size_t i = 0; i < 3; ++i) {
    s.one.terminations[0].impi = "user" + std::to_string(i);
    s.sender.send(s.one);
    s.port->at(i).done({diameter_outcome::no_peer, {}});
  }
  CHECK(s.sender.waiting() == 2);
  REQUIRE(s.log.size() == 1);
  CHECK(s.log[0].find("user0") != std::string::npos);
}
