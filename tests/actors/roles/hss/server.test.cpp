// The embedded HSS as a whole: Cx over a database on disk, and over stores of each kind.
#include <atomic>
#include <future>
#include <set>
#include <thread>

#include "homes.hpp"
#include "protocols/aka/usim.hpp"

using namespace troupe;
using namespace troupe::hss;
using type = cx::assignment_type;

namespace {

const std::string impi = "001010000000001@ims.example";
const std::string anna = "sip:anna@ims.example";
const std::string alice = "sip:alice@ims.example";

} // namespace

TEST_CASE("TS 29.228 6.3: an AKA subscriber gets vectors, each with a number and a RAND of its own") {
  home where(GENERATE(from_range(homes())));
  INFO(where.kind());
  auto hss = where.open();
  put(*hss, phone_toml);
  std::set<aka::sequence_number> numbers;
  std::set<std::string> rands;
  for (int i = 0; i < 50; ++i) {
    auto answer = ask(*hss, challenge_for(impi, anna, 3));
    REQUIRE(answer.result == cx::success);
    REQUIRE(answer.items.size() == 3);
    for (auto& item : answer.items) {
      CHECK(item.scheme == cx::scheme::aka_v1_md5);
      CHECK(item.authenticate.size() == 32);
      CHECK(numbers.insert(sqn_of(item)).second);
      CHECK(rands.insert(item.authenticate.substr(0, 16)).second);
    }
    CHECK(answer.items[2].number == 3);
  }
  CHECK(numbers.size() == 150);
}

namespace {

/// What the phone makes of a vector, and the AUTS that goes back with its RAND.
std::optional<std::string> resync_of(aka::usim& card, const cx::auth_item& item) {
  aka::random_challenge rand{};
  auto octets = as_bytes(item.authenticate);
  std::copy_n(octets.begin(), 16, rand.begin());
  auto answer = card.authenticate(rand, octets.subspan(16));
  CHECK_FALSE(std::holds_alternative<aka::mac_failure>(answer));
  auto* out_of_step = std::get_if<aka::synchronisation_failure>(&answer);
  return out_of_step ? std::optional(item.authenticate.substr(0, 16) + std::string(out_of_step->auts.text()))
                     : std::nullopt;
}

const std::string tuak_toml = R"(
[[subscriber]]
impi = "tuak@ims.example"
impus = ["sip:tuak@ims.example"]
algorithm = "tuak"
k = "fffefdfcfbfaf9f8f7f6f5f4f3f2f1f0efeeedecebeae9e8e7e6e5e4e3e2e1e0"
topc = "305425427e18c503c8a4b294ea72c95d0c36c6c6b29d0c65de5974d5977f8524"
)";

} // namespace

