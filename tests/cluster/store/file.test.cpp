// What a file promises beyond the conformance suite: that it is there after a restart, whose file it is, and what
// becomes of damage.
#include <catch2/catch.hpp>

#include <array>
#include <atomic>
#include <fstream>
#include <map>
#include <sqlite3.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "tests/cluster/store/support.hpp"

using namespace troupe;
using namespace troupe::store;
using namespace troupe::store::test;

namespace {

constexpr instant at{1'700'000'000'000};

/// What any program could do to the file while the store does not hold it.
void sql(const std::string& path, const char* statements) {
  sqlite3* handle = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &handle) == SQLITE_OK);
  char* message = nullptr;
  auto code = sqlite3_exec(handle, statements, nullptr, nullptr, &message);
  INFO((message == nullptr ? "" : message));
  CHECK(code == SQLITE_OK);
  sqlite3_free(message);
  sqlite3_close(handle);
}

std::int64_t ask(const std::string& path, const char* question) {
  sqlite3* handle = nullptr;
  sqlite3_stmt* statement = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &handle) == SQLITE_OK);
  REQUIRE(sqlite3_prepare_v2(handle, question, -1, &statement, nullptr) == SQLITE_OK);
  REQUIRE(sqlite3_step(statement) == SQLITE_ROW);
  auto answer = sqlite3_column_int64(statement, 0);
  sqlite3_finalize(statement);
  sqlite3_close(handle);
  return answer;
}

void fill(bench& store, int count) {
  for (int i = 0; i < count; ++i) {
    auto id = call("key" + std::to_string(i));
    store.of(id).put(id, at + seconds(i), std::string(700, static_cast<char>('a' + i % 26)));
  }
  REQUIRE(store.settle());
}

std::size_t size(bench& store) {
  std::size_t total = 0;
  for (std::size_t i = 0; i < store.partitions(); ++i)
    total += store.part(i).size();
  return total;
}

} // namespace

TEST_CASE("a restart finds what was stored, with versions and deadlines, for any number of shards") {
  bench store("file", 3);
  fill(store, 100);
  store.of(call("key7")).put(call("key7"), at, "newer");
  store.of(call("key8")).erase(call("key8"));
  REQUIRE(store.settle());
  for (std::size_t shards : {1, 2, 5}) {
    store.reopen(shards);
    CHECK(size(store) == 99);
    CHECK(store.all().stats().recovered == 99);
    CHECK(store.all().notes().empty());
    CHECK(store.of(call("key7")).find(call("key7"))->value == "newer");
    CHECK(store.of(call("key7")).find(call("key7"))->version == 2);
    CHECK(store.of(call("key9")).find(call("key9"))->deadline == at + seconds(9));
    CHECK_FALSE(store.of(call("key8")).find(call("key8")));
  }
}

TEST_CASE("closing in order stores what is still dirty") {
  bench store("file", 2);
  store.of(call("a")).put(call("a"), at, "never flushed");
  store.of(call("b")).put(call("b"), at, "under way");
  store.of(call("b")).flush();
  store.reopen(2);
  CHECK(store.of(call("a")).find(call("a"))->value == "never flushed");
  CHECK(store.of(call("b")).find(call("b"))->value == "under way");
}

