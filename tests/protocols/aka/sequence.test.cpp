// Sequence numbers: TS 33.102 Annex C.
#include <catch2/catch.hpp>
#include <set>

#include "protocols/aka/sequence.hpp"
#include "protocols/base/random.hpp"

using namespace troupe;
using namespace troupe::aka;

namespace {

constexpr instant noon{1'700'000'000'000};

} // namespace

TEST_CASE("SEQ counts up and IND goes round its 32 values") {
  sqn_generator g;
  for (std::uint64_t i = 1; i <= 100; ++i)
    CHECK(g.next(noon) == make_sqn(i, static_cast<std::uint8_t>(i % 32)));
}

TEST_CASE("No value is given twice, whatever clock and phone say") {
  auto seed = GENERATE(1u, 2u, 3u, 4u);
  auto scheme = GENERATE(sequence_scheme::counter, sequence_scheme::time_based);
  INFO("seed " << seed);
  random_source random(seed);
  sqn_generator g;
  g.scheme = scheme;
  g.born = noon;
  std::set<sequence_number> given;
  auto now = noon;
  for (int i = 0; i < 5000; ++i) {
    now.ms += static_cast<std::int64_t>(random.below(40'000'000'000)) - 10'000'000'000; // months ahead, months back
    if (random.below(4) == 0)
      g.resynchronise(make_sqn(g.seq + random.below(1000) - std::min<std::uint64_t>(g.seq, 500), 5));
    auto sqn = g.next(now);
    REQUIRE(sqn);
    CHECK(given.insert(*sqn).second);
    CHECK(*sqn == *given.rbegin());
  }
}

TEST_CASE("Peeking changes nothing") {
  sqn_generator g;
  auto before = g;
  auto seen = g.peek(noon);
  CHECK(g == before);
  CHECK(g.next(noon) == seen);
}

TEST_CASE("A time-based SEQ is the tenths of seconds since its beginning") {
  sqn_generator g;
  g.scheme = sequence_scheme::time_based;
  g.born = noon;
  CHECK(seq_of(*g.next(noon + seconds(10))) == 100);
  CHECK(seq_of(*g.next(noon + seconds(10))) == 101);
  CHECK(seq_of(*g.next(noon)) == 102);
  CHECK(seq_of(*g.next(noon + seconds(20))) == 200);
}

TEST_CASE("After a year's silence a time-based SEQ still is one that the USIM takes") {
  sqn_generator g;
  g.scheme = sequence_scheme::time_based;
  g.born = noon;
  sqn_array card;
  REQUIRE(card.accept(*g.next(noon + seconds(60))));
  CHECK(card.accept(*g.next(noon + seconds(366 * 86400))));
}

TEST_CASE("At its end SEQ stops and does not wrap") {
  sqn_generator g;
  g.seq = highest_seq - 1;
  CHECK(seq_of(*g.next(noon)) == highest_seq);
  CHECK_FALSE(g.next(noon));
  CHECK_FALSE(g.next(noon));
}

TEST_CASE("Resynchronisation raises SEQ to the USIM's and never lowers it") {
  using resynchronised = sqn_generator::resynchronised;
  sqn_generator g;
  g.seq = 100;
  CHECK(g.resynchronise(make_sqn(500, 9)) == resynchronised::moved);
  CHECK(seq_of(*g.next(noon)) == 501);
  CHECK(g.resynchronise(make_sqn(20, 1)) == resynchronised::in_range);
  CHECK(seq_of(*g.next(noon)) == 502);
  g.seq = 20 + largest_jump;
  CHECK(g.resynchronise(make_sqn(20, 1)) == resynchronised::out_of_reach);
  g.seq = 20 + largest_jump - 1;
  CHECK(g.resynchronise(make_sqn(20, 1)) == resynchronised::in_range);
}

TEST_CASE("A resynchronised generator's next value is taken by the card that asked") {
  sqn_generator g;
  sqn_array card;
  REQUIRE(card.accept(make_sqn(9000, 4)));
  CHECK_FALSE(card.accept(make_sqn(8000, 4)));
  g.resynchronise(card.sqn_ms());
  CHECK(card.accept(*g.next(noon)));
}

TEST_CASE("A card takes vectors out of order by their IND, each once") {
  sqn_array card;
  CHECK(card.accept(make_sqn(10, 1)));
  CHECK(card.accept(make_sqn(12, 3)));
  CHECK(card.accept(make_sqn(11, 2)));
  CHECK_FALSE(card.accept(make_sqn(11, 2)));
  CHECK_FALSE(card.accept(make_sqn(9, 1)));
  CHECK_FALSE(card.accept(make_sqn(12, 3)));
  CHECK(card.accept(make_sqn(13, 1)));
  CHECK(seq_of(card.sqn_ms()) == 13);
}

TEST_CASE("A card refuses a jump of more than delta") {
  sqn_array card;
  REQUIRE(card.accept(make_sqn(5, 0)));
  CHECK_FALSE(card.accept(make_sqn(6 + largest_jump, 1)));
  CHECK(card.accept(make_sqn(5 + largest_jump, 1)));
}