TEST_CASE("TS 33.102 6.3.5: a card that is ahead is caught up with by its AUTS, after a restart too") {
  auto ahead = GENERATE(5u, 100u, 100'000u);
  auto [toml, who, whom] = GENERATE(table<std::string, std::string, std::string>(
      {{phone_toml, impi, anna}, {tuak_toml, "tuak@ims.example", "sip:tuak@ims.example"}}));
  home where(GENERATE(from_range(homes())));
  INFO(where.kind());
  auto hss = where.open();
  put(*hss, toml);
  services_pool pool;
  aka::usim card{std::get<aka_secret>(read_one(toml, pool).privates[0].secret).with};
  card.sequence.accepted.fill(ahead + (where.is_store() ? 1'000'000 : 0)); // where numbers begin with the clock

  auto request = challenge_for(who, whom);
  request.resync = resync_of(card, ask(*hss, request).items.at(0)).value();
  auto answer = ask(*hss, request);
  REQUIRE(answer.result == cx::success);
  CHECK_FALSE(resync_of(card, answer.items.at(0)));
  hss.reset();
  hss = where.open();
  CHECK_FALSE(resync_of(card, ask(*hss, challenge_for(who, whom)).items.at(0)));
}

TEST_CASE("TS 33.102 6.3.5: a resynchronisation that is not the card's changes nothing and is refused") {
  home where(GENERATE(from_range(homes())));
  INFO(where.kind());
  auto hss = where.open();
  put(*hss, phone_toml + alice_toml);
  auto before = sqn_of(ask(*hss, challenge_for()).items.at(0));
  auto forged = challenge_for();
  forged.resync = std::string(30, 'x');
  CHECK(ask(*hss, forged).result == cx::unable_to_comply);
  forged.resync = "short";
  CHECK(ask(*hss, forged).result == cx::unable_to_comply);
  CHECK(aka::seq_of(sqn_of(ask(*hss, challenge_for()).items.at(0))) == aka::seq_of(before) + 1);
  auto of_digest = challenge_for("alice@ims.example", alice);
  of_digest.resync = std::string(30, 'x');
  CHECK(ask(*hss, of_digest).result == cx::unable_to_comply);
}

TEST_CASE("A SIP digest subscriber gets H(A1), without the disk") {
  home where(GENERATE(from_range(homes())));
  INFO(where.kind());
  auto hss = where.open();
  put(*hss, alice_toml);
  auto answered = false;
  hss->on(challenge_for("alice@ims.example", alice), at_once, [&](const cx::maa& answer) {
    answered = true;
    CHECK(answer.result == cx::success);
    REQUIRE(answer.items.size() == 1);
    CHECK(answer.items[0].digests.size() == 2);
  });
  CHECK(answered);
}

TEST_CASE("TS 29.228 6.1: unknown and foreign identities are refused in every request") {
  home where(GENERATE(from_range(homes())));
  INFO(where.kind());
  auto hss = where.open();
  put(*hss, phone_toml + alice_toml);
  for (auto& [who, whom, why] : {std::tuple("nobody@ims.example", anna, cx::user_unknown),
                                 std::tuple(impi.c_str(), std::string("sip:x@y"), cx::user_unknown),
                                 std::tuple(impi.c_str(), alice, cx::identities_dont_match)}) {
    CHECK(hss->on(cx::uar{who, whom, {}}).result == why);
    CHECK(ask(*hss, challenge_for(who, whom)).result == why);
    CHECK(assign(*hss, cx::sar{who, {whom}, scscf, type::registration, false}).result == why);
  }
  CHECK(hss->on(cx::lir{"sip:nobody@ims.example"}).result == cx::user_unknown);
  CHECK(assign(*hss, cx::sar{impi, {anna, alice}, scscf, type::user_deregistration, false}).result ==
        cx::identities_dont_match);
  CHECK(hss->on(cx::uar{}).result == cx::missing_avp);
}

TEST_CASE("TS 29.228 6.6: a registration gets its profile, the same one until it changes") {
  home where(GENERATE(from_range(homes())));
  INFO(where.kind());
  auto hss = where.open();
  put(*hss, phone_toml);
  auto first = assign(*hss, cx::sar{impi, {anna}, scscf, type::registration, false});
  REQUIRE(first.result == cx::success);
  REQUIRE(first.user_data);
  auto parsed = ims::parse_subscription(*first.user_data);
  REQUIRE(parsed);
  CHECK(parsed->private_id == impi);
  REQUIRE(parsed->profiles.size() == 1);
  REQUIRE(parsed->profiles[0].identities.size() == 3);
  CHECK(parsed->profiles[0].identities[0].barred);
  CHECK(parsed->profiles[0].identities[1].uri == anna);
  auto second = assign(*hss, cx::sar{impi, {anna}, scscf, type::re_registration, false});
  CHECK(second.user_data == first.user_data);
  CHECK(hss->on(cx::lir{anna}).server_name == scscf);
}

TEST_CASE("TS 33.102 6.3.2: registrations and sequence numbers outlive the process") {
  home where(GENERATE(from_range(homes())));
  INFO(where.kind());
  std::set<aka::sequence_number> numbers;
  for (int life = 0; life < 5; ++life) {
    auto hss = where.open();
    auto report = put(*hss, phone_toml);
    CHECK(report.added == (life == 0 ? 1 : 0));
    CHECK(report.unchanged == (life == 0 ? 0 : 1));
    if (life > 0)
      CHECK(hss->on(cx::lir{anna}).server_name == scscf);
    for (int i = 0; i < 11; ++i)
      CHECK(numbers.insert(sqn_of(ask(*hss, challenge_for()).items.at(0))).second);
    assign(*hss, cx::sar{impi, {anna}, scscf, type::registration, false});
  }
  CHECK(numbers.size() == 55);
  if (!where.is_store())
    CHECK(aka::seq_of(*numbers.rbegin()) < 200); // a life skips no more than its block
}

TEST_CASE("TS 33.102 6.3.2: a subscriber who is removed and comes back is not given a number again") {
  home where(GENERATE(from_range(homes())));
  INFO(where.kind());
  auto reopen = GENERATE(false, true);
  std::set<aka::sequence_number> numbers;
  auto hss = where.open();
  for (int i = 0; i < 3; ++i) {
    put(*hss, phone_toml);
    CHECK(numbers.insert(sqn_of(ask(*hss, challenge_for()).items.at(0))).second);
    REQUIRE(remove(*hss, impi));
    CHECK(ask(*hss, challenge_for()).result == cx::user_unknown);
    if (reopen) {
      hss.reset();
      hss = where.open();
    }
  }
  CHECK(numbers.size() == 3);
}

TEST_CASE("Changes are seen by the next request, and conflicting ones change nothing") {
  home where(GENERATE(from_range(homes())));
  INFO(where.kind());
  auto hss = where.open();
  put(*hss, phone_toml + alice_toml);
  auto changed = alice_toml;
  changed.replace(changed.find("sip:alice"), 9, "sip:alicia");
  CHECK(put(*hss, changed).changed == 1);
  CHECK(hss->on(cx::lir{alice}).result == cx::user_unknown);
  CHECK(hss->on(cx::lir{"sip:alicia@ims.example"}).result == cx::identity_not_registered);

  auto thief =
      read_all("[[subscriber]]\nimpi=\"thief@x\"\nimpus=[\"sip:new@x\",\"sip:anna@ims.example\"]\npassword=\"p\"\n",
               hss->services());
  auto refused = hss->put_and_wait(thief);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().what == "public identity sip:anna@ims.example is of another subscriber");
  CHECK(hss->on(cx::lir{"sip:new@x"}).result == cx::user_unknown);
  auto twice = read_all(alice_toml + alice_toml, hss->services());
  CHECK_FALSE(hss->put_and_wait(twice));
  CHECK_FALSE(remove(*hss, "nobody@x"));
}

