// Server-side nonces: RFC 7616 clauses 3.3, 3.4 and 5.4.
#include <catch2/catch.hpp>

#include "protocols/base/random.hpp"
#include "protocols/base/text.hpp"
#include "protocols/sip/digest_nonce.hpp"

using namespace troupe;
using namespace troupe::sip;

namespace {

constexpr siphash_key key{1, 2};
constexpr instant noon{1'700'000'000'000};
constexpr milliseconds lifetime = seconds(30);
using verdict = nonce_guard::verdict;

} // namespace

TEST_CASE("A nonce is good for its lifetime and stale after it") {
  nonce_factory f(key, lifetime);
  auto nonce = f.make(noon, 7, "realm");
  CHECK(f.open(nonce, "realm", noon).what == nonce_factory::verdict::good);
  CHECK(f.open(nonce, "realm", noon + lifetime).what == nonce_factory::verdict::good);
  CHECK(f.open(nonce, "realm", noon + lifetime + milliseconds(1)).what == nonce_factory::verdict::stale);
  CHECK(f.open(nonce, "realm", noon).made == noon);
}

TEST_CASE("A nonce of another key, context or with any bit turned is foreign") {
  nonce_factory f(key, lifetime);
  auto nonce = f.make(noon, 7, "realm");
  CHECK(nonce_factory({1, 3}, lifetime).open(nonce, "realm", noon).what == nonce_factory::verdict::foreign);
  CHECK(f.open(nonce, "other", noon).what == nonce_factory::verdict::foreign);
  CHECK(f.open("", "realm", noon).what == nonce_factory::verdict::foreign);
  CHECK(f.open("AAAA", "realm", noon).what == nonce_factory::verdict::foreign);
  auto octets = from_base64(nonce);
  REQUIRE(octets);
  for (std::size_t bit = 0; bit < octets->size() * 8; ++bit) {
    auto spoiled = *octets;
    spoiled[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
    CHECK(f.open(to_base64(spoiled), "realm", noon).what == nonce_factory::verdict::foreign);
  }
}

TEST_CASE("Nonces of one millisecond differ by their salt") {
  nonce_factory f(key, lifetime);
  CHECK(f.make(noon, 1, "") != f.make(noon, 2, ""));
}

TEST_CASE("A nonce count is taken once, a little out of order too") {
  nonce_count_window w;
  CHECK_FALSE(w.take(0));
  CHECK(w.take(1));
  CHECK_FALSE(w.take(1));
  CHECK(w.take(5));
  CHECK(w.take(3));
  CHECK_FALSE(w.take(3));
  CHECK_FALSE(w.take(5));
  CHECK(w.take(68));
  CHECK_FALSE(w.take(4)); // 64 behind: not known any more
  CHECK(w.take(6));
  CHECK(w.take(0xffffffff));
  CHECK_FALSE(w.take(68));
}

TEST_CASE("A guard takes each count of its nonces once and knows strangers' and stale ones") {
  nonce_guard g(key, lifetime, 16);
  auto nonce = g.make(noon, 1, "r");
  CHECK(g.take(nonce, "r", 1u, noon) == verdict::good);
  CHECK(g.take(nonce, "r", 1u, noon) == verdict::replayed);
  CHECK(g.take(nonce, "r", 2u, noon) == verdict::good);
  CHECK(g.take(nonce, "x", 3u, noon) == verdict::foreign);
  CHECK(g.take(nonce, "r", 3u, noon + lifetime + seconds(1)) == verdict::stale);
}

TEST_CASE("Without a count a nonce is good once") {
  nonce_guard g(key, lifetime, 16);
  auto nonce = g.make(noon, 1, "r");
  CHECK(g.take(nonce, "r", std::nullopt, noon) == verdict::good);
  CHECK(g.take(nonce, "r", std::nullopt, noon) == verdict::replayed);
  CHECK(g.take(nonce, "r", 9u, noon) == verdict::replayed);
}

TEST_CASE("A nonce that had to be forgotten is stale, never good again from its first count") {
  nonce_guard g(key, lifetime, 1);
  std::vector<std::string> nonces;
  for (std::uint64_t i = 0; i < 100; ++i) {
    nonces.push_back(g.make(noon + milliseconds(i), i, "r"));
    CHECK(g.take(nonces.back(), "r", 1u, noon + milliseconds(i)) == verdict::good);
  }
  for (auto& nonce : nonces)
    CHECK(g.take(nonce, "r", 1u, noon + milliseconds(200)) != verdict::good);
}

TEST_CASE("No count of any nonce is good twice, whatever the order") {
  auto seed = GENERATE(1u, 2u, 3u);
  INFO("seed " << seed);
  random_source random(seed);
  nonce_guard g(key, lifetime, 4);
  std::vector<std::string> nonces;
  std::vector<std::pair<std::size_t, std::uint32_t>> used;
  auto now = noon;
  for (int i = 0; i < 5000; ++i) {
    now = now + milliseconds(random.below(50));
    if (nonces.empty() || random.below(10) == 0)
      nonces.push_back(g.make(now, random.next(), "r"));
    auto which = nonces.size() - 1 - random.below(std::min<std::size_t>(nonces.size(), 30));
    auto count = static_cast<std::uint32_t>(1 + random.below(20));
    if (g.take(nonces[which], "r", count, now) != verdict::good)
      continue;
    auto seen = std::find(used.begin(), used.end(), std::pair(which, count));
    CHECK(seen == used.end());
    used.emplace_back(which, count);
  }
  CHECK(used.size() > 500);
}
