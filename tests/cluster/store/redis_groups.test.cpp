// Groups over Redis: who may write, taking and giving up, and what opening asks of a server.
#include <catch2/catch.hpp>

#include <atomic>
#include <fstream>

#include "cluster/store/redis_record.hpp"
#include "protocols/base/text.hpp"
#include "tests/cluster/store/redis_servers.hpp"

using namespace troupe;
using namespace troupe::store;
using namespace troupe::store::test;

namespace {

constexpr instant at{1'700'000'000'000};

/// Keys begin with their group's digit.
open_options grouped(std::vector<group_number> held) {
  open_options out;
  out.group_of = [](entity_view id) { return id.key.empty() ? 0u : static_cast<group_number>(id.key.front() - '0'); };
  out.groups = std::move(held);
  return out;
}

/// take(), renew() or give_up(), waited for while the partitions are polled.
result<void> take(bench& store, group_number group, const token& as, bool renewed = false) {
  std::atomic<bool> done = false;
  result<void> how;
  auto heard = [&](const taking& got) {
    how = got.fault.empty() ? result<void>{} : fail(got.fault);
    done = true;
  };
  if (renewed)
    store.all().renew(group, as, heard);
  else
    store.all().take(group, as, heard);
  eventually([&] {
    store.wait(std::chrono::milliseconds(1));
    store.part().flush();
    return done.load();
  });
  return how;
}
result<void> renew(bench& store, group_number group, const token& as) { return take(store, group, as, true); }

void give_up(bench& store, group_number group) {
  std::atomic<bool> done = false;
  store.all().give_up(group, [&] { done = true; });
  eventually([&] {
    store.wait(std::chrono::milliseconds(1));
    return done.load();
  });
}

outcome commit(bench& store) {
  std::optional<outcome> how;
  store.part().after_commit([&](outcome with) { how = with; });
  store.part().flush();
  while (!how)
    REQUIRE(store.wait());
  return *how;
}

std::string refused(const redis_server& server, const std::string& user = "") {
  open_options options;
  options.spec = "redis://" + user + server.host();
  options.redis.timeout = std::chrono::milliseconds(100);
  options.redis.open_timeout = std::chrono::milliseconds(300);
  return refusal(options);
}

} // namespace

TEST_CASE("of two owners of a group the older writes nothing any more, and is told once") {
  redis_server server;
  std::atomic<int> told = 0;
  open_options watching;
  watching.on_fenced = [&](group_number group, const token& fence) {
    CHECK(fence.epoch == 2);
    CHECK(group == 0);
    ++told;
  };
  bench older(server.spec(), 1, watching);
  older.part().put(call("a"), at, "older");
  REQUIRE(commit(older) == outcome::stored);
  bench newer(server.spec());
  CHECK(newer.part().find(call("a"))->value == "older");
  newer.part().put(call("a"), at, "newer");
  REQUIRE(commit(newer) == outcome::stored);
  older.part().put(call("a"), at, "too late");
  older.part().put(call("b"), at, "too late");
  CHECK(commit(older) == outcome::fenced);
  CHECK_FALSE(older.part().dirty());
  older.part().put(call("c"), at, "too late");
  CHECK(commit(older) == outcome::fenced);
  CHECK(told == 1);
  CHECK(take(older, 0, {1, 99, 1}).error().what.find("still to be given up") != std::string::npos);
  give_up(older, 0);
  CHECK(older.part().size() == 0);
  CHECK(older.all().stats().last_failure.find("has another owner") != std::string::npos);
  newer.reopen(1);
  CHECK(newer.part().find(call("a"))->value == "newer");
  CHECK(newer.part().size() == 1);
}

TEST_CASE("an owner that is fenced while Redis restarts does not write its old state over the new owner's") {
  redis_server server;
  auto quick = open_options{};
  quick.redis.timeout = std::chrono::milliseconds(150);
  bench older(server.spec(), 1, quick);
  older.part().put(call("a"), at, "older");
  REQUIRE(commit(older) == outcome::stored);
  bench newer(server.spec());
  newer.part().put(call("a"), at, "newer");
  REQUIRE(commit(newer) == outcome::stored);
  server.ask({"CLIENT", "KILL", "TYPE", "normal"});
  older.part().put(call("a"), at, "too late");
  CHECK(commit(older) == outcome::fenced);
  newer.part().put(call("b"), at, "on");
  CHECK(commit(newer) == outcome::stored);
}