TEST_CASE("TS 29.228 6.1.3: a removal ends the registration at its S-CSCF") {
  home where(GENERATE(from_range(homes())));
  INFO(where.kind());
  auto hss = where.open();
  std::vector<cx::rtr> ended;
  hss->listen(
      [&](const notices& told) { ended.insert(ended.end(), told.terminations.begin(), told.terminations.end()); });
  put(*hss, phone_toml);
  assign(*hss, cx::sar{impi, {anna}, scscf, type::registration, false});
  REQUIRE(remove(*hss, impi));
  REQUIRE(ended.size() == 1);
  CHECK(ended[0].server_name == scscf);
  CHECK(ended[0].impi == impi);
  CHECK(ended[0].impus.empty());
  CHECK(ended[0].reason == cx::deregistration_reason::permanent_termination);
}

TEST_CASE("TS 29.228 6.2.2: a changed profile is pushed to the S-CSCF that serves it, credentials are not") {
  home where(GENERATE(from_range(homes())));
  INFO(where.kind());
  auto hss = where.open();
  notices last;
  hss->listen([&](const notices& told) { last = told; });
  put(*hss, phone_toml);
  assign(*hss, cx::sar{impi, {anna}, scscf, type::registration, false});

  auto toml = phone_toml;
  SECTION("another key") {
    toml.replace(toml.find("465b"), 4, "565b");
    put(*hss, toml);
    CHECK(last.empty());
  }
  SECTION("a display name of the registered set") {
    toml.replace(toml.find("\"sip:anna@ims.example\""), 22,
                 "{uri = \"sip:anna@ims.example\", display_name = \"Anna\"}");
    put(*hss, toml);
    REQUIRE(last.profiles.size() == 1);
    CHECK(last.terminations.empty());
    CHECK(last.profiles[0].server_name == scscf);
    REQUIRE(last.profiles[0].user_data);
    CHECK(last.profiles[0].user_data->find("Anna") != std::string::npos);
    CHECK(assign(*hss, cx::sar{impi, {anna}, scscf, type::re_registration, false}).user_data->find("Anna") !=
          std::string::npos);
  }
  SECTION("the set that is not registered") {
    toml.replace(toml.find("sip:work"), 8, "sip:busy");
    put(*hss, toml);
    CHECK(last.empty());
  }
  SECTION("charging addresses alone") {
    toml.insert(toml.find("k = "), "ccf = [\"aaa://ccf.ims.example\"]\n");
    put(*hss, toml);
    REQUIRE(last.profiles.size() == 1);
    CHECK_FALSE(last.profiles[0].user_data);
    CHECK(last.profiles[0].charging.primary_ccf == "aaa://ccf.ims.example");
  }
  SECTION("an identity less") {
    toml.replace(toml.find(", \"tel:+15550000001\""), 20, "");
    put(*hss, toml);
    REQUIRE(last.terminations.size() == 1);
    CHECK(last.terminations[0].impus == std::vector<std::string>{"tel:+15550000001"});
    CHECK(last.profiles.size() == 1);
    CHECK(hss->on(cx::lir{anna}).server_name == scscf);
  }
}

