// Authorities over a master with replicas behind Sentinels, and over the store's own fences: what survives a fail-over.
#include <catch2/catch.hpp>

#include <iostream>

#include "tests/cluster/live/test_cluster.hpp"

using namespace troupe;
using namespace troupe::cluster;
using namespace troupe::cluster::test;

TEST_CASE(
    "when the master dies the majority serves on by its word, until a replica in its place has a newer generation") {
  store::test::sentinel_set servers;
  test_cluster nodes(servers.spec(), 3, 1);
  nodes.start();
  nodes.put_everywhere("before");
  nodes.holds_for(milliseconds(1500), [&] { return true; }); // replicas have all, balancing is over
  nodes.until([&] { return nodes.served(); });
  auto generation = nodes[0].driven().view().member.generation;
  std::size_t unserved = 0, polls = 0;
  servers.master().kill();
  auto killed = boot_time();
  nodes.until([&] {
    ++polls;
    unserved += nodes.served() ? 0 : 1;
    auto seen = nodes[0].driven().view();
    return seen.member.generation > generation && nodes.served() && nodes.agree();
  });
  std::cout << "[measured] master killed to a newer generation: " << (boot_time() - killed).count() << " ms; "
            << unserved << " of " << polls << " looks found a group unserved" << std::endl;
  for (std::size_t i = 0; i < nodes.size(); ++i)
    CHECK(nodes[i].endings().empty());
  nodes.put_everywhere("after");
  CHECK(nodes.all_have("after"));
}
