// The HSS over a store that is slow, that fails, that forgets and that is taken away: cluster.md 13, 14 and 23.
#include <atomic>
#include <deque>
#include <fstream>
#include <future>
#include <set>
#include <thread>

#include "actors/roles/hss/cx_service.hpp"
#include "actors/roles/hss/store_records.hpp"
#include "cluster/store/packed.hpp"
#include "homes.hpp"
#include "protocols/aka/usim.hpp"
#include "protocols/base/cursor.hpp"
#include "protocols/base/random.hpp"

using namespace troupe;
using namespace troupe::hss;
using type = cx::assignment_type;

namespace {

const std::string impi = "001010000000001@ims.example";
const std::string anna = "sip:anna@ims.example";

enum class mood { stores, is_silent, fails, is_fenced };

/// A partition that does with commits what the test says. What is stored can be taken to another life.
class moody final : public store::partition {
public:
  using values = std::map<std::string, std::string>;

  explicit moody(values from = {}) : stored_(from), now_(std::move(from)) {}

  std::atomic<mood> does{mood::stores};
  std::atomic<int> flushes{0};
  std::atomic<int> puts{0};
  values stored() const {
    std::lock_guard hold(lock_);
    return stored_;
  }

  std::optional<store::record> find(store::entity_view id) override {
    auto found = now_.find(store::packed(id));
    return found == now_.end() ? std::nullopt : std::optional(store::record{1, no_deadline, found->second});
  }
  void put(store::entity_view id, instant, std::string_view value) override {
    ++puts;
    now_[store::packed(id)] = value;
    dirty_ = true;
  }
  void erase(store::entity_view id) override {
    now_.erase(store::packed(id));
    dirty_ = true;
  }
  void quarantine(store::entity_view id, std::string_view) override { erase(id); }
  void after_commit(std::function<void(store::outcome)> then) override {
    if (dirty_)
      waiting_.push_back(std::move(then));
    else
      then(store::outcome::stored);
  }
  bool settled() const override { return !dirty_ && waiting_.empty() && ready_.empty(); }
  void flush() override {
    ++flushes;
    auto how = does.load();
    if (how == mood::is_silent || !dirty_)
      return;
    if (how == mood::stores) {
      std::lock_guard hold(lock_);
      stored_ = now_;
    }
    dirty_ = how == mood::fails;
    for (auto& then : std::exchange(waiting_, {}))
      ready_.emplace_back(std::move(then), how == mood::stores  ? store::outcome::stored
                                           : how == mood::fails ? store::outcome::failed
                                                                : store::outcome::fenced);
    wake();
  }
  bool dirty() const override { return dirty_; }
  std::size_t backlog() const override { return 0; }
  void poll() override {
    for (auto& [then, how] : std::exchange(ready_, {}))
      then(how);
  }
  void for_each(store::kind which, const std::function<void(std::string_view, const store::record&)>& visit) override {
    for (auto& [key, value] : now_)
      if (store::unpacked(key).type == which)
        visit(store::unpacked(key).key, {1, no_deadline, value});
  }
  std::size_t size() const override { return now_.size(); }
  std::size_t memory() const override { return 0; }

  std::function<void()> wake = [] {};

private:
  mutable std::mutex lock_;
  values stored_; ///< under the lock
  values now_;
  bool dirty_ = false;
  std::vector<std::function<void(store::outcome)>> waiting_;
  std::deque<std::pair<std::function<void(store::outcome)>, store::outcome>> ready_;
};

/// A life of the HSS over such a partition. It may end at any time.
struct life {
  moody part;
  std::atomic<std::int64_t> now;
  std::unique_ptr<server> hss;

  explicit life(moody::values from = {}, instant at = noon) : part(std::move(from)), now(at.ms) {
    server_options options;
    options.block = 8;
    options.now = [this] { return instant{now}; };
    options.records = &part;
    auto opened = server::open(std::move(options));
    REQUIRE(opened);
    hss = std::move(*opened);
    part.wake = [of = hss.get()] { of->wake(); };
  }
  void change(mood to) {
    part.does = to;
    hss->wake();
  }
  /// The store has been asked to write since, and has not.
  void wait_for_flushes() {
    auto until = part.flushes + 5;
    store::test::eventually([&] { return part.flushes >= until; });
  }
};

/// An answer that a test waits for.
template <class Answer>
struct awaited {
  std::shared_ptr<std::promise<Answer>> promise = std::make_shared<std::promise<Answer>>();
  std::future<Answer> future = promise->get_future();

