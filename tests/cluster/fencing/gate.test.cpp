#include <catch2/catch.hpp>

#include "cluster/fencing/egress_log.hpp"
#include "cluster/fencing/gate.hpp"

using namespace troupe;
using namespace troupe::cluster;

namespace {

const group_id one{0}, two{1};
const token first{1, 1, 5}, second{1, 2, 5}, regranted{2, 3, 5}, others{1, 4, 9};

instant at(std::int64_t ms) { return {100'000 + ms}; }

gate serving() {
  auto g = make_gate(2);
  extend(g, at(700), 1);
  open(g, one, first);
  return g;
}

} // namespace

TEST_CASE("a batch leaves before the deadline, under the group's own token") {
  struct row {
    group_id group;
    token by;
    std::int64_t when;
    passage what;
  };
  auto r = GENERATE(values<row>({{one, first, 0, passage::leaves},
                                 {one, first, 699, passage::leaves},
                                 {one, first, 700, passage::late},
                                 {two, first, 0, passage::closed},
                                 {two, first, 700, passage::late},
                                 {one, second, 0, passage::closed},
                                 {one, token{}, 0, passage::stale}}));
  CHECK(may_leave(serving(), r.group, r.by, at(r.when)) == r.what);
}

TEST_CASE("a gate that was never extended lets nothing out") {
  auto g = make_gate(1);
  open(g, one, first);
  CHECK(may_leave(g, one, first, at(0)) == passage::late);
}

TEST_CASE("what was made under a former token of ours is dropped") {
  auto g = serving();
  open(g, one, second);
  CHECK(may_leave(g, one, first, at(0)) == passage::stale);
  CHECK(may_leave(g, one, second, at(0)) == passage::leaves);
}

TEST_CASE("a token that was seen to be overtaken never speaks again") {
  auto g = serving();
  overtaken(g, one, others);
  CHECK(may_leave(g, one, first, at(0)) == passage::stale);
  open(g, one, first);
  extend(g, at(900), 1);
  CHECK(may_leave(g, one, first, at(0)) == passage::stale);
  open(g, one, {1, 5, 5});
  CHECK(may_leave(g, one, {1, 5, 5}, at(0)) == passage::leaves);
}

TEST_CASE("an older token in an answer suppresses nothing") {
  auto g = serving();
  open(g, one, second);
  overtaken(g, one, first);
  CHECK(may_leave(g, one, second, at(0)) == passage::leaves);
}

TEST_CASE("a closed group lets nothing out until it is opened again") {
  auto g = serving();
  close(g, one);
  CHECK(may_leave(g, one, first, at(0)) == passage::closed);
  open(g, one, first);
  CHECK(may_leave(g, one, first, at(0)) == passage::leaves);
}

TEST_CASE("a lease of another generation does not extend groups that were granted in the former one") {
  auto g = serving();
  extend(g, at(1000), 2);
  CHECK(may_leave(g, one, first, at(699)) == passage::leaves);
  CHECK(may_leave(g, one, first, at(700)) == passage::closed);
  open(g, one, regranted);
  CHECK(may_leave(g, one, regranted, at(999)) == passage::leaves);
  CHECK(may_leave(g, one, regranted, at(1000)) == passage::late);
}

TEST_CASE("egress records are read back in order, and one that was cut short is not taken") {
  std::string log;
  egress_record a{one, first, at(1)}, b{two, others, at(2)};
  append(log, a);
  auto whole = log.size();
  append(log, b);
  std::string_view in = log;
  CHECK(take_egress_record(in) == a);
  CHECK(take_egress_record(in) == b);
  CHECK_FALSE(take_egress_record(in));
  for (auto size = whole; size < log.size(); ++size) {
    auto cut = std::string_view(log).substr(whole, size - whole);
    CHECK_FALSE(take_egress_record(cut));
    CHECK(cut.size() == size - whole);
  }
}

TEST_CASE("the oracle lets tokens follow each other and finds an owner that speaks after its successor") {
  owner_oracle oracle;
  CHECK(oracle.saw({one, first, at(1)}));
  CHECK(oracle.saw({one, first, at(2)}));
  CHECK(oracle.saw({one, others, at(3)}));
  CHECK(oracle.saw({two, first, at(4)}));
  CHECK_FALSE(oracle.saw({one, second, at(5)}));
}

TEST_CASE("the oracle finds an epoch that was given twice") {
  owner_oracle oracle;
  CHECK(oracle.saw({one, {1, 4, 5}, at(1)}));
  CHECK_FALSE(oracle.saw({one, {1, 4, 6}, at(2)}));
}
