#include "actors/registration/cx_client.hpp"

#include <catch2/catch.hpp>
#include <vector>

using namespace troupe;

namespace {

const cx::asker name{77, 3};

/// A client whose time the test makes, and what it has sent.
struct bench {
  instant now{1'000'000};
  wheel timers{now};
  std::vector<std::string> sent;
  std::vector<instant> at;
  cx_client client{name,
                   {timers, [this] { return now; },
                    [this](std::string octets) {
                      sent.push_back(std::move(octets));
                      at.push_back(now);
                    }}};

  void pass(milliseconds time) {
    for (auto end = now + time; now < end;) {
      now = std::min(end, now + wheel::tick);
      timers.advance(now);
    }
  }
  cx::envelope question(std::size_t index) const { return cx::decode_envelope(sent.at(index)).value(); }
  std::string answer(std::size_t index, const cx::message& body) const {
    return cx::encode(name, question(index).number, body);
  }
};

cx::uaa found(std::string server) { return {cx::success, std::move(server), {}}; }

} // namespace

TEST_CASE("Each question of Cx is answered by its own answer, in whatever order they come") {
  bench b;
  std::vector<std::string> told;
  b.client.ask(cx::uar{"a@x", "sip:a@x", "net"}, [&](const cx::uaa& a) { told.push_back("uaa " + a.server_name); });
  b.client.ask(cx::lir{"sip:b@x"}, [&](const cx::lia& a) { told.push_back("lia " + a.server_name); });
  b.client.ask(cx::mar{"c@x", "sip:c@x", "sip:s", cx::scheme::unknown, 1, {}},
               [&](const cx::maa& a) { told.push_back("maa " + a.impi); });
  b.client.ask(cx::sar{"d@x", {"sip:d@x"}, "sip:s", cx::assignment_type::registration, false},
               [&](const cx::saa& a) { told.push_back("saa " + a.impi); });
  REQUIRE(b.sent.size() == 4);
  CHECK(std::get<cx::uar>(b.question(0).body).impu == "sip:a@x");
  CHECK(std::get<cx::sar>(b.question(3).body).impus == std::vector<std::string>{"sip:d@x"});
  b.client.received(b.answer(3, cx::saa{cx::success, "d@x", {}, {}, {}, {}}));
  b.client.received(b.answer(1, cx::lia{cx::success, "sip:two", {}, {}}));
  b.client.received(b.answer(2, cx::maa{cx::success, "c@x", {}, {}}));
  b.client.received(b.answer(0, found("sip:one")));
  CHECK(told == std::vector<std::string>{"saa d@x", "lia sip:two", "maa c@x", "uaa sip:one"});
  CHECK(b.client.waiting() == 0);
  CHECK(b.timers.size() == 0);
}

TEST_CASE("A question is sent again after 300 ms and then every 500 ms, the same octets, and given up after 4 s") {
  bench b;
  auto start = b.now;
  std::vector<cx::maa> told;
  b.client.ask(cx::mar{"c@x", "sip:c@x", "sip:s", cx::scheme::unknown, 1, {}},
               [&](cx::maa a) { told.push_back(std::move(a)); });
  b.pass(milliseconds(3'990));
  REQUIRE(b.sent.size() == 9);
  for (std::size_t i = 0; i < b.sent.size(); ++i) {
    CHECK(b.sent[i] == b.sent[0]);
    auto due = start + milliseconds(i == 0 ? 0 : 300 + 500 * (static_cast<int>(i) - 1));
    CHECK(b.at[i] >= due);
    CHECK(b.at[i] - due <= wheel::tick * static_cast<int>(i));
  }
  CHECK(told.empty());
  b.pass(milliseconds(20));
  REQUIRE(told.size() == 1);
  CHECK(told[0].result == cx::unable_to_deliver);
  CHECK(told[0].impi == "c@x");
  CHECK(b.client.counted().unanswered == 1);
  b.pass(seconds(10));
  CHECK(b.sent.size() == 9);
  b.client.received(b.answer(0, cx::maa{cx::success, "c@x", {}, {}}));
  CHECK(told.size() == 1);
  CHECK(b.client.counted().ignored == 1);
}

TEST_CASE("The answer to a repeated question ends the repeating, and a second answer is ignored") {
  bench b;
  auto told = 0;
  b.client.ask(cx::lir{"sip:b@x"}, [&](const cx::lia& a) { told += a.result == cx::success; });
  b.pass(milliseconds(900));
  auto sent = b.sent.size();
  CHECK(sent == 3);
  for (int i = 0; i < 2; ++i)
    b.client.received(b.answer(0, cx::lia{cx::success, {}, {}, {}}));
  b.pass(seconds(5));
  CHECK(told == 1);
  CHECK(b.sent.size() == sent);
  CHECK(b.client.counted().ignored == 1);
}

TEST_CASE("Octets that are no answer to what was asked change nothing") {
  bench b;
  auto told = 0;
  b.client.ask(cx::lir{"sip:b@x"}, [&](const cx::lia&) { ++told; });
  auto number = b.question(0).number;
  for (auto& octets : {std::string(), std::string("hello"), cx::encode(name, number, found("of another kind")),
                       cx::encode(name, number + 1, cx::lia{}), cx::encode({78, 3}, number, cx::lia{}),
                       cx::encode({77, 4}, number, cx::lia{}), cx::encode(name, number, cx::lir{})})
    b.client.received(octets);
  CHECK(told == 0);
  CHECK(b.client.counted().ignored == 7);
  CHECK(b.client.waiting() == 1);
  b.client.received(cx::encode(name, number, cx::lia{}));
  CHECK(told == 1);
}

TEST_CASE("More than 10,000 questions do not wait: the next is answered at once") {
  bench b;
  std::size_t refused = 0;
  auto ask = [&] {
    b.client.ask(cx::lir{"sip:b@x"}, [&](const cx::lia& a) { refused += a.result == cx::unable_to_deliver; });
  };
  for (std::size_t i = 0; i < cx_client::most_waiting; ++i)
    ask();
  CHECK(refused == 0);
  ask();
  CHECK(refused == 1);
  CHECK(b.sent.size() == cx_client::most_waiting);
  b.client.received(b.answer(0, cx::lia{}));
  ask();
  CHECK(refused == 1);
  b.pass(milliseconds(4'100));
  CHECK(refused == 1 + cx_client::most_waiting);
  CHECK(b.client.waiting() == 0);
}

TEST_CASE("Who is answered may ask again within the answer, also when the time is up") {
  bench b;
  auto told = 0;
  std::function<void(const cx::lia&)> once_more = [&](const cx::lia&) {
    if (++told < 3)
      b.client.ask(cx::lir{"sip:b@x"}, once_more);
  };
  b.client.ask(cx::lir{"sip:b@x"}, once_more);
  b.client.received(b.answer(0, cx::lia{}));
  CHECK(told == 1);
  CHECK(b.client.waiting() == 1);
  b.pass(milliseconds(8'100));
  CHECK(told == 3);
  CHECK(b.client.waiting() == 0);
}
