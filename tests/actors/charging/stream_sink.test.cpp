// Against real Redis servers.
#include "actors/charging/stream_sink.hpp"

#include <catch2/catch.hpp>
#include <csignal>
#include <future>

#include "tests/cluster/store/redis_servers.hpp"

using namespace troupe;
using namespace troupe::store;
using namespace troupe::store::test;

namespace {

constexpr instant at{1'700'000'000'000};

charging_sink::item item(const std::string& id) {
  charging_sink::item out;
  out.record.id = id;
  return out;
}

struct table {
  stream_sink sink;
  explicit table(bench& store, std::size_t most = 1'000'000) : sink(store.all(), {0, most, milliseconds(0)}) {}

  std::pair<outcome, std::size_t> write(std::vector<charging_sink::item> what) {
    std::promise<std::pair<outcome, std::size_t>> done;
    sink.write(std::move(what), [&](outcome how, std::size_t added) { done.set_value({how, added}); });
    return done.get_future().get();
  }
};

open_options quick() {
  open_options out;
  out.redis.timeout = std::chrono::milliseconds(150);
  return out;
}

std::string length(redis_server& server) { return server.ask({"XLEN", "{troupe:g0}:cdr"}); }

std::pair<outcome, std::size_t> stored(std::size_t added) { return {outcome::stored, added}; }

} // namespace

TEST_CASE("records go to their group's stream, each with its id and its JSON") {
  redis_server server;
  bench store(server.spec());
  table t(store);
  CHECK(t.write({item("a"), item("b")}) == stored(2));
  auto found = server.ask({"XRANGE", "{troupe:g0}:cdr", "-", "+"});
  CHECK(found.find("a") != std::string::npos);
  CHECK(found.find(R"({"id":"b","type":"session")") != std::string::npos);
}

TEST_CASE("a record that is written again is there once; one that was forgotten is another") {
  redis_server server;
  bench store(server.spec());
  table t(store);
  t.write({item("a")});
  CHECK(t.write({item("a"), item("b")}) == stored(1));
  CHECK(length(server) == "2");
  t.sink.forget({"a"});
  CHECK(t.write({}) == stored(0));
  CHECK(server.ask({"ZCARD", "{troupe:g0}:cdr-ids"}) == "1");
}

TEST_CASE("of a stream that is full the oldest records go") {
  redis_server server;
  bench store(server.spec());
  table t(store, 1'000);
  for (int i = 0; i < 20; ++i) {
    std::vector<charging_sink::item> some;
    for (int j = 0; j < 200; ++j)
      some.push_back(item(std::to_string(i * 200 + j)));
    REQUIRE(t.write(std::move(some)) == stored(200));
  }
  auto left = std::stoi(length(server));
  CHECK(left >= 1'000);
  CHECK(left < 1'200);
}

TEST_CASE("a record whose acknowledgement was lost is not doubled by the one that is sent again") {
  redis_server server;
  bench store(server.spec(), 1, quick());
  table t(store);
  t.write({item("a")});
  server.send(SIGSTOP); // it takes the command, and answers nobody in time
  CHECK(t.write({item("b")}).first == outcome::failed);
  server.send(SIGCONT);
  eventually([&] { return t.write({item("b")}).first == outcome::stored; });
  CHECK(length(server) == "2");
}

TEST_CASE("a Redis that was lost with all it had gets the records that had not settled, anew") {
  redis_server server;
  bench store(server.spec(), 1, quick());
  table t(store);
  t.write({item("a")});
  server.kill();
  CHECK(t.write({item("b")}).first == outcome::failed);
  server.start();
  eventually([&] { return t.write({item("a"), item("b")}) == stored(2); });
}

TEST_CASE("who has lost a group to another owner writes nothing of it") {
  redis_server server;
  bench old(server.spec());
  table t(old);
  t.write({item("a")});
  bench next(server.spec());
  CHECK(t.write({item("b")}).first == outcome::fenced);
  table theirs(next);
  CHECK(theirs.write({item("a"), item("c")}) == stored(1));
  CHECK(length(server) == "2");
}

TEST_CASE("stores without streams take no records") {
  bench store("memory");
  table t(store);
  CHECK(t.write({item("a")}).first == outcome::failed);
}