TEST_CASE("Show tells everything but secrets") {
  home where(GENERATE(from_range(homes())));
  INFO(where.kind());
  auto hss = where.open();
  put(*hss, phone_toml + alice_toml);
  assign(*hss, cx::sar{impi, {anna}, scscf, type::registration, false});
  for (std::string name : {impi, anna, std::string("tel:+1-555-0000001"), std::string("SIP:anna@IMS.example;x=y")}) {
    INFO(name);
    auto shown = hss->show(name);
    REQUIRE(shown);
    CHECK(shown->privates[0].impi == impi);
    CHECK(shown->privates[0].algorithm == "milenage");
    CHECK(shown->server_name == scscf);
    CHECK(shown->sets[0].state == registration_state::registered);
    CHECK(shown->sets[0].default_impu == anna);
    CHECK(shown->sets[1].state == registration_state::not_registered);
  }
  CHECK(hss->show("alice@ims.example")->privates[0].algorithm == "digest");
  CHECK_FALSE(hss->show("nobody"));
}

TEST_CASE("List gives private identities in order, a page at a time") {
  home where(GENERATE(from_range(homes())));
  INFO(where.kind());
  auto hss = where.open();
  std::string toml;
  for (int i = 0; i < 25; ++i) {
    auto name = "user" + std::to_string(100 + i);
    toml += "[[subscriber]]\nimpi=\"" + name + "@x\"\nimpus=[\"sip:" + name + "@x\"]\npassword=\"p\"\n";
  }
  put(*hss, toml);
  std::vector<std::string> all;
  for (auto page = hss->list({}, 10); !page.empty(); page = hss->list(all.back(), 10))
    all.insert(all.end(), page.begin(), page.end());
  CHECK(all.size() == 25);
  CHECK(std::is_sorted(all.begin(), all.end()));
  CHECK(hss->size() == 25);
}

