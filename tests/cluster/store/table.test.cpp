// The table of records: what it weighs, and that colliding hashes change nothing but time.
#include <catch2/catch.hpp>

#include <algorithm>
#include <map>

#include "cluster/store/table.hpp"
#include "protocols/base/random.hpp"

using namespace troupe;
using namespace troupe::store;

TEST_CASE("a million dialogs of 700 octets fit into 1 GiB") {
  constexpr std::size_t count = 100'000, key = 24, value = 700; // a tenth of them; the cost of one does not change

  record_table table({1, 2});
  std::string text(value, 'd');
  for (std::size_t i = 0; i < count; ++i) {
    auto name = std::to_string(i);
    name.resize(key, '.');
    table.put({kind::call, name}, {}, text);
  }
  auto each = table.memory() / count;
  CHECK(each * 1'000'000 < std::size_t{1} << 30);
  CHECK(each - key - value <= 64);
}

TEST_CASE("a record costs at most 64 octets beside its key and value, and the allocator's steps of a quarter") {
  auto size =
      GENERATE(std::size_t{2}, std::size_t{34}, std::size_t{98}, std::size_t{99}, std::size_t{482}, std::size_t{994});
  record_table table({1, 2});
  constexpr std::size_t count = 60'000;
  for (std::size_t i = 0; i < count; ++i)
    table.put({kind::index, std::to_string(100'000 + i)}, {}, std::string(size, 'v'));
  auto alone = 6 + size; // 24 of header, 12 of slot at a load of 0.65 to 0.81
  CHECK(table.memory() / count <= std::max(alone + 64, (alone + 24) * 5 / 4 + 19));
  CHECK(table.memory() / count >= alone + 24 + 12);
}

TEST_CASE("random puts and erases leave what a map would hold, through growth and shrinking") {
  auto seed = GENERATE(1, 2, 3, 4);
  CAPTURE(seed);
  random_source random(static_cast<std::uint64_t>(seed));
  record_table table({random.next(), random.next()});
  std::map<std::string, std::string> expected;
  for (int phase = 0; phase < 6; ++phase)
    for (int i = 0; i < 6'000; ++i) {
      auto key = std::to_string(random.below(8'000));
      if (random.below(10) < (phase % 2 == 0 ? 8u : 2u)) {
        auto value = random.token(random.below(40));
        table.put({kind::call, key}, {}, value);
        expected[key] = value;
      } else {
        CHECK(table.erase({kind::call, key}) == (expected.erase(key) == 1));
      }
    }
  CHECK(table.size() == expected.size());
  std::map<std::string, std::string> seen;
  table.for_each(kind::call, [&](std::string_view key, const record& found) { seen.emplace(key, found.value); });
  CHECK(seen == expected);
  for (auto& [key, value] : expected)
    REQUIRE(table.find({kind::call, key})->value == value);
}
