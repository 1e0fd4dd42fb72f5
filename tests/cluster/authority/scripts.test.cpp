// The scripts of the map and the lives against a real server: what they refuse, and how.
#include <catch2/catch.hpp>

#include "tests/cluster/authority/asking.hpp"

using namespace troupe;
using namespace troupe::cluster;
using troupe::cluster::test::asking;

TEST_CASE("a record or a map of a newer version is refused with a sentence") {
  store::test::redis_server server;
  asking redis(server.spec());
  redis.insist(store_operation::renew{node_id{1}, 7});
  SECTION("another node's life") {
    server.ask({"HSET", "{troupe:cluster}:lives", "2", "2:7:1:0:more"});
    CHECK_FALSE(redis.ask(store_operation::renew{node_id{1}, 7}));
    CHECK(redis.trouble() == "the record of node 2 is of a newer version of troupe");
  }
  SECTION("the own life") {
    server.ask({"HSET", "{troupe:cluster}:lives", "1", "2:7:1:0"});
    CHECK_FALSE(redis.ask(store_operation::renew{node_id{1}, 7}));
    CHECK(redis.trouble().find("in a format that this program does not know") != std::string::npos);
  }
  SECTION("the map") {
    server.ask({"HSET", "{troupe:cluster}:map", "format", "2"});
    CHECK_FALSE(redis.ask(store_operation::read_map{}));
    CHECK(redis.trouble().find("the map has format 2, this program knows 1") != std::string::npos);
  }
  SECTION("a damaged record") {
    server.ask({"HSET", "{troupe:cluster}:lives", "2", "1:x:1:0"});
    CHECK_FALSE(redis.ask(store_operation::renew{node_id{1}, 7}));
    CHECK(redis.trouble() == "the record of node 2 is damaged");
  }
}

TEST_CASE(
    "what was written counts when a replica has it, and waiting for one that is missing takes a tenth of a second") {
  store::test::redis_server server;
  asking redis(server.spec());
  redis.insist(store_operation::touch{});
  CHECK(redis.ask(store_operation::renew{node_id{1}, 7}, 1)->replicas == 0);
  store::test::redis_server replica({"replicaof 127.0.0.1 " + std::to_string(server.port())});
  store::test::eventually([&] { return redis.ask(store_operation::renew{node_id{1}, 7}, 1)->replicas == 1; });
  // Just after it has loaded everything a replica acknowledges nothing for up to a second.
  store::test::eventually([&] { return redis.ask(store_operation::touch{}, 1)->replicas == 1; });
}

TEST_CASE("the map and the lives stand on one node of a Redis Cluster") {
  store::test::cluster_set servers;
  asking redis(servers.spec());
  auto run = redis.insist(store_operation::renew{node_id{1}, 7}).run;
  REQUIRE(redis.ask(store_operation::raise_generation{run, 0})->generation == 1);
  auto map = make_map({{node_id{1}}}, 2);
  map.version = 1;
  CHECK(redis.ask(store_operation::change_map{1, 1, encode(map), {{node_id{1}, 7, 1, false}}})->map_version == 1);
  CHECK(decode_map(redis.ask(store_operation::read_map{})->map) == map);
}

TEST_CASE("the rights that the documents list are enough for the authority") {
  store::test::redis_server server(
      {"user default off", "user root on >root ~* +@all",
       "user troupe on >pass ~{troupe:* -@all +evalsha +script|load +info +select +cluster|slots +hscan +get +set +hset"
       " +hdel +pttl +pexpire +unlink +del +exists +rename +eval +wait +hget +hmget +hgetall +hincrby"});
  asking redis("redis://troupe:pass@" + server.host());
  auto run = redis.insist(store_operation::renew{node_id{1}, 7}).run;
  CHECK(redis.ask(store_operation::raise_generation{run, 0}));
  CHECK(redis.ask(store_operation::mark_dead{node_id{1}, 7}));
  CHECK(redis.ask(store_operation::change_map{1, 1, encode(make_map({}, 1)), {}}));
  CHECK(redis.ask(store_operation::read_map{}));
  CHECK(redis.ask(store_operation::touch{}, 1));
}