TEST_CASE("Requests of many threads give each number once") {
  home where(GENERATE(from_range(homes())));
  INFO(where.kind());
  auto hss = where.open(16);
  put(*hss, phone_toml);
  std::mutex lock;
  std::multiset<aka::sequence_number> numbers;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) {
        std::mutex mine;
        std::condition_variable told;
        std::optional<cx::maa> answer;
        hss->on(challenge_for(), at_once, [&](cx::maa given) {
          std::lock_guard hold(mine);
          answer = std::move(given);
          told.notify_one();
        });
        hss->on(cx::uar{impi, anna, {}});
        hss->on(cx::lir{anna});
        hss->on({impi, {anna}, scscf, i % 2 ? type::registration : type::user_deregistration, false}, at_once,
                [](auto) {});
        std::unique_lock hold(mine);
        told.wait(hold, [&] { return answer.has_value(); });
        std::lock_guard all(lock);
        if (answer->result == cx::success)
          numbers.insert(sqn_of(answer->items[0]));
      }
    });
  for (int i = 0; i < 50; ++i) {
    hss->put_and_wait(read_all(i % 2 ? phone_toml : phone_toml + alice_toml, hss->services()));
    hss->show(impi);
    hss->list();
  }
  for (auto& t : threads)
    t.join();
  CHECK(numbers.size() == 800);
  CHECK(std::set<aka::sequence_number>(numbers.begin(), numbers.end()).size() == 800);
  if (!where.is_store())
    CHECK(hss->show(impi)->privates[0].seq == 800);
}

TEST_CASE("TS 33.102 C.3.3: a time-based sequence follows the clock, also when it is set back, and through restarts") {
  folder where;
  auto now = std::make_shared<std::atomic<std::int64_t>>(noon.ms);
  auto toml = phone_toml;
  toml.insert(toml.find("k = "), "sqn = \"time\"\n");
  std::set<aka::sequence_number> numbers;
  std::unique_ptr<server> hss;
  for (auto step : {10'000, 3'600'000, -7'200'000, 10'800'000, 0, 100}) {
    hss.reset();
    auto opened = server::open({where.database(), 8, [now] { return instant{*now}; }, {}});
    REQUIRE(opened);
    hss = std::move(*opened);
    put(*hss, toml);
    *now += step;
    for (int i = 0; i < 20; ++i) {
      auto sqn = sqn_of(ask(*hss, challenge_for()).items.at(0));
      CHECK(numbers.insert(sqn).second);
      CHECK(sqn == *numbers.rbegin());
      *now += 50;
    }
  }
  CHECK(aka::seq_of(*numbers.rbegin()) >= 72'000); // two hours after the first
  CHECK(aka::seq_of(*numbers.rbegin()) < 72'000 + 6 * 4000);
}

TEST_CASE("A subscription that waits for the disk cannot be asked without end") {
  auto hss = open();
  put(*hss, phone_toml);
  std::atomic<int> busy{0};
  std::atomic<int> answered{0};
  std::promise<void> gate, held;
  auto opened = gate.get_future().share();
  hss->put(
      {},
      [opened, &held](auto) {
        held.set_value();
        opened.wait();
      },
      [](auto) {});
  held.get_future().wait(); // the disk's thread is held up
  for (int i = 0; i < 200; ++i)
    hss->on(challenge_for(), at_once, [&](const cx::maa& answer) {
      busy += answer.result == cx::too_busy;
      ++answered;
    });
  // 64 wait. Before them some may have had numbers that were reserved before the disk was held up.
  int refused = busy;
  CHECK(answered == 200 - 64);
  CHECK(refused > 0);
  gate.set_value();
  for (int i = 0; i < 500 && answered < 200; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  CHECK(answered == 200);
  CHECK(busy == refused);
}