TEST_CASE("groups are taken and given up one by one, while others are served") {
  redis_server server;
  bench a(server.spec(), 3, grouped({1, 2}));
  bench b(server.spec(), 2, grouped({3}));
  for (auto id : {"1x", "1y", "2x"})
    a.of(call(id)).put(call(id), at, std::string("of a ") + id);
  REQUIRE(a.settle());
  a.of(call("1x")).put(call("1x"), at, "the last"); // dirty when it is given up
  give_up(a, 1);
  CHECK_FALSE(a.of(call("1x")).find(call("1x")));
  CHECK(a.of(call("2x")).find(call("2x")));
  REQUIRE(take(b, 1, {1, 7, 2}));
  CHECK(b.of(call("1x")).find(call("1x"))->value == "the last");
  CHECK(b.of(call("1y")).find(call("1y"))->value == "of a 1y");
  CHECK(b.of(call("1x")).find(call("1x"))->version == 2);
  CHECK_FALSE(b.of(call("2x")).find(call("2x")));
  CHECK(server.ask({"GET", "{troupe:g1}:e"}).starts_with("1:7:2:"));
  b.of(call("1x")).put(call("1x"), at, "of b");
  b.of(call("3x")).put(call("3x"), at, "of b");
  a.of(call("2x")).put(call("2x"), at, "still of a");
  REQUIRE(b.settle());
  REQUIRE(a.settle());
  CHECK(take(a, 1, {1, 6, 1}).error().what.find("has another owner: its fence is 1:7:2") != std::string::npos);
  CHECK(take(a, 2, {1, 9, 1}).error().what.find("is held already") != std::string::npos);
  give_up(a, 1);
  REQUIRE(take(a, 1, {1, 8, 1}));
  CHECK(a.of(call("1x")).find(call("1x"))->value == "of b");
}

TEST_CASE("a group that the map granted keeps its token on a server that has lost it, and is renewed under the map's") {
  redis_server server;
  bench a(server.spec(), 1, grouped({}));
  REQUIRE(take(a, 1, {1, 7, 5}));
  a.part().put(call("1x"), at, "kept");
  REQUIRE(a.settle());
  auto fence = [&] { return server.ask({"GET", "{" + a.options().redis.prefix + "g1}:e"}); };
  SECTION("emptied") { server.ask({"FLUSHALL"}); }
  SECTION("another process") {
    server.kill();
    server.start();
  }
  a.part().put(call("1y"), at, "written after it");
  REQUIRE(a.settle());
  CHECK(fence().starts_with("1:7:5:"));
  REQUIRE(renew(a, 1, {2, 8, 5}));
  CHECK(fence().starts_with("2:8:5:"));
  a.part().put(call("1z"), at, "and after that");
  REQUIRE(a.settle());
  bench b(server.spec(), 1, grouped({}));
  REQUIRE(take(b, 1, {2, 9, 6}));
  CHECK(b.part().size() == 3);
  CHECK(b.part().find(call("1x"))->value == "kept");
  CHECK(renew(a, 1, {2, 9, 5}).error().what.find("its fence is 2:9:6") != std::string::npos);
  CHECK(renew(a, 1, {2, 10, 5}).error().what.find("was lost") != std::string::npos);
  CHECK(renew(a, 3, {2, 1, 5}).error().what.find("is not held") != std::string::npos);
}

TEST_CASE("what is put into a group that is not held is fenced, and the groups beside it are stored") {
  redis_server server;
  bench store(server.spec(), 1, grouped({1}));
  store.part().put(call("1x"), at, "held");
  store.part().put(call("2x"), at, "not held");
  CHECK(commit(store) == outcome::fenced);
  CHECK_FALSE(store.part().dirty());
  CHECK(server.ask({"KEYS", "{troupe:g2}*"}).empty());
  store.reopen(1);
  CHECK(store.part().find(call("1x")));
}

