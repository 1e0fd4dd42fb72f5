// What holds for every store: run against each.
#include <catch2/catch.hpp>

#include <map>
#include <stdexcept>

#include "protocols/base/random.hpp"
#include "tests/cluster/store/support.hpp"

using namespace troupe;
using namespace troupe::store;
using namespace troupe::store::test;

namespace {

constexpr instant at{1'700'000'000'000};

std::string value_of(partition& in, const entity_id& id) {
  auto found = in.find(id);
  return found ? std::string(found->value) : "(none)";
}

} // namespace

TEST_CASE("a value is found as soon as it is put, stored or not") {
  bench store(GENERATE(from_range(every_store())));
  auto& part = store.part();
  CHECK_FALSE(part.find(call("a")));
  part.put(call("a"), at, "one");
  auto found = part.find(call("a"));
  REQUIRE(found);
  CHECK(found->value == "one");
  CHECK(found->version == 1);
  CHECK(found->deadline == at);
  CHECK(part.size() == 1);
}

TEST_CASE("each put replaces the value and counts the version up; an erase starts anew") {
  bench store(GENERATE(from_range(every_store())));
  auto& part = store.part();
  part.put(call("a"), at, "one");
  part.put(call("a"), at + seconds(1), "two, and longer than one, so that it needs another place");
  CHECK(part.find(call("a"))->version == 2);
  CHECK(part.find(call("a"))->deadline == at + seconds(1));
  REQUIRE(store.settle());
  part.put(call("a"), at, "3");
  CHECK(part.find(call("a"))->version == 3);
  part.erase(call("a"));
  CHECK_FALSE(part.find(call("a")));
  CHECK(part.size() == 0);
  part.erase(call("a"));
  part.put(call("a"), at, "again");
  CHECK(part.find(call("a"))->version == 1);
}

TEST_CASE("the same key under two kinds is two records") {
  bench store(GENERATE(from_range(every_store())));
  auto& part = store.part();
  part.put({kind::call, "k"}, at, "call");
  part.put({kind::index, "k"}, at, "index");
  part.erase({kind::call, "k"});
  CHECK_FALSE(part.find({kind::call, "k"}));
  CHECK(value_of(part, {kind::index, "k"}) == "index");
}

TEST_CASE("any octets are kept, up to 512 of key and 64 KiB of value") {
  bench store(GENERATE(from_range(every_store())));
  auto& part = store.part();
  auto key = std::string(512, '\0'), value = std::string(64 * 1024, '\xff');
  part.put(call(key), at, value);
  part.put(call(""), at, "");
  part.put(call(std::string("\0x", 2)), {-5}, std::string_view("\0\n'\"", 4));
  REQUIRE(store.settle());
  CHECK(value_of(part, call(key)) == value);
  CHECK(value_of(part, call("")).empty());
  CHECK(part.find(call(std::string("\0x", 2)))->value == std::string_view("\0\n'\"", 4));
  CHECK(part.find(call(std::string("\0x", 2)))->deadline.ms == -5);
}

TEST_CASE("what is too long is our own fault: it throws, and what was there stays") {
  bench store(GENERATE(from_range(every_store())));
  auto& part = store.part();
  part.put(call("a"), at, "good");
  CHECK_THROWS_AS(part.put(call("a"), at, std::string(64 * 1024 + 1, 'x')), std::length_error);
  CHECK_THROWS_AS(part.put(call(std::string(513, 'k')), at, "x"), std::length_error);
  REQUIRE(store.settle());
  CHECK(value_of(part, call("a")) == "good");
  CHECK(part.find(call("a"))->version == 1);
  CHECK(part.size() == 1);
}

TEST_CASE("a value may be put again from the view of itself") {
  bench store(GENERATE(from_range(every_store())));
  auto& part = store.part();
  std::string text(700, 'x');
  text += "the end";
  part.put(call("a"), at, text);
  auto found = part.find(call("a"));
  part.put(call("a"), at + seconds(60), found->value);
  CHECK(value_of(part, call("a")) == text);
  found = part.find(call("a"));
  part.put(call("a"), at, found->value.substr(700));
  CHECK(value_of(part, call("a")) == "the end");
}

TEST_CASE("a continuation runs once, when what was put before it is stored, in the order given") {
  bench store(GENERATE(from_range(every_store())));
  auto& part = store.part();
  std::string order;
  part.put(call("a"), at, "1");
  part.after_commit([&](outcome with) { order += with == outcome::stored ? 'a' : '!'; });
  part.flush();
  part.put(call("b"), at, "2");
  part.after_commit([&](outcome with) { order += with == outcome::stored ? 'b' : '!'; });
  part.erase(call("a"));
  part.after_commit([&](outcome with) { order += with == outcome::stored ? 'c' : '!'; });
  REQUIRE(store.settle());
  CHECK(order == "abc");
  CHECK_FALSE(part.dirty());
  CHECK(part.backlog() == 0);
}

TEST_CASE("with nothing on its way a continuation runs within the call") {
  bench store(GENERATE(from_range(every_store())));
  bool ran = false;
  store.part().after_commit([&](outcome with) { ran = with == outcome::stored; });
  CHECK(ran);
  store.part().put(call("a"), at, "1");
  REQUIRE(store.settle());
  ran = false;
  store.part().after_commit([&](outcome) { ran = true; });
  CHECK(ran);
}

