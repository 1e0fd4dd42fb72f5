#include <catch2/catch.hpp>

#include <algorithm>
#include <map>

#include "cluster/ownership/map.hpp"

using namespace troupe::cluster;

namespace {

node_id n(unsigned number) { return static_cast<node_id>(number); }

cluster_map map_of(unsigned nodes, std::size_t groups) {
  std::vector<map_member> members;
  for (unsigned i = 1; i <= nodes; ++i)
    members.push_back({n(i), 1, false});
  return make_map(members, groups);
}

std::vector<node_id> up_to(unsigned nodes) {
  std::vector<node_id> out;
  for (unsigned i = 1; i <= nodes; ++i)
    out.push_back(n(i));
  return out;
}

std::map<node_id, std::size_t> shares(const std::vector<node_id>& proposal) {
  std::map<node_id, std::size_t> out;
  for (auto node : proposal)
    ++out[node];
  return out;
}

} // namespace

TEST_CASE("every slot belongs to one group, by its number modulo the groups") {
  CHECK(group_of(0, 6) == group_id{0});
  CHECK(group_of(1023, 6) == group_id{3});
  CHECK(group_of(1024 + 7, 6) == group_id{1});
}

TEST_CASE("no node is proposed more than a quarter above its share") {
  auto nodes = GENERATE(1u, 2u, 3u, 5u, 16u);
  auto groups = GENERATE(std::size_t{8}, std::size_t{48}, std::size_t{256});
  auto map = map_of(nodes, groups);
  for (const auto& [node, count] : shares(propose(map, up_to(nodes)))) {
    CHECK(node != node_id::none);
    CHECK(static_cast<double>(count) < 1.25 * static_cast<double>(groups) / nodes + 1);
  }
}

TEST_CASE("where there are few groups each node has its share of them") {
  for (std::size_t each : {1u, 2u, 3u})
    for (const auto& [node, count] : shares(propose(map_of(3, 3 * each), up_to(3))))
      CHECK(count == each);
}

TEST_CASE("weights shift the shares") {
  auto map = map_of(3, 300);
  map.members[0].weight = 4;
  auto share = shares(propose(map, up_to(3)));
  CHECK(share[n(1)] > 2 * share[n(2)]);
  CHECK(share[n(1)] > 2 * share[n(3)]);
  map.members[0].weight = 0;
  CHECK(shares(propose(map, up_to(3)))[n(1)] == 0);
}

TEST_CASE("a node that leaves moves hardly more than its own groups") {
  auto map = map_of(5, 100);
  auto before = propose(map, up_to(5)), after = propose(map, up_to(4));
  std::size_t own = 0, moved = 0;
  for (std::size_t g = 0; g < before.size(); ++g) {
    own += before[g] == n(5);
    moved += before[g] != after[g];
  }
  CHECK(moved <= own + 15);
}

TEST_CASE("draining and absent nodes are proposed nothing; with nobody left nobody is proposed") {
  auto map = map_of(3, 30);
  map.members[1].draining = true;
  CHECK(shares(propose(map, up_to(3)))[n(2)] == 0);
  CHECK(shares(propose(map, {n(3)})) == std::map<node_id, std::size_t>{{n(3), 30}});
  CHECK(shares(propose(map, {n(2)})) == std::map<node_id, std::size_t>{{node_id::none, 30}});
}

TEST_CASE("the map is read back, a later version's fields and all, and damage never crashes") {
  auto map = map_of(2, 3);
  map.version = 300;
  map.members[1].draining = true;
  map.groups[1] = {n(2), {1, 200, 70'000}};
  map.unknown = "later";
  CHECK(decode_map(encode(map)) == map);
  map.unknown.clear();
  auto octets = encode(map);
  for (std::size_t i = 0; i < octets.size(); ++i) {
    CHECK_FALSE(decode_map(std::string_view(octets).substr(0, i)));
    auto turned = octets;
    turned[i] = static_cast<char>(turned[i] ^ 0xff);
    if (auto read = decode_map(turned))
      CHECK(decode_map(encode(*read)) == read);
  }
}