  std::function<void(Answer)> then() const {
    return [given = promise](Answer answer) { given->set_value(std::move(answer)); };
  }
  bool there() const { return future.wait_for(std::chrono::seconds(0)) == std::future_status::ready; }
  Answer get() {
    REQUIRE(future.wait_for(std::chrono::seconds(10)) == std::future_status::ready);
    return future.get();
  }
};

const cx::sar registration{impi, {anna}, scscf, type::registration, false};

std::string without_second_set() { return phone_toml.substr(0, phone_toml.find("[[subscriber.set]]")); }

} // namespace

TEST_CASE("Records of the HSS are told from those of calls and registrations") {
  for (auto mine : {store::kind::hss_subscriber, store::kind::hss_state, store::kind::hss_sequence})
    CHECK(is_hss_kind(mine));
  for (auto others : {store::kind::call, store::kind::registration_set, store::kind::access_binding,
                      store::kind::subscription, store::kind::authentication, store::kind::index})
    CHECK_FALSE(is_hss_kind(others));
}

TEST_CASE("cluster.md 14: over a store a SAR is answered when the assignment is stored, and not before") {
  life one;
  put(*one.hss, phone_toml);
  one.change(mood::is_silent);
  awaited<cx::saa> first, second;
  one.hss->on(registration, at_once, first.then());
  auto again = registration;
  again.type = type::re_registration;
  one.hss->on(again, at_once, second.then()); // changes nothing, and says nothing that is not stored either
  one.wait_for_flushes();
  CHECK_FALSE(first.there());
  CHECK_FALSE(second.there());
  CHECK(one.hss->unwritten() == 1);
  life forgetful(one.part.stored());
  CHECK(forgetful.hss->on(cx::lir{anna}).result == cx::identity_not_registered);

  one.change(mood::stores);
  CHECK(first.get().result == cx::success);
  CHECK(second.get().result == cx::success);
  CHECK(one.hss->unwritten() == 0);
  life next(one.part.stored());
  CHECK(next.hss->on(cx::lir{anna}).server_name == scscf);
  one.change(mood::is_silent);
  CHECK(assign(*one.hss, again).result == cx::success); // nothing is to be stored
}

TEST_CASE("TS 33.102 6.3.2: over a store a vector is given when its number is stored as given, and not before") {
  life one;
  put(*one.hss, phone_toml);
  one.change(mood::is_silent);
  awaited<cx::maa> challenge;
  one.hss->on(challenge_for(), at_once, challenge.then());
  one.wait_for_flushes();
  CHECK_FALSE(challenge.there());
  one.change(mood::stores);
  auto number = sqn_of(challenge.get().items.at(0));
  life next(one.part.stored());
  CHECK(sqn_of(ask(*next.hss, challenge_for()).items.at(0)) > number);
}

TEST_CASE("While the store fails, what must be stored is refused; when it works again, all is as it was answered") {
  life one;
  put(*one.hss, phone_toml);
  auto before = one.part.stored();
  one.change(mood::fails);
  CHECK(ask(*one.hss, challenge_for()).result == cx::unable_to_comply);
  CHECK(assign(*one.hss, registration).result == cx::unable_to_comply);
  CHECK(one.hss->unwritten() == 1);
  CHECK_FALSE(one.hss->put_and_wait(read_all(alice_toml, one.hss->services())));
  CHECK_FALSE(one.hss->put_and_wait(read_all(without_second_set(), one.hss->services())));
  CHECK_FALSE(remove(*one.hss, impi));
  CHECK_FALSE(one.hss->show("alice@ims.example"));
  CHECK(one.hss->show(impi)->sets.size() == 2);
  CHECK(one.hss->disk_failures() >= 4);
  CHECK(one.part.stored() == before);
  CHECK_FALSE(one.hss->fenced());

  one.change(mood::stores);
  store::test::eventually([&] { return one.hss->unwritten() == 0; });
  CHECK(assign(*one.hss, registration).result == cx::success);
  CHECK(ask(*one.hss, challenge_for()).result == cx::success);
  life next(one.part.stored());
  CHECK(next.hss->faults().empty());
  CHECK(next.hss->size() == 1);
  CHECK(next.hss->show(impi)->sets.size() == 2);
  CHECK(next.hss->on(cx::lir{anna}).server_name == scscf);
  CHECK(put(*one.hss, alice_toml).added == 1);
  CHECK(life(one.part.stored()).hss->size() == 2);
}

