// Authorities over a real Redis: who serves what when a node dies, pauses, is doubled, or goes in order.
#include <catch2/catch.hpp>

#include <csignal>
#include <iostream>

#include "tests/cluster/authority/asking.hpp"
#include "tests/cluster/live/test_cluster.hpp"

using namespace troupe;
using namespace troupe::cluster;
using namespace troupe::cluster::test;
using store::test::redis_server;

namespace {

void print(const char* what, milliseconds took) {
  std::cout << "[measured] " << what << ": " << took.count() << " ms" << std::endl;
}

} // namespace

TEST_CASE("three nodes agree on one map, in which each has its share") {
  redis_server server;
  test_cluster nodes(server.spec(), 3);
  nodes.start();
  nodes.until([&] {
    auto all = nodes.owners();
    return std::set(all.begin(), all.end()) == std::set<std::size_t>{0, 1, 2} && nodes.agree();
  });
  CHECK(nodes[0].driven().route(group_id{0}, 0).what != direction::kind::not_owner);
}

TEST_CASE("the groups of a node that dies without a word are claimed after its second") {
  redis_server server;
  test_cluster nodes(server.spec(), 3);
  nodes.start();
  nodes.put_everywhere("before");
  auto killed = boot_time();
  nodes[2].kill();
  nodes.until([&] { return nodes.served({0, 1}); });
  auto took = boot_time() - killed;
  print("killed to claimed", took);
  CHECK(took >= milliseconds(700));
  CHECK(took < milliseconds(1700)); // 1.3 s on an idle machine
  CHECK(nodes.all_have("before"));
}

TEST_CASE("the groups of a node whose parent process tells of its end are claimed at once") {
  redis_server server;
  asking parent(server.spec());
  test_cluster nodes(server.spec(), 3);
  nodes.start();
  nodes.put_everywhere("before");
  auto life = nodes[2].driven().view().member.life;
  SECTION("in the store alone") { nodes.linked = false; }
  SECTION("over links as well") {}
  auto killed = boot_time();
  nodes[2].kill();
  parent.insist(store_operation::mark_dead{node_id{3}, life});
  if (nodes.linked)
    for (auto to : {0u, 1u})
      nodes[to].hear(member_event::heard{node_id{3}, {member_message::kind::dead, node_id{3}, life, 0, {}}});
  nodes.until([&] { return nodes.served({0, 1}); });
  auto took = boot_time() - killed;
  print(nodes.linked ? "marked dead, with links, to claimed" : "marked dead in the store to claimed", took);
  CHECK(took < milliseconds(500)); // 0.3 s on an idle machine
  CHECK(nodes.all_have("before"));
}

TEST_CASE("a node that was paused beyond its deadline begins another life, and gets its share again") {
  redis_server server;
  test_cluster nodes(server.spec(), 3);
  nodes.start();
  nodes.put_everywhere("before");
  auto life = nodes[1].driven().view().member.life;
  std::promise<void> go_on;
  nodes[1].pause(go_on.get_future());
  nodes.until([&] { return nodes.served({0, 2}); });
  go_on.set_value();
  nodes.until([&] { return nodes[1].taken() > 0 && !nodes[1].endings().empty() && nodes.served(); });
  CHECK(nodes[1].endings().front() == std::pair(life, life_end::late));
  CHECK(nodes[1].driven().view().member.life > life);
  nodes.until([&] {
    auto all = nodes.owners();
    return std::count(all.begin(), all.end(), 1u) > 0;
  });
  CHECK(nodes.all_have("before"));
}

TEST_CASE("of two processes of one node the newer replaces the older, which does not come back") {
  redis_server server;
  test_cluster nodes(server.spec(), 3);
  nodes.start();
  test_node again(nodes, node_id{2});
  again.start();
  nodes.until([&] { return !nodes[1].endings().empty(); });
  CHECK(nodes[1].endings().front().second == life_end::replaced);
  store::test::eventually([&] { return again.taken() > 0; });
  CHECK(nodes[1].endings().size() == 1);
  CHECK(again.endings().empty());
  again.kill();
}

TEST_CASE("a node one of whose shards stands still does not renew, and ends its life") {
  redis_server server;
  test_cluster nodes(server.spec(), 1);
  nodes.shards = 2;
  nodes[0].start();
  store::test::eventually([&] {
    nodes[0].driven().shard_ticks(0);
    nodes[0].driven().shard_ticks(1);
    return nodes[0].driven().view().member.at == membership::phase::serving;
  });
  store::test::eventually([&] {
    nodes[0].driven().shard_ticks(0);
    return !nodes[0].endings().empty();
  });
  CHECK(nodes[0].endings().front().second == life_end::late);
  CHECK(nodes[0].driven().view().member.at == membership::phase::joining);
}