TEST_CASE("every key has an end, and it is beyond the deadline of each record") {
  redis_server server;
  bench store(server.spec());
  auto far =
      instant{std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count()} +
      std::chrono::hours(24 * 30);
  store.part().put(call("short"), at, "v");
  store.part().put(call("long"), far, "v");
  REQUIRE(commit(store) == outcome::stored);
  store.part().quarantine(call("short"), "poison");
  store.part().put({kind::index, "other"}, at, "v");
  REQUIRE(commit(store) == outcome::stored);
  auto life = [&](const std::string& key) { return std::stoll(server.ask({"PTTL", key})) / 3'600'000; };
  group_keys keys("troupe:", 0);
  auto lives = [&](const std::string& key, int days) { return life(key) == 24 * days || life(key) == 24 * days - 1; };
  CHECK(lives(keys.data(bucket_of(call("long"))), 37));
  CHECK(lives(keys.data(bucket_of({kind::index, "other"})), 7));
  CHECK(lives(keys.fence(), 28));
  CHECK(lives(keys.quarantine(), 7));
}

TEST_CASE("what is held does not run out, and what nobody holds does") {
  redis_server server;
  open_options brief;
  brief.redis.keep = std::chrono::seconds(1);
  bench store(server.spec(), 1, brief);
  store.part().put(call("a"), at, "v");
  REQUIRE(commit(store) == outcome::stored);
  auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(1'500);
  eventually([&] { return std::chrono::steady_clock::now() > until; });
  CHECK(server.ask({"DBSIZE"}) == "2");
  store.close();
  eventually([&] { return server.ask({"DBSIZE"}) == "1"; }); // the fence outlives what it guards
}

TEST_CASE("no octet of key material stands in Redis in clear; without its key the store is not opened") {
  redis_server server;
  temporary_folder folder;
  std::ofstream(folder.file("old")) << std::string(64, 'a') << '\n';
  std::ofstream(folder.file("both")) << std::string(64, 'b') << '\n' << std::string(64, 'a') << '\n';
  std::ofstream(folder.file("other")) << std::string(64, 'c') << '\n';
  open_options sealed;
  sealed.redis.key_file = folder.file("old");
  entity_id alice{kind::authentication, "alice@ims.example"};
  std::string secret = "CK-0123456789abcdef";
  bench store(server.spec(), 1, sealed);
  store.part().put(alice, at, secret);
  store.part().put(call("a"), at, "in clear");
  REQUIRE(commit(store) == outcome::stored);
  store.close();
  group_keys keys("troupe:", 0);
  auto there = server.ask({"HGETALL", keys.data(bucket_of(alice))});
  CHECK(there.find("alice") != std::string::npos);
  for (std::size_t i = 0; i + 6 < secret.size(); ++i)
    CHECK(there.find(secret.substr(i, 6)) == std::string::npos);
  auto opens_with = [&](const std::string& file) {
    open_options options;
    options.spec = server.spec();
    options.redis.key_file = file.empty() ? "" : folder.file(file);
    return refusal(options);
  };
  CHECK(opens_with("other").find("add the old key") != std::string::npos);
  CHECK(opens_with("").find("add the old key") != std::string::npos);
  sealed.redis.key_file = folder.file("both");
  bench rotated(server.spec(), 1, sealed);
  CHECK(rotated.part().find(alice)->value == secret);
}

TEST_CASE("a record that is damaged in Redis is set aside, and the others are served") {
  redis_server server;
  bench store(server.spec());
  store.part().put(call("a"), at, "good");
  store.part().put(call("b"), at, "good");
  REQUIRE(commit(store) == outcome::stored);
  store.close();
  group_keys keys("troupe:", 0);
  server.ask({"HSET", keys.data(bucket_of(call("b"))), packed(call("b")), "rubbish"});
  store.reopen(1);
  CHECK(store.part().size() == 1);
  CHECK(store.all().stats().quarantined == 1);
  REQUIRE(store.all().notes().size() == 1);
  CHECK(store.all().notes().front().find("{troupe:g0}:q") != std::string::npos);
  eventually([&] { return server.ask({"HVALS", keys.quarantine()}) == "rubbish\n"; });
  store.reopen(1);
  CHECK(store.all().notes().empty());
}

TEST_CASE("a server that is not fit is refused with what to set") {
  redis_server locked({"requirepass right", "user alice on >hers ~* -@all +ping"}),
      evicting({"maxmemory-policy allkeys-lru"});
  CHECK(refused(locked).find("it wants a password: set it in the spec or in cluster.redis_password_file") !=
        std::string::npos);
  CHECK(refused(locked, ":wrong@").find("it does not take this user and password") != std::string::npos);
  CHECK(refused(locked, "alice:hers@").find("its ACL does not let us") != std::string::npos);
  CHECK(refused(locked, ":right@").empty());
  CHECK(refused(evicting).find("set its maxmemory-policy to noeviction, not allkeys-lru") != std::string::npos);
  locked.kill();
  auto why = refused(locked);
  CHECK(why.find("was not ready within 300 ms; the latest: Redis at " + locked.host() + ": Connection refused") !=
        std::string::npos);
}

TEST_CASE("the rights that the documents list are enough") {
  redis_server server(
      {"user default off", "user root on >root ~* +@all",
       "user troupe on >pass ~{troupe:* -@all +evalsha +script|load +info +select +cluster|slots +hscan +get"
       " +set +hset +hdel +pttl +pexpire +unlink +del +exists +rename"});
  redis_client root(server.port());
  REQUIRE(root.ask({"AUTH", "root", "root"}) == "OK");
  bench store("redis://troupe:pass@" + server.host(), 1);
  store.part().put(call("a"), at, "v");
  store.part().put(call("b"), at, "v");
  store.part().erase(call("b"));
  REQUIRE(commit(store) == outcome::stored);
  root.ask({"FLUSHALL"});
  store.part().put(call("c"), at, "v");
  REQUIRE(commit(store) == outcome::stored);
  eventually([&] {
    store.settle();
    return root.ask({"EXISTS", "{troupe:g0}:n"}) == "0" && root.ask({"DBSIZE"}) == "3";
  });
  store.reopen(1);
  CHECK(store.part().size() == 2);
}

TEST_CASE("over TLS the server must be the one that its certificate names") {
  temporary_folder folder;
  auto path = [&](const char* name) { return folder.file(name); };
  auto make = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=redis"
              " -addext subjectAltName=IP:127.0.0.1 -keyout " +
              path("key") + " -out " + path("cert") + " 2>/dev/null";
  REQUIRE(std::system(make.c_str()) == 0);
  redis_server plain;
  auto port = plain.port();
  plain.kill(); // its port is free now
  redis_server server({"tls-port " + std::to_string(port), "tls-cert-file " + path("cert"),
                       "tls-key-file " + path("key"), "tls-ca-cert-file " + path("cert")});
  open_options options;
  options.redis.ca = options.redis.certificate = path("cert");
  options.redis.private_key = path("key");
  bench store("rediss://127.0.0.1:" + std::to_string(port), 1, options);
  for (int i = 0; i < 500; ++i)
    store.part().put(call(std::to_string(i)), at, std::string(5'000, 'v'));
  REQUIRE(commit(store) == outcome::stored);
  store.reopen(1);
  CHECK(store.part().size() == 500);
  store.close();
  auto with = [&](const std::string& host, const std::string& ca) {
    open_options other = options;
    other.spec = "rediss://" + host + ':' + std::to_string(port);
    other.redis.ca = ca;
    other.redis.open_timeout = std::chrono::milliseconds(300);
    return refusal(other);
  };
  CHECK(with("127.0.0.1", "").find("TLS: self-signed certificate") != std::string::npos);
  CHECK(with("localhost", path("cert")).find("TLS: hostname mismatch") != std::string::npos);
  CHECK(with("127.0.0.1", path("none")).find("cannot be used for TLS") != std::string::npos);
}

TEST_CASE("Sentinels' master without replicas is refused, unless that is wanted") {
  redis_server lone, guarded({"min-replicas-to-write 1"});
  auto watched = [](const redis_server& master) {
    return redis_server::lines{"sentinel monitor ours 127.0.0.1 " + std::to_string(master.port()) + " 1"};
  };
  redis_server of_lone(watched(lone), true), of_guarded(watched(guarded), true);
  open_options options;
  options.redis.open_timeout = std::chrono::milliseconds(300);
  auto with = [&](const redis_server& sentinel, const char* name) {
    options.spec = "redis-sentinel://" + sentinel.host() + '/' + name;
    return refusal(options);
  };
  CHECK(with(of_lone, "ours").find("set its min-replicas-to-write to 1 or more") != std::string::npos);
  CHECK(with(of_guarded, "ours").find("it has 0 replicas of 2: start more") != std::string::npos);
  CHECK(with(of_lone, "theirs").find("no Sentinel tells the master of \"theirs\"") != std::string::npos);
  options.redis.replicas = 0;
  CHECK(with(of_lone, "ours").empty());
}
