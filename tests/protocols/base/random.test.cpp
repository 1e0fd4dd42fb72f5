// The seeded generator: the published algorithm, the same on every run.
#include <catch2/catch.hpp>

#include <array>
#include <set>

#include "protocols/base/random.hpp"
#include "protocols/base/time.hpp"

using namespace troupe;

TEST_CASE("the numbers are those of xoshiro256** seeded by splitmix64") {
  random_source zero(0), one(1);
  for (auto wanted : {0x99ec5f36cb75f2b4u, 0xbf6e1f784956452au, 0x1a5f849d4933e6e0u, 0x6aa594f1262d2d2cu})
    CHECK(zero.next() == wanted);
  for (auto wanted : {0xb3f2af6d0fc710c5u, 0x853b559647364ceau, 0x92f89756082a4514u, 0x642e1c7bc266a3a7u})
    CHECK(one.next() == wanted);
}

TEST_CASE("one seed gives one sequence, and copies go on alike") {
  random_source a(77), b(77);
  for (int i = 0; i < 100; ++i)
    CHECK(a.next() == b.next());
  auto copy = a;
  CHECK(a.token(40) == copy.token(40));
  CHECK(a.next() == copy.next());
  CHECK(random_source(78).token(12) != random_source(77).token(12));
}

TEST_CASE("numbers below a bound are below it, and each comes about as often") {
  random_source random(5);
  for (int i = 0; i < 100; ++i)
    CHECK(random.below(1) == 0);
  std::array<int, 10> counts{};
  for (int i = 0; i < 100'000; ++i)
    ++counts.at(random.below(10));
  for (auto count : counts)
    CHECK((count > 9'500 && count < 10'500)); // five standard deviations
  for (int i = 0; i < 100; ++i)
    CHECK(random.below(std::uint64_t{1} << 63) < std::uint64_t{1} << 63);
}

TEST_CASE("tokens have the length asked for, an alphabet fit for tags, and do not repeat") {
  random_source random(9);
  CHECK(random.token(0).empty());
  std::set<std::string> seen;
  for (int i = 0; i < 10'000; ++i) {
    auto token = random.token(13);
    CHECK(token.size() == 13);
    CHECK(token.find_first_not_of("0123456789abcdefghijklmnopqrstuvwxyz") == token.npos);
    CHECK(seen.insert(token).second);
  }
}

TEST_CASE("instants are compared, moved and told apart in milliseconds") {
  constexpr instant start{1'000};
  STATIC_REQUIRE(start + seconds(2) == instant{3'000});
  STATIC_REQUIRE(start - milliseconds(1'500) == instant{-500});
  STATIC_REQUIRE((start + milliseconds(7)) - start == milliseconds(7));
  STATIC_REQUIRE(start < start + milliseconds(1));
}
