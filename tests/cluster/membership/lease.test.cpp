#include <catch2/catch.hpp>

#include "cluster/membership/lease.hpp"

using namespace troupe;
using namespace troupe::cluster;

namespace {

const lease_policy policy;
const node_id b{2}, c{3}, d{4};

instant at(std::int64_t ms) { return {100'000 + ms}; }

} // namespace

TEST_CASE("a lease counts from when the renewal was sent, not from its answer") {
  lease own;
  auto number = renew(own, at(0), policy);
  CHECK_FALSE(deadline_of(own, 3, policy));
  confirm_by_store(own, *sent_at(own, number));
  CHECK(deadline_of(own, 3, policy) == at(700));
}

TEST_CASE("a renewal that was confirmed late does not shorten the lease") {
  lease own;
  auto first = renew(own, at(0), policy), second = renew(own, at(200), policy);
  confirm_by_store(own, *sent_at(own, second));
  confirm_by_store(own, *sent_at(own, first));
  CHECK(deadline_of(own, 3, policy) == at(900));
}

TEST_CASE("answers to renewals older than the time to serve count no more") {
  lease own;
  auto first = renew(own, at(0), policy);
  renew(own, at(700), policy);
  CHECK_FALSE(sent_at(own, first));
  CHECK_FALSE(sent_at(own, 99));
}

TEST_CASE("the view's majority carries a lease; the node itself is one of it") {
  lease own;
  confirm_by_peer(own, b, at(100));
  CHECK(deadline_of(own, 3, policy) == at(800));
  CHECK_FALSE(deadline_of(own, 5, policy));
  confirm_by_peer(own, c, at(300));
  CHECK(deadline_of(own, 3, policy) == at(1000)); // the newest promise of one peer is enough
  CHECK(deadline_of(own, 5, policy) == at(800));  // two are needed: the older of them counts
  confirm_by_peer(own, d, at(200));
  CHECK(deadline_of(own, 5, policy) == at(900));
  confirm_by_peer(own, c, at(50));
  CHECK(deadline_of(own, 5, policy) == at(900)); // an old promise takes nothing away
}

TEST_CASE("of two members neither can carry the other's lease") {
  lease own;
  confirm_by_peer(own, b, at(100));
  CHECK_FALSE(deadline_of(own, 2, policy));
}

TEST_CASE("the later of the store's and the majority's word counts") {
  lease own;
  confirm_by_store(own, at(0));
  confirm_by_peer(own, b, at(400));
  CHECK(deadline_of(own, 3, policy) == at(1100));
  confirm_by_store(own, at(600));
  CHECK(deadline_of(own, 3, policy) == at(1300));
}

TEST_CASE("the store is away when it has confirmed nothing for 400 ms") {
  lease own;
  CHECK(store_away(own, at(0), policy));
  confirm_by_store(own, at(0));
  CHECK_FALSE(store_away(own, at(400), policy));
  CHECK(store_away(own, at(401), policy));
}
