// What becomes of a Redis store when its servers die, hang, refuse or forget: nothing that was called stored is lost,
// nothing that was erased comes back, and what is wrong is said.
#include <catch2/catch.hpp>

#include <csignal>
#include <fstream>
#include <map>
#include <thread>

#include "cluster/store/redis_record.hpp"
#include "protocols/base/random.hpp"
#include "tests/cluster/store/redis_servers.hpp"

using namespace troupe;
using namespace troupe::store;
using namespace troupe::store::test;

namespace {

constexpr instant at{1'700'000'000'000};

open_options quick() {
  open_options out;
  out.redis.timeout = std::chrono::milliseconds(150);
  return out;
}

std::string now(bench& store) { return store.all().stats().last_failure; }

/// Until a commit ends as wanted.
void commit_until(bench& store, outcome wanted) {
  std::optional<outcome> last;
  eventually([&] {
    last.reset();
    store.part().put(call("probe"), at, "v");
    store.part().after_commit([&](outcome with) { last = with; });
    store.part().flush();
    while (!last)
      REQUIRE(store.wait());
    return last == wanted;
  });
}

void fill(bench& store, int count, const std::string& value = std::string(300, 'v')) {
  for (int i = 0; i < count; ++i)
    store.of(call(std::to_string(i))).put(call(std::to_string(i)), at, value);
}

std::size_t size(bench& store) {
  std::size_t total = 0;
  for (std::size_t i = 0; i < store.partitions(); ++i)
    total += store.part(i).size();
  return total;
}

/// Records that stand in Redis, without the fence's and a rewrite's keys.
std::size_t stored(redis_server& server, const std::string& prefix = "troupe:") {
  std::size_t total = 0;
  for (std::uint32_t i = 0; i < buckets; ++i)
    total += std::stoul(server.ask({"HLEN", group_keys(prefix, 0).data(i)}));
  return total;
}

bool rewritten(redis_server& server) {
  return server.ask({"EXISTS", "{troupe:g0}:n"}) == "0" && server.ask({"KEYS", "*}:n:*"}).empty();
}

} // namespace

