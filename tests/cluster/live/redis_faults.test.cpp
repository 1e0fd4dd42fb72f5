// Authorities while Redis stands still, dies, is emptied, or is another one; and the way to go in order.
#include <catch2/catch.hpp>

#include <csignal>
#include <iostream>

#include "tests/cluster/live/test_cluster.hpp"

using namespace troupe;
using namespace troupe::cluster;
using namespace troupe::cluster::test;
using store::test::redis_server;

namespace {

std::vector<token> tokens(test_cluster& nodes) {
  std::vector<token> out;
  auto owners = nodes.owners();
  for (std::size_t g = 0; g < owners.size(); ++g)
    out.push_back(owners[g] < nodes.size() ? nodes[owners[g]].token_of(static_cast<group_id>(g)) : token{});
  return out;
}

std::uint64_t least_generation(test_cluster& nodes) {
  auto least = ~std::uint64_t{0};
  for (const auto& by : tokens(nodes))
    least = std::min(least, by.generation);
  return least;
}

std::size_t taken(test_cluster& nodes) {
  std::size_t out = 0;
  for (std::size_t i = 0; i < nodes.size(); ++i)
    out += nodes[i].taken();
  return out;
}

/// The store has forgotten: who served goes on, under a newer generation, and nobody else takes anything.
/// Until balancing has ended.
void settle(test_cluster& nodes) {
  auto balanced = [&] {
    auto view = nodes[0].driven().view();
    auto proposal = propose(view.owner.map, view.owner.live);
    auto owners = nodes.owners();
    for (std::size_t g = 0; g < owners.size(); ++g)
      if (static_cast<std::size_t>(proposal[g]) != owners[g] + 1)
        return false;
    return view.owner.live.size() == nodes.size() && nodes.agree();
  };
  nodes.until(balanced);
}

} // namespace

TEST_CASE("while Redis stands still and no link carries votes everybody stops in time, and all go on after it") {
  redis_server server;
  test_cluster nodes(server.spec(), 3);
  nodes.linked = false;
  nodes.start();
  nodes.put_everywhere("before");
  auto taken_before = taken(nodes);
  server.send(SIGSTOP);
  nodes.until([&] { return nodes.nobody_serves(); }, milliseconds(800));
  nodes.holds_for(milliseconds(2200), [&] { return nodes.nobody_serves(); });
  CHECK(taken(nodes) == taken_before);
  server.send(SIGCONT);
  auto since = boot_time();
  nodes.until([&] { return nodes.served(); });
  std::cout << "[measured] Redis goes on to all served: " << (boot_time() - since).count() << " ms" << std::endl;
  nodes.until([&] { return nodes.agree(); });
  CHECK(nodes.all_have("before"));
}

TEST_CASE("while Redis stands still a majority keeps its groups by its word, and nothing moves") {
  redis_server server;
  test_cluster nodes(server.spec(), 3);
  nodes.start();
  settle(nodes);
  nodes.put_everywhere("before");
  auto before = nodes.owners();
  auto taken_before = taken(nodes);
  server.send(SIGSTOP);
  nodes.holds_for(milliseconds(2500), [&] { return nodes.served(); });
  server.send(SIGCONT);
  nodes.holds_for(milliseconds(2000), [&] { return nodes.served(); });
  CHECK(nodes.owners() == before);
  CHECK(taken(nodes) == taken_before);
}

TEST_CASE("a Redis that has lost everything is given the map again, and nobody loses a group") {
  redis_server server;
  test_cluster nodes(server.spec(), 3);
  nodes.start();
  settle(nodes);
  nodes.put_everywhere("before");
  auto before = nodes.owners();
  auto taken_before = taken(nodes);
  SECTION("it was killed, and comes back empty") {
    server.kill();
    server.start();
  }
  SECTION("somebody has emptied it") { server.ask({"FLUSHALL"}); }
  nodes.until([&] { return nodes.served() && least_generation(nodes) >= 2 && nodes.agree(); });
  CHECK(nodes.owners() == before);
  CHECK(taken(nodes) == taken_before);
  CHECK(nodes.all_have("before"));
  nodes.put_everywhere("after");
}

TEST_CASE("when Redis has lost everything and a node dies, its groups wait for the second without claims") {
  redis_server server;
  test_cluster nodes(server.spec(), 3);
  nodes.start();
  settle(nodes);
  nodes.put_everywhere("before");
  server.ask({"FLUSHALL"});
  nodes.until([&] { return nodes[0].driven().view().member.generation == 2; });
  auto raised = boot_time();
  nodes[2].kill();
  nodes.until([&] { return nodes.served({0, 1}); });
  CHECK(boot_time() - raised >= milliseconds(1000));
  CHECK(nodes.all_have("before"));
}

TEST_CASE("a node that drains hands over its groups live, with what is written meanwhile, and none is claimed") {
  redis_server server;
  test_cluster nodes(server.spec(), 3);
  nodes.start();
  settle(nodes);
  nodes.put_everywhere("before");
  auto all = nodes.owners();
  auto moves = static_cast<std::size_t>(std::count(all.begin(), all.end(), 0u));
  REQUIRE(moves > 0);
  nodes[0].driven().give(owner_event::drain{});
  std::uint32_t written = 0;
  nodes.until([&] {
    for (std::size_t g = 0; g < test_cluster::groups; ++g)
      if (auto owner = nodes.owner_of(g); owner < nodes.size() && all[g] == 0)
        written += nodes[owner].put(static_cast<group_id>(g), 8, std::to_string(written)) ? 1 : 0;
    return nodes.served({1, 2});
  });
  CHECK(nodes[1].streamed() + nodes[2].streamed() == moves);
  CHECK(written > 0);
  CHECK(nodes.all_have("before"));
  for (std::size_t g = 0; g < test_cluster::groups; ++g) {
    auto id = static_cast<group_id>(g);
    CHECK(nodes[nodes.owner_of(g)].values_of(id) ==
          nodes.in_store(troupe::simulation::op::raise_fence{id, nodes[nodes.owner_of(g)].token_of(id)}).read);
  }
}