TEST_CASE("a continuation may use the partition, and what it adds comes after what was there") {
  bench store(GENERATE(from_range(every_store())));
  auto& part = store.part();
  std::string order;
  part.put(call("a"), at, "1");
  part.after_commit([&](outcome) {
    order += 'a';
    part.put(call("b"), at, "2");
    part.after_commit([&](outcome) { order += 'c'; });
    part.poll();
    part.flush();
  });
  REQUIRE(store.settle());
  CHECK(order == "ac");
  CHECK(value_of(part, call("b")) == "2");
}

TEST_CASE("a continuation that throws takes nobody else's turn") {
  bench store(GENERATE(from_range(every_store())));
  if (store.options().spec == "memory")
    return; // it throws within the call
  auto& part = store.part();
  bool ran = false;
  part.put(call("a"), at, "1");
  part.after_commit([](outcome) { throw std::runtime_error("planned"); });
  part.after_commit([&](outcome) { ran = true; });
  part.flush();
  CHECK_THROWS_AS(store.wait(), std::runtime_error);
  part.poll();
  CHECK(ran);
}

TEST_CASE("all records of a kind are visited once, and no others") {
  bench store(GENERATE(from_range(every_store())));
  auto& part = store.part();
  for (int i = 0; i < 1'000; ++i) {
    part.put({i % 2 == 0 ? kind::call : kind::index, std::to_string(i)}, instant{i}, "v" + std::to_string(i));
    if (i % 3 == 0)
      part.erase({i % 2 == 0 ? kind::call : kind::index, std::to_string(i)});
  }
  std::map<std::string, std::string> seen;
  part.for_each(kind::call, [&](std::string_view key, const record& found) {
    CHECK(seen.emplace(key, found.value).second);
    CHECK(found.deadline.ms == std::stoi(std::string(key)));
  });
  CHECK(seen.size() == 333);
  CHECK(seen.at("998") == "v998");
  CHECK(seen.count("999") == 0);
  CHECK(seen.count("6") == 0);
}

TEST_CASE("a quarantined value is gone and counted") {
  bench store(GENERATE(from_range(every_store())));
  auto& part = store.part();
  part.put(call("a"), at, "poison");
  REQUIRE(store.settle());
  part.quarantine(call("a"), "does not decode");
  part.quarantine(call("nobody"), "does not decode");
  CHECK_FALSE(part.find(call("a")));
  REQUIRE(store.settle());
  CHECK(store.all().stats().quarantined == 1);
  CHECK(part.size() == 0);
}

TEST_CASE("memory goes back when records go") {
  bench store(GENERATE(from_range(every_store())));
  auto& part = store.part();
  auto empty = part.memory();
  for (int i = 0; i < 20'000; ++i)
    part.put(call("key" + std::to_string(i)), at, std::string(100, 'v'));
  REQUIRE(store.settle());
  CHECK(part.memory() > 20'000 * 100);
  for (int i = 0; i < 20'000; ++i)
    part.erase(call("key" + std::to_string(i)));
  REQUIRE(store.settle());
  CHECK(part.memory() < empty + 200'000);
}

namespace {

struct modelled {
  std::uint64_t version;
  instant deadline;
  std::string value;
};
using model = std::map<std::pair<kind, std::string>, modelled>;

void agree(bench& store, const model& expected) {
  std::size_t size = 0;
  for (std::size_t i = 0; i < store.partitions(); ++i)
    size += store.part(i).size();
  CHECK(size == expected.size());
  for (auto& [id, wanted] : expected) {
    auto found = store.of({id.first, id.second}).find({id.first, id.second});
    REQUIRE(found);
    CHECK(found->value == wanted.value);
    CHECK(found->version == wanted.version);
    CHECK(found->deadline == wanted.deadline);
  }
}

void one_step(bench& store, model& expected, random_source& random) {
  entity_id id{random.below(2) == 0 ? kind::call : kind::registration_set, "key" + std::to_string(random.below(40))};
  auto& part = store.of(id);
  switch (random.below(8)) {
  case 0:
    part.erase(id);
    expected.erase({id.type, id.key});
    break;
  case 1: part.flush(); break;
  case 2: part.poll(); break;
  case 3: {
    auto known = expected.find({id.type, id.key});
    auto found = part.find(id);
    REQUIRE(found.has_value() == (known != expected.end()));
    if (found)
      CHECK(found->value == known->second.value);
    break;
  }
  default: {
    auto value = random.token(random.below(300));
    instant deadline{static_cast<std::int64_t>(random.below(1'000'000))};
    part.put(id, deadline, value);
    auto& known = expected[{id.type, id.key}];
    known = {known.version + 1, deadline, value};
  }
  }
}

} // namespace

TEST_CASE("any history leaves what a map would hold; a file or Redis, opened again by any number of shards, too") {
  auto spec = GENERATE(from_range(every_store()));
  auto seed = GENERATE(range(1, 9));
  CAPTURE(spec, seed);
  random_source random(static_cast<std::uint64_t>(seed));
  bench store(spec, 1 + random.below(4));
  model expected;
  for (int round = 0; round < 4; ++round) {
    auto steps = 50 + random.below(1'000);
    for (std::uint64_t i = 0; i < steps; ++i)
      one_step(store, expected, random);
    agree(store, expected);
    if (spec == "memory")
      continue;
    if (random.below(2) == 0)
      REQUIRE(store.settle());
    store.reopen(1 + random.below(4));
    agree(store, expected);
  }
}