TEST_CASE("puts of one key between two flushes are written once") {
  bench store("file");
  for (int i = 0; i < 1'000; ++i)
    store.part().put(call("a"), at, std::to_string(i));
  CHECK(store.part().backlog() == 1 + 3);
  REQUIRE(store.settle());
  CHECK(store.all().stats().records == 1);
  CHECK(store.all().stats().commits == 1);
  CHECK(store.part().find(call("a"))->version == 1'000);
}

TEST_CASE("flushes during a commit become one that follows it") {
  bench store("file");
  int ran = 0;
  for (int i = 0; i < 200; ++i) {
    store.part().put(call(std::to_string(i)), at, "v");
    store.part().after_commit([&](outcome with) { ran += with == outcome::stored ? 1 : 0; });
    store.part().flush();
  }
  CHECK(ran == 0); // nothing runs outside poll()
  REQUIRE(store.settle());
  CHECK(ran == 200);
  CHECK(store.all().stats().commits <= 3);
}

TEST_CASE("a second process is told that the file is in use") {
  bench store("file");
  fill(store, 3);
  auto child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    auto why = refusal("file:" + store.path());
    _exit(why.find("is in use by another process") != std::string::npos ? 0 : 1);
  }
  int status = -1;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(status == 0);
  CHECK(refusal("file:" + store.path()) == "store " + store.path() + " is in use by another process");
  store.close();
  CHECK(refusal("file:" + store.path()).empty());
}

TEST_CASE("what is not a store is left alone") {
  temporary_folder folder;
  auto text = folder.file("notes.txt"), other = folder.file("other.sqlite");
  std::ofstream(text) << std::string(5'000, 'n');
  CHECK(refusal("file:" + text) == "store " + text + " is not a store: not even an SQLite file");
  CHECK(std::filesystem::file_size(text) == 5'000);
  sql(other, "CREATE TABLE album (title TEXT); INSERT INTO album VALUES ('Abbey Road')");
  CHECK(refusal("file:" + other) == "store " + other + " is not a store, but another program's SQLite file");
  CHECK(ask(other, "SELECT count(*) FROM sqlite_schema") == 1);
  CHECK(refusal("file:" + folder.path()).find("cannot be opened") != std::string::npos);
  CHECK(refusal("file:/proc/no/such/place").find("cannot be opened") != std::string::npos);
  for (std::string spec : {"file:", "tape:x"})
    CHECK(refusal(spec) == "store \"" + spec +
                               "\" is neither \"memory\" nor \"file:PATH\" nor redis://, redis-sentinel:// or"
                               " redis-cluster://");
}

TEST_CASE("a file of a newer version is refused, and one of an older version brought up to date") {
  bench store("file");
  fill(store, 10);
  store.close();
  sql(store.path(), "PRAGMA user_version=99");
  CHECK(refusal("file:" + store.path()) ==
        "store " + store.path() + " has schema 99, from a newer version of troupe; this one knows 2");
  sql(store.path(), "DROP TABLE quarantine; PRAGMA user_version=1"); // schema 1 had no quarantine
  store.reopen(1);
  CHECK(size(store) == 10);
  store.part().quarantine(call("key3"), "test");
  REQUIRE(store.settle());
  store.close();
  CHECK(ask(store.path(), "PRAGMA user_version") == 2);
  CHECK(ask(store.path(), "SELECT count(*) FROM quarantine WHERE reason='test' AND length(value)=700") == 1);
}

TEST_CASE("a record with a flipped bit is set aside, and all others are there") {
  bench store("file", 2);
  fill(store, 20);
  store.close();
  sql(store.path(),
      "UPDATE record SET value = CAST(replace(CAST(value AS TEXT), 'c', 'b') AS BLOB) WHERE key = CAST('key2' AS BLOB);"
      "UPDATE record SET version = version + 1 WHERE key = CAST('key4' AS BLOB);"
      "UPDATE record SET value = zeroblob(70000) WHERE key = CAST('key6' AS BLOB)");
  store.reopen(2);
  CHECK(size(store) == 17);
  CHECK(store.all().stats().quarantined == 3);
  CHECK(store.all().stats().recovered == 17);
  REQUIRE(store.all().notes().size() == 1);
  CHECK(store.all().notes()[0].find("3 records of store") == 0);
  CHECK_FALSE(store.of(call("key2")).find(call("key2")));
  store.of(call("key2")).put(call("key2"), at, "anew");
  REQUIRE(store.settle());
  store.reopen(2);
  CHECK(size(store) == 18);
  CHECK(store.all().notes().empty());
  store.close();
  CHECK(ask(store.path(), "SELECT count(*) FROM quarantine WHERE reason='checksum'") == 3);
}

TEST_CASE("a file with damaged pages is kept aside, and what can be read goes on in a new one") {
  bench store("file", 2);
  fill(store, 2'000);
  store.close();
  auto pages = ask(store.path(), "PRAGMA page_count");
  REQUIRE(pages > 300);
  // Four leaves in the middle of the table, which was written in the order of its ids.
  std::fstream file(store.path(), std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(4'096 * (pages / 2));
  file << std::string(4 * 4'096, '\xa5');
  file.close();
  store.reopen(2);
  auto left = size(store);
  CHECK(left > 1'900);
  CHECK(left < 2'000);
  REQUIRE(store.all().notes().size() == 1);
  CHECK(store.all().notes()[0].find("is damaged (database disk image is malformed)") != std::string::npos);
  CHECK(std::filesystem::exists(store.path() + ".damaged-1"));
  CHECK(store.part(0).dirty());
  REQUIRE(store.settle());
  store.reopen(3);
  CHECK(size(store) == left);
  CHECK(store.all().notes().empty());
}

TEST_CASE("four shards share one writer, each finding its own continuations on its own thread") {
  temporary_folder folder;
  constexpr std::size_t shards = 4;
  constexpr int rounds = 300;
  std::array<std::atomic<int>, shards> wakes{};
  open_options options;
  options.spec = "file:" + folder.file("state.sqlite");
  options.partitions = shards;
  options.shard_of = [](entity_view id) { return static_cast<std::size_t>(id.key.front() - '0'); };
  options.wake = [&](std::size_t index) { wakes[index].fetch_add(1); };
  std::array<int, shards> stored{};
  {
    auto opened = open(options);
    REQUIRE(opened);
    std::vector<std::thread> threads;
    for (std::size_t shard = 0; shard < shards; ++shard)
      threads.emplace_back([&, shard] {
        auto& part = (*opened)->at(shard);
        auto mine = std::this_thread::get_id();
        auto prefix = std::to_string(shard);
        for (int i = 0; i < rounds || stored[shard] < rounds;) {
          if (i < rounds) {
            part.put(call(prefix + std::to_string(i % 50)), at, std::to_string(i));
            part.after_commit([&, mine](outcome with) {
              stored[shard] += with == outcome::stored && std::this_thread::get_id() == mine ? 1 : 0;
            });
            ++i;
          }
          part.flush();
          if (wakes[shard].exchange(0) != 0)
            part.poll();
        }
      });
    for (auto& each : threads)
      each.join();
    CHECK((*opened)->stats().failed_commits == 0);
  }
  for (auto each : stored)
    CHECK(each == rounds);
  auto again = open(options);
  REQUIRE(again);
  for (std::size_t shard = 0; shard < shards; ++shard) {
    CHECK((*again)->at(shard).size() == 50);
    CHECK((*again)->at(shard).find(call(std::to_string(shard) + "49"))->value == "299");
  }
}
