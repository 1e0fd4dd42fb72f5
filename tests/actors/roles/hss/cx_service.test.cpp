// The HSS asked over a link that loses and repeats.
#include "actors/roles/hss/cx_service.hpp"

#include <future>
#include <set>

#include "bench.hpp"

using namespace troupe;
using namespace troupe::hss;

namespace {

const std::string impi = "001010000000001@ims.example";
const std::string anna = "sip:anna@ims.example";
const cx::asker shard{5, 1};

struct bench {
  std::unique_ptr<server> hss = open();
  cx_service::clock::time_point now{};
  std::unique_ptr<cx_service> service = make();

  std::unique_ptr<cx_service> make(cx_service::settings how = {}) {
    how.now = [this] { return now; };
    return std::make_unique<cx_service>(*hss, at_once, std::move(how));
  }
  /// The answer to what was sent under `number`.
  std::string ask(std::uint64_t number, const cx::message& what, const cx::asker& from = shard) {
    return ask(cx::encode(from, number, what));
  }
  std::string ask(const std::string& octets) {
    auto answer = std::make_shared<std::promise<std::string>>();
    auto got = answer->get_future();
    service->take(octets, [answer](std::string reply) { answer->set_value(std::move(reply)); });
    REQUIRE(got.wait_for(std::chrono::seconds(10)) == std::future_status::ready);
    return got.get();
  }
  template <class Answer>
  Answer read(const std::string& octets) {
    auto in = cx::decode_envelope(octets);
    REQUIRE(in);
    REQUIRE(std::holds_alternative<Answer>(in->body));
    return std::get<Answer>(in->body);
  }
};

aka::sequence_number number_in(const cx::maa& answer) {
  REQUIRE(answer.result == cx::success);
  return sqn_of(answer.items.at(0));
}

} // namespace

TEST_CASE("TS 29.228: each question that comes over a link is answered under its name and number") {
  bench b;
  put(*b.hss, phone_toml);
  auto challenge = b.ask(1, challenge_for());
  auto in = cx::decode_envelope(challenge);
  REQUIRE(in);
  CHECK(in->from == shard);
  CHECK(in->number == 1);
  CHECK(b.read<cx::maa>(challenge).items.size() == 1);
  auto assigned = b.read<cx::saa>(b.ask(2, cx::sar{impi, {anna}, scscf, cx::assignment_type::registration, false}));
  CHECK(assigned.result == cx::success);
  REQUIRE(assigned.user_data);
  CHECK(assigned.user_data->find(anna) != std::string::npos);
  CHECK(b.read<cx::uaa>(b.ask(3, cx::uar{impi, anna, {}})).server_name == scscf);
  CHECK(b.read<cx::lia>(b.ask(4, cx::lir{anna})).server_name == scscf);
  CHECK(b.service->counted().questions == 4);
}