TEST_CASE("a Redis that was killed and comes back empty gets every record anew, and the next opening finds them") {
  redis_server server;
  bench store(server.spec(), 3, quick());
  fill(store, 2'000);
  REQUIRE(store.settle());
  store.of(call("7")).erase(call("7"));
  REQUIRE(store.settle());
  server.kill();
  store.part().put(call("probe"), at, "while it is away");
  store.part().flush();
  server.start();
  eventually([&] {
    store.settle();
    return stored(server) == 2'000 && rewritten(server);
  });
  CHECK(server.ask({"GET", "{troupe:g0}:e"}).starts_with("2:")); // the generation
  store.reopen(2);
  CHECK(size(store) == 2'000);
  CHECK_FALSE(store.of(call("7")).find(call("7")));
}

TEST_CASE("a Redis that comes back with an old state does not raise the dead") {
  redis_server server;
  bench store(server.spec(), 1, quick());
  fill(store, 500);
  REQUIRE(store.settle());
  REQUIRE(server.ask({"SAVE"}) == "OK");
  for (int i = 0; i < 250; ++i)
    store.part().erase(call(std::to_string(i)));
  store.part().put(call("400"), at, "newer");
  REQUIRE(store.settle());
  server.kill();
  server.start();
  CHECK(stored(server) == 500);
  eventually([&] {
    store.settle();
    return stored(server) == 250 && rewritten(server);
  });
  store.reopen(1);
  CHECK(store.part().size() == 250);
  CHECK(store.part().find(call("400"))->value == "newer");
}

TEST_CASE("a Redis that hangs is noticed; what it was given late does not replace what is newer") {
  redis_server server;
  bench store(server.spec(), 1, quick());
  fill(store, 10);
  REQUIRE(store.settle());
  server.send(SIGSTOP);
  store.part().put(call("1"), at, "late");
  std::optional<outcome> last;
  store.part().after_commit([&](outcome with) { last = with; });
  store.part().flush();
  while (!last)
    REQUIRE(store.wait());
  CHECK(last == outcome::failed);
  eventually([&] { return now(store).find("did not answer within 150 ms") != std::string::npos; });
  CHECK(store.part().dirty());
  store.part().put(call("1"), at, "newest");
  store.part().erase(call("2"));
  server.send(SIGCONT);
  REQUIRE(store.settle());
  store.reopen(1);
  CHECK(store.part().find(call("1"))->value == "newest");
  CHECK_FALSE(store.part().find(call("2")));
  CHECK(store.part().size() == 9);
}

TEST_CASE("a Redis without memory left fails commits, says so, and takes them when it has some") {
  redis_server server({"maxmemory 3mb"});
  bench store(server.spec(), 1, quick());
  fill(store, 400, std::string(20'000, 'x'));
  store.part().flush();
  eventually([&] {
    store.wait(std::chrono::milliseconds(5));
    return now(store).find("raise its maxmemory") != std::string::npos;
  });
  eventually([&] { return store.all().stats().failed_commits > 0; });
  server.ask({"CONFIG", "SET", "maxmemory", "0"});
  REQUIRE(store.settle());
  store.reopen(1);
  CHECK(store.part().size() == 400);
}

TEST_CASE("a commit that takes Redis longer than a time-out is not taken for silence") {
  redis_server server;
  auto options = quick();
  options.redis.timeout = std::chrono::milliseconds(50);
  bench store(server.spec(), 1, options);
  fill(store, 40'000, std::string(1'000, 'v'));
  REQUIRE(store.settle());
  CHECK(store.all().stats().commits == 1);
  CHECK(store.all().stats().failed_commits == 0);
}

TEST_CASE("scripts that Redis has forgotten are loaded again, unseen") {
  redis_server server;
  bench store(server.spec());
  server.ask({"SCRIPT", "FLUSH"});
  commit_until(store, outcome::stored);
  CHECK(store.all().stats().failed_commits == 0);
}

TEST_CASE("a store that somebody has emptied is written anew") {
  redis_server server;
  bench store(server.spec(), 2);
  fill(store, 300);
  REQUIRE(store.settle());
  server.ask({"FLUSHALL"});
  store.of(call("0")).put(call("0"), at, "v");
  eventually([&] {
    store.settle();
    return stored(server) == 300 && rewritten(server);
  });
}

TEST_CASE("a script that blocks Redis is waited for, and named") {
  redis_server server({"lua-time-limit 5"});
  open_options patient;
  patient.redis.timeout = std::chrono::seconds(10);
  bench store(server.spec(), 1, patient);
  std::thread blocker([&] {
    redis_server::lines spin{"EVAL", "while true do end", "0"};
    server.ask(spin);
  });
  bool done = false;
  store.part().put(call("a"), at, "v");
  store.part().after_commit([&](outcome with) { done = with == outcome::stored; });
  store.part().flush();
  // It may be stored before the script begins; so more is put until Redis is busy.
  eventually([&] {
    store.part().put(call("a"), at, "v");
    store.part().flush();
    store.wait(std::chrono::milliseconds(5));
    return now(store).find("SCRIPT KILL") != std::string::npos;
  });
  redis_client(server.port()).ask({"SCRIPT", "KILL"});
  blocker.join();
  REQUIRE(store.settle());
  CHECK(done);
}

TEST_CASE("a server that becomes a replica is left; when it is a master again everything is there") {
  redis_server server, other;
  bench store(server.spec(), 1, quick());
  fill(store, 100);
  REQUIRE(store.settle());
  server.ask({"REPLICAOF", "127.0.0.1", std::to_string(other.port())});
  commit_until(store, outcome::failed);
  eventually([&] { return now(store).find("it is a replica") != std::string::npos; });
  server.ask({"REPLICAOF", "NO", "ONE"});
  commit_until(store, outcome::stored);
  REQUIRE(store.settle());
  eventually([&] {
    store.settle();
    return stored(server) == 101 && rewritten(server);
  });
}

TEST_CASE("when Sentinels put a replica in the killed master's place, it gets everything") {
  if (!have_redis())
    return;
  sentinel_set set;
  bench store(set.spec(), 2, quick());
  fill(store, 500);
  REQUIRE(store.settle());
  set.master().kill();
  store.of(call("1")).put(call("1"), at, "after");
  eventually([&] {
    store.settle();
    for (std::size_t i = 1; i < 3; ++i) {
      auto& server = *set.servers()[i];
      if (server.ask({"ROLE"}).starts_with("master") && stored(server) == 500 && rewritten(server) &&
          server.ask({"GET", "{troupe:g0}:e"}).starts_with("2:"))
        return true;
    }
    return false;
  });
  REQUIRE(store.settle());
  CHECK(store.of(call("1")).find(call("1"))->value == "after");
}

TEST_CASE("a slot that moves to another node of the cluster is followed") {
  if (!have_redis())
    return;
  cluster_set set;
  bench store(set.spec(), 1, quick());
  fill(store, 200);
  REQUIRE(store.settle());
  auto& servers = set.servers();
  group_keys keys("troupe:", 0);
  auto slot = std::to_string(keys.slot());
  CHECK(servers[0]->ask({"CLUSTER", "KEYSLOT", keys.fence()}) == slot);
  std::size_t from = keys.slot() / 5'461, to = (from + 1) % 3;
  auto id = [&](std::size_t of) { return servers[of]->ask({"CLUSTER", "MYID"}); };
  servers[to]->ask({"CLUSTER", "SETSLOT", slot, "IMPORTING", id(from)});
  servers[from]->ask({"CLUSTER", "SETSLOT", slot, "MIGRATING", id(to)});
  auto move = [&](const std::string& key) {
    servers[from]->ask({"MIGRATE", "127.0.0.1", std::to_string(servers[to]->port()), key, "0", "5000"});
  };
  move(keys.fence());
  store.part().put(call("1"), at, "while it moves");
  store.part().flush();
  for (std::uint32_t i = 0; i < buckets; ++i)
    move(keys.data(i));
  for (auto each : {to, from})
    servers[each]->ask({"CLUSTER", "SETSLOT", slot, "NODE", id(to)});
  commit_until(store, outcome::stored);
  REQUIRE(store.settle());
  eventually([&] {
    store.settle();
    return stored(*servers[to]) == 201 && rewritten(*servers[to]);
  });
  store.reopen(1);
  CHECK(store.part().size() == 201);
  CHECK(store.part().find(call("1"))->value == "while it moves");
}

TEST_CASE("any history, with Redis killed, stopped and emptied at random, leaves what a map would hold") {
  auto seed = GENERATE(range(1, 7));
  CAPTURE(seed);
  random_source random(static_cast<std::uint64_t>(seed));
  redis_server server;
  bench store(server.spec(), 1 + random.below(3), quick());
  std::map<std::string, std::string> expected;
  for (int round = 0; round < 8; ++round) {
    switch (random.below(4)) {
    case 0:
      server.kill();
      server.start();
      break;
    case 1: server.send(SIGSTOP); break;
    case 2: server.ask({"FLUSHALL"}); break;
    default: break;
    }
    for (auto steps = random.below(300); steps > 0; --steps) {
      auto id = call("key" + std::to_string(random.below(60)));
      auto& part = store.of(id);
      switch (random.below(8)) {
      case 0:
        part.erase(id);
        expected.erase(id.key);
        break;
      case 1: part.flush(); break;
      case 2: part.poll(); break;
      default:
        auto value = random.token(random.below(300));
        part.put(id, at, value);
        expected[id.key] = value;
      }
    }
    if (random.below(2) == 0)
      store.wait(std::chrono::milliseconds(random.below(250)));
    server.send(SIGCONT);
    if (random.below(2) != 0)
      continue;
    REQUIRE(store.settle());
    store.reopen(1 + random.below(3));
    REQUIRE(size(store) == expected.size());
    for (auto& [key, value] : expected) {
      auto found = store.of(call(key)).find(call(key));
      REQUIRE(found);
      CHECK(found->value == value);
    }
  }
  REQUIRE(store.settle());
}