TEST_CASE("cluster.md 13: an HSS that was fenced refuses everything from then on, and stores nothing") {
  life one;
  put(*one.hss, phone_toml);
  REQUIRE(assign(*one.hss, registration).result == cx::success);
  auto before = one.part.stored();
  SECTION("as a write finds out") {
    one.change(mood::is_fenced);
    CHECK(ask(*one.hss, challenge_for()).result != cx::success);
  }
  SECTION("as the store tells") { one.hss->fence(); }
  CHECK(one.hss->fenced());
  CHECK(ask(*one.hss, challenge_for()).result == cx::unable_to_deliver);
  CHECK(assign(*one.hss, registration).result == cx::unable_to_deliver);
  CHECK(one.hss->on(cx::uar{impi, anna, {}}).result == cx::unable_to_deliver);
  CHECK(one.hss->on(cx::lir{anna}).result == cx::unable_to_deliver);
  CHECK_FALSE(one.hss->put_and_wait(read_all(alice_toml, one.hss->services())));
  CHECK_FALSE(remove(*one.hss, impi));
  CHECK(one.part.stored() == before);
  // Over a link nobody is refused: the next copy of the question finds the one who has the HSS now.
  cx_service service(*one.hss, at_once);
  auto told = 0;
  for (auto& question : {cx::message(cx::lir{anna}), cx::message(challenge_for()), cx::message(registration)})
    service.take(cx::encode({1, 1}, 1, question), [&](auto) { ++told; });
  CHECK(told == 0);
}

TEST_CASE("A question over a link whose answer the fence overtakes is not answered") {
  life one;
  put(*one.hss, phone_toml);
  cx_service service(*one.hss, at_once);
  one.change(mood::is_silent);
  std::atomic<int> told = 0;
  service.take(cx::encode({1, 1}, 1, registration), [&](auto) { ++told; });
  service.take(cx::encode({1, 1}, 2, challenge_for()), [&](auto) { ++told; });
  one.change(mood::is_fenced);
  store::test::eventually([&] { return one.hss->fenced(); });
  one.hss.reset();
  CHECK(told == 0);
}

TEST_CASE("A registration while its subscription is being changed is kept in the new one's shape, or the old one's") {
  life one;
  put(*one.hss, phone_toml);
  one.change(mood::is_silent);
  awaited<result<import_report>> changed;
  awaited<cx::saa> assigned;
  moody::values at_answer;
  one.hss->put(read_all(without_second_set(), one.hss->services()), at_once, changed.then());
  one.wait_for_flushes();
  one.hss->on(registration, at_once, [&](cx::saa answer) {
    at_answer = one.part.stored();
    assigned.then()(std::move(answer));
  });
  one.wait_for_flushes();
  CHECK_FALSE(assigned.there());
  auto stored = GENERATE(true, false);
  one.change(stored ? mood::stores : mood::fails);
  CHECK(changed.get().has_value() == stored);
  CHECK((assigned.get().result == cx::success) == stored);
  if (stored) {
    life at_once_taken_over(at_answer);
    CHECK(at_once_taken_over.hss->show(impi)->sets.size() == 1);
    CHECK(at_once_taken_over.hss->on(cx::lir{anna}).server_name == scscf);
  }
  one.change(mood::stores);
  CHECK(assign(*one.hss, registration).result == cx::success);
  life next(one.part.stored());
  CHECK(next.hss->show(impi)->sets.size() == (stored ? 1 : 2));
  CHECK(next.hss->on(cx::lir{anna}).server_name == scscf);
}

TEST_CASE("The end of a server refuses who still waits for the store, and what it was given is put") {
  life one;
  put(*one.hss, phone_toml);
  one.change(mood::is_silent);
  awaited<cx::saa> assigned;
  awaited<cx::maa> challenge;
  awaited<result<import_report>> added;
  one.hss->on(registration, at_once, assigned.then());
  one.hss->on(challenge_for(), at_once, challenge.then());
  one.hss->put(read_all(alice_toml, one.hss->services()), at_once, added.then());
  one.wait_for_flushes();
  one.part.wake = [] {};
  one.hss.reset();
  CHECK(assigned.get().result == cx::unable_to_comply);
  CHECK(challenge.get().result == cx::unable_to_comply);
  CHECK_FALSE(added.get());
  one.part.does = mood::stores;
  one.part.flush(); // as closing the store does
  one.part.poll();
  life next(one.part.stored());
  CHECK(next.hss->size() == 1);
  CHECK(next.hss->on(cx::lir{anna}).server_name == scscf);
}