TEST_CASE("TS 29.228 6.3: a MAR that comes again gets the vector that was given, for as long as it may come") {
  bench b;
  put(*b.hss, phone_toml);
  auto first = b.ask(1, challenge_for());
  b.now += std::chrono::milliseconds(4'900);
  CHECK(b.ask(1, challenge_for()) == first);
  CHECK(b.service->counted().repeated == 1);
  // Another question is another vector: of another number, shard or life, or another's under the same number.
  std::set<aka::sequence_number> numbers{number_in(b.read<cx::maa>(first))};
  CHECK(numbers.insert(number_in(b.read<cx::maa>(b.ask(2, challenge_for())))).second);
  CHECK(numbers.insert(number_in(b.read<cx::maa>(b.ask(1, challenge_for(), {5, 2})))).second);
  CHECK(numbers.insert(number_in(b.read<cx::maa>(b.ask(1, challenge_for(), {6, 1})))).second);
  CHECK(b.read<cx::maa>(b.ask(1, challenge_for(impi, anna, 3))).items.size() == 3);
  CHECK(b.service->counted().repeated == 1);
  b.now += std::chrono::milliseconds(5'000);
  CHECK(b.ask(1, challenge_for()) != first);
}

TEST_CASE("A MAR that comes again while the store writes is answered once, to its newest copy") {
  bench b;
  put(*b.hss, phone_toml);
  std::promise<void> gate, held;
  auto opened = gate.get_future().share();
  b.hss->put(
      {},
      [opened, &held](auto) {
        held.set_value();
        opened.wait();
      },
      [](auto) {});
  held.get_future().wait(); // the disk's thread is held up
  std::atomic<int> old = 0;
  std::promise<std::string> newest;
  auto octets = cx::encode(shard, 9, challenge_for(impi, anna, 5)); // more than may be reserved yet
  b.service->take(octets, [&](auto) { ++old; });
  b.service->take(octets, [&](auto) { ++old; });
  b.service->take(octets, [&](std::string answer) { newest.set_value(std::move(answer)); });
  CHECK(b.service->counted().repeated == 2);
  gate.set_value();
  auto answer = newest.get_future().get();
  CHECK(b.read<cx::maa>(answer).items.size() == 5);
  CHECK(old == 0);
  CHECK(b.ask(octets) == answer);
  CHECK(b.hss->show(impi)->privates[0].seq == 5);
}

TEST_CASE("TS 29.228 6.1.2: a SAR that comes again is not carried out again") {
  bench b;
  put(*b.hss, phone_toml);
  auto sar = [](cx::assignment_type type) { return cx::sar{impi, {anna}, scscf, type, false}; };
  auto registered = b.ask(1, sar(cx::assignment_type::registration));
  b.ask(2, sar(cx::assignment_type::user_deregistration));
  CHECK(b.ask(1, sar(cx::assignment_type::registration)) == registered);
  CHECK(b.hss->show(impi)->sets[0].state == registration_state::not_registered);
}

TEST_CASE("Octets that are no question are dropped and counted") {
  bench b;
  auto told = 0;
  for (auto& octets :
       {std::string(), std::string("hello"), cx::encode(cx::message(cx::lir{anna})), cx::encode(shard, 1, cx::lia{}),
        cx::encode(shard, 1, cx::rtr{}), cx::encode(shard, 1, cx::lir{anna}).substr(0, 6)})
    b.service->take(octets, [&](auto) { ++told; });
  CHECK(told == 0);
  CHECK(b.service->counted().malformed == 6);
  CHECK(b.service->counted().questions == 0);
}

TEST_CASE("What is kept of answers is bounded: the oldest go, and beyond the bound of questions it is too busy") {
  bench b;
  put(*b.hss, phone_toml);
  cx_service::settings small;
  SECTION("by octets") {
    small.most_octets = 1'000;
    b.service = b.make(small);
    auto first = b.ask(1, challenge_for());
    for (std::uint64_t i = 2; i < 20; ++i)
      b.ask(i, challenge_for());
    CHECK(b.ask(1, challenge_for()) != first);
  }
  SECTION("by questions") {
    small.most_questions = 3;
    b.service = b.make(small);
    for (std::uint64_t i = 1; i <= 3; ++i)
      CHECK(b.read<cx::maa>(b.ask(i, challenge_for())).result == cx::success);
    CHECK(b.read<cx::maa>(b.ask(4, challenge_for())).result == cx::too_busy);
    CHECK(b.service->counted().refused == 1);
    b.now += std::chrono::seconds(5);
    CHECK(b.read<cx::maa>(b.ask(4, challenge_for())).result == cx::success);
  }
}

TEST_CASE("TS 29.228 6.1.3, 6.2: notices for all groups come back as they were, one text each") {
  bench b;
  notices told;
  b.hss->listen([&](const notices& what) { told = what; });
  put(*b.hss, phone_toml);
  assign(*b.hss, cx::sar{impi, {anna}, scscf, cx::assignment_type::registration, false});
  auto toml = phone_toml;
  toml.replace(toml.find(", \"tel:+15550000001\""), 20, "");
  put(*b.hss, toml);
  auto texts = encode(told);
  REQUIRE(texts.size() == 2);
  auto ended = decode_notice(texts[0]), pushed = decode_notice(texts[1]);
  REQUIRE(ended);
  REQUIRE(ended->terminations.size() == 1);
  CHECK(ended->profiles.empty());
  CHECK(ended->terminations[0].server_name == scscf);
  CHECK(ended->terminations[0].impus == std::vector<std::string>{"tel:+15550000001"});
  REQUIRE(pushed);
  REQUIRE(pushed->profiles.size() == 1);
  CHECK(*pushed->profiles[0].user_data == *told.profiles[0].user_data);
  CHECK_FALSE(decode_notice(texts[0].substr(0, 9)));
  CHECK_FALSE(decode_notice(cx::encode(cx::message(cx::lir{anna}))));
}