TEST_CASE("cluster.md 23: no number is given twice, though the store forgets what it has acknowledged") {
  auto seed = GENERATE(1u, 2u, 3u, 4u, 5u, 6u);
  auto scheme = GENERATE(as<std::string>(), "counter", "time");
  INFO("seed " << seed << ", " << scheme);
  auto toml = phone_toml;
  toml.insert(toml.find("k = "), "sqn = \"" + scheme + "\"\n");
  random_source random(seed);
  auto between = [&](std::int64_t least, std::int64_t most) {
    return least + static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(most - least + 1)));
  };
  services_pool pool;
  aka::usim card{std::get<aka_secret>(read_one(toml, pool).privates[0].secret).with};
  std::set<aka::sequence_number> numbers;
  std::size_t given = 0, resynchronised = 0, refused = 0;
  auto now = noon;
  std::deque<moody::values> past{{}};
  // As a phone does, which may miss a challenge; and again with its AUTS, if it asks for that.
  auto challenge = [&](server& hss) {
    auto request = challenge_for();
    for (int attempt = 0; attempt < 2; ++attempt) {
      auto answer = ask(hss, request);
      REQUIRE(answer.result == cx::success);
      auto& item = answer.items.at(0);
      ++given;
      CHECK(numbers.insert(sqn_of(item)).second);
      if (attempt == 0 && random.below(4) == 0)
        return;
      aka::random_challenge rand{};
      auto octets = as_bytes(item.authenticate);
      std::copy_n(octets.begin(), rand.size(), rand.begin());
      auto reply = card.authenticate(rand, octets.subspan(rand.size()));
      auto* out_of_step = std::get_if<aka::synchronisation_failure>(&reply);
      if (!out_of_step)
        return;
      ++(attempt == 0 ? resynchronised : refused);
      request.resync = item.authenticate.substr(0, rand.size()) + std::string(out_of_step->auts.text());
    }
  };
  for (int life_number = 0; life_number < 60; ++life_number) {
    // Taken over a little later, from what is left: mostly all, sometimes not the last few writes.
    auto lost = life_number == 0 ? 0 : random.below(3) == 0 ? random.below(past.size()) : 0;
    now = now + milliseconds(between(1, 3) == 1 ? between(1'500, 15'000) : between(15'000, 40'000'000));
    life one(past[past.size() - 1 - lost], now);
    put(*one.hss, toml);
    assign(*one.hss, registration); // so that a resynchronisation is its S-CSCF's
    past = {one.part.stored()};
    for (auto challenges = random.below(12); challenges > 0; --challenges) {
      now = now + milliseconds(random.below(3) == 0 ? between(0, 50) : between(100, 9'000'000));
      if (random.below(40) == 0)
        now = now + std::chrono::hours(24 * between(1, 60));
      one.now = now.ms;
      challenge(*one.hss);
      past.push_back(one.part.stored());
      while (past.size() > 3)
        past.pop_front();
    }
  }
  CHECK(numbers.size() == given);
  CHECK(given > 200);
  CHECK(refused == 0);
  CHECK(resynchronised < given / 20);
}

TEST_CASE("A take-over writes nothing for what is provisioned as it was, and loses nothing of what was changed since") {
  home where(GENERATE(from_range(stores())));
  INFO(where.kind());
  auto hss = where.open();
  put(*hss, phone_toml);
  put(*hss, alice_toml); // at run time
  auto carol = "[[subscriber]]\nimpi=\"carol@x\"\nimpus=[\"sip:carol@x\"]\npassword=\"p\"\n";
  put(*hss, carol);
  REQUIRE(remove(*hss, "carol@x"));
  REQUIRE(assign(*hss, registration).result == cx::success);
  hss.reset();
  hss = where.open();
  auto before = where.kept().stats().records;
  auto report = put(*hss, phone_toml);
  CHECK(report.unchanged == 1);
  CHECK(report.added + report.changed == 0);
  CHECK(where.kept().stats().records == before);
  CHECK(hss->size() == 2);
  CHECK(hss->show("alice@ims.example"));
  CHECK(hss->on(cx::lir{anna}).server_name == scscf);
  // What the file says itself wins, as at any start.
  put(*hss, without_second_set());
  hss.reset();
  hss = where.open();
  CHECK(put(*hss, phone_toml).changed == 1);
  CHECK(hss->show(impi)->sets.size() == 2);
  CHECK(hss->on(cx::lir{anna}).server_name == scscf);
}

TEST_CASE("What a store's record does not hold is refused when it is provisioned, with the reason") {
  home where(GENERATE(as<std::string>(), "memory", "file"));
  auto hss = where.open();
  auto wanted = read_all(phone_toml, hss->services());
  std::string reason;
  SECTION("a subscription of more than 64 KiB") {
    for (int i = 0; i < 1'500; ++i) {
      auto uri = "sip:" + std::string(40, 'u') + std::to_string(i) + "@x";
      wanted[0].sets.push_back({{{uri, uri, {}, false}}, {}});
    }
    reason = "octets; the store takes 65536";
  }
  SECTION("a private identity of more than 512 octets") {
    wanted[0].privates[0].impi = std::string(513, 'i');
    reason = "is longer than the 512 octets that the store takes";
  }
  SECTION("user data that no link carries") {
    for (int i = 0; i < 900; ++i) {
      auto uri = "sip:u" + std::to_string(i) + "@x";
      wanted[0].sets[0].identities.push_back({uri, uri, "<&<&<&<&<&<&<&<&<&<&", false});
    }
    reason = "octets that other nodes can be sent";
  }
  auto refused = hss->put_and_wait(wanted);
  REQUIRE_FALSE(refused);
  CHECK_THAT(refused.error().what, Catch::Matchers::Contains(reason));
  CHECK(hss->size() == 0);
  CHECK(put(*hss, phone_toml).added == 1);
}

TEST_CASE("cluster.md 25: in Redis no key of a subscriber stands in the clear") {
  if (!store::test::have_redis()) {
    WARN("SKIPPED: redis-server is not installed");
    return;
  }
  auto sealed = GENERATE(true, false); // the second shows that the test would find them
  folder keys;
  store::redis_options options;
  if (sealed) {
    options.key_file = (keys.path / "keys").string();
    std::ofstream(options.key_file) << std::string(64, 'a') << '\n';
  }
  home where("redis", options);
  services_pool pool;
  auto md5 = std::get<digest_secret>(read_one(alice_toml, pool).privates[0].secret).md5;
  {
    auto hss = where.open();
    put(*hss, phone_toml + alice_toml);
    hss.reset();
    where.close_store();
  }
  std::string all;
  for (int bucket = 0; bucket < 64; ++bucket)
    all += store::test::shared_server().ask(
        {"HVALS", "{" + where.options().redis.prefix + "g0}:d:" + std::to_string(bucket)});
  REQUIRE(all.size() > 300);
  auto contains = [&](std::string_view hex) {
    auto octets = from_hex(hex).value();
    return all.find(std::string(octets.begin(), octets.end())) != all.npos;
  };
  CHECK(contains("465b5ce8b199b49faa5f0a2ee238a6bc") != sealed);
  CHECK(contains("cd63cb71954a9f4e48a5994e37a02baf") != sealed);
  CHECK((all.find(md5) != all.npos) != sealed);
  auto hss = where.open();
  CHECK(hss->size() == 2);
  CHECK(ask(*hss, challenge_for()).result == cx::success);
}

TEST_CASE("Damaged records leave out their subscriber and nobody else") {
  life one;
  put(*one.hss, phone_toml + alice_toml);
  REQUIRE(ask(*one.hss, challenge_for()).result == cx::success);
  auto values = one.part.stored();
  auto damaged = 0;
  for (auto& [key, value] : values)
    if (store::unpacked(key).type == store::kind::hss_sequence ||
        (store::unpacked(key).type == store::kind::hss_subscriber && value.find("alice@") != value.npos)) {
      value = "\x7f";
      ++damaged;
    }
  REQUIRE(damaged == 2);
  values[store::packed({store::kind::hss_subscriber, "short"})] = "x";
  life next(values, noon + seconds(60));
  CHECK(next.hss->faults().size() == 3);
  CHECK(next.hss->size() == 1);
  CHECK(ask(*next.hss, challenge_for()).result == cx::success);
}

TEST_CASE("cluster.md 24: what a newer version has added to a record outlives a change by this one") {
  auto value = definition_value("old");
  std::string newer;
  writer(newer).number(9);
  writer(newer).text("from the future");
  auto rewritten = definition_value("new");
  keep_unknown(store::kind::hss_subscriber, value + newer, rewritten);
  CHECK(rewritten == definition_value("new") + newer);
  CHECK(read_octets(store::kind::hss_subscriber, rewritten) == "new");
  CHECK(read_octets(store::kind::hss_state, rewritten).empty());
  auto same = definition_value("new");
  keep_unknown(store::kind::hss_subscriber, "damaged", same);
  CHECK(same == definition_value("new"));
  for (std::int64_t id : {std::int64_t{1}, std::int64_t{256}, std::int64_t{1} << 40})
    CHECK(read_id(key_of(id)) == id);
  CHECK_FALSE(read_id("1234567"));
  for (std::uint64_t seq : {std::uint64_t{0}, aka::highest_seq})
    CHECK(read_sequence(sequence_value(seq)) == seq);
  CHECK_FALSE(read_sequence(sequence_value(300).substr(0, sequence_value(300).size() - 1)));
}
