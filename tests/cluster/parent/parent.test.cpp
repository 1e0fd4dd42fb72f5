// The parent process with real children: killed, ended, asked to end, dying again and again; and its word in Redis.
#include <catch2/catch.hpp>

#include <atomic>
#include <csignal>
#include <fstream>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "cluster/authority/boot_time.hpp"
#include "cluster/authority/lives.hpp"
#include "cluster/parent/last_word.hpp"
#include "cluster/parent/parent.hpp"
#include "tests/cluster/authority/asking.hpp"

using namespace troupe;
using namespace troupe::cluster;
using namespace troupe::cluster::test;
using store::test::eventually;
using store::test::redis_server;

namespace {

/// A parent on a thread of its own, whose child is a shell's script.
class watched {
public:
  explicit watched(
      const std::string& script, std::function<void(incarnation)> tell = [](incarnation) {},
      const std::string& before_it_is_seen = ":") {
    options.command = {"/bin/sh", "-c", before_it_is_seen + "; echo $$ > " + pid_file() + "; " + script};
    options.life_file = folder_.file("life");
    options.policy = {milliseconds(10), milliseconds(50), 3, milliseconds(10'000)};
    options.remove_addresses = [this] { ++removed; };
    options.tell = [this, tell](incarnation life) {
      CHECK(removed > told); // nobody may claim before
      ++told;
      tell(life);
    };
  }
  ~watched() { wait(); }

  void start() {
    thread_ = std::thread([this] { status = run_parent(options, asked_).value(); });
  }
  int wait() {
    if (thread_.joinable())
      thread_.join();
    return status;
  }
  void ask_to_end() { ::kill(::getpid(), SIGTERM); }
  /// Of the child that runs, once it is another than `before`.
  pid_t child(pid_t before = 0) {
    pid_t pid = 0;
    eventually([&] {
      std::ifstream(pid_file()) >> pid;
      return pid > 0 && pid != before;
    });
    return pid;
  }
  std::string pid_file() const { return folder_.file("pid"); }

  parent_options options;
  std::atomic<int> removed = 0, told = 0, status = -1;

private:
  store::test::temporary_folder folder_;
  asked_to_end asked_;
  std::thread thread_;
};

last_word::surroundings to(const std::string& spec, milliseconds bound) {
  last_word::surroundings out;
  out.spec = spec;
  out.redis.replicas = 0;
  out.node = node_id{3};
  out.bound = bound;
  out.report = [](const std::string&) {};
  return out;
}

} // namespace

TEST_CASE("a node that is killed is started again, without its addresses and with its life declared ended") {
  redis_server server;
  asking redis(server.spec());
  redis.insist(store_operation::renew{node_id{3}, 7});
  auto word = last_word::open(to(server.spec(), milliseconds(1000))).value();
  watched parent("exec sleep 100", [&](incarnation life) { word->say(life); });
  auto life = next_life(parent.options.life_file).value();
  redis.insist(store_operation::renew{node_id{3}, life});
  parent.start();
  auto first = parent.child();
  CHECK_FALSE(redis.ask(store_operation::renew{node_id{3}, life})->replaced);
  ::kill(first, SIGKILL);
  auto killed = boot_time();
  eventually([&] { return redis.ask(store_operation::renew{node_id{3}, life})->replaced; });
  CHECK(boot_time() - killed < milliseconds(200));
  parent.child(first);
  CHECK_FALSE(redis.ask(store_operation::renew{node_id{3}, life + 1})->replaced); // the next life is none of it
  parent.ask_to_end();
  CHECK(parent.wait() == 128 + SIGTERM);
  CHECK(parent.removed == 2);
  CHECK(word->settled());
}

TEST_CASE("a node that exits by itself is started again, unless as asked or because no start makes it better") {
  SECTION("as a failure, again and again: given up with a status of its own") {
    watched parent("exit 1");
    next_life(parent.options.life_file).value();
    parent.start();
    CHECK(parent.wait() == gave_up_status);
    CHECK(parent.told == 3);
  }
  SECTION("as asked") {
    watched parent("exit 0");
    next_life(parent.options.life_file).value();
    parent.start();
    CHECK(parent.wait() == 0);
    CHECK(parent.told == 1);
  }
  SECTION("for a wrong configuration, before it began a life: there is nothing to declare") {
    watched parent("exit 2");
    parent.start();
    CHECK(parent.wait() == 2);
    CHECK(parent.told == 0);
    CHECK(parent.removed == 1);
  }
  SECTION("because there is no such program") {
    watched parent("");
    parent.options.command = {"/no/such/program"};
    parent.start();
    CHECK(parent.wait() == gave_up_status);
  }
}

TEST_CASE("SIGTERM is passed on, and the node ends in order") {
  watched parent(
      "while :; do sleep 0.01; done", [](incarnation) {}, "trap 'exit 0' TERM");
  parent.start();
  parent.child();
  parent.ask_to_end();
  CHECK(parent.wait() == 0);
}

TEST_CASE("a Redis that is away or stands still holds up neither the restart nor the end") {
  redis_server server;
  auto word = last_word::open(to(server.spec(), milliseconds(300))).value();
  SECTION("it is away") { server.kill(); }
  SECTION("it stands still") { server.send(SIGSTOP); }
  watched parent("exec sleep 100", [&](incarnation life) { word->say(life); });
  next_life(parent.options.life_file).value();
  parent.start();
  auto first = parent.child();
  auto killed = boot_time();
  ::kill(first, SIGKILL);
  parent.child(first);
  CHECK(boot_time() - killed < milliseconds(250));
  parent.ask_to_end();
  parent.wait();
  auto asked = boot_time();
  CHECK_FALSE(word->settled());
  CHECK(boot_time() - asked < milliseconds(900));
}

TEST_CASE("two parents of one node are one too many") {
  watched parent("exec sleep 100");
  parent.start();
  parent.child();
  asked_to_end asked;
  auto second = run_parent(parent.options, asked);
  REQUIRE_FALSE(second);
  CHECK(second.error().what.find("another parent process watches this node") == 0);
  parent.ask_to_end();
  parent.wait();
}

TEST_CASE("deaths that lie back count no more") {
  restarts r;
  restart_policy policy{milliseconds(100), milliseconds(300), 4, milliseconds(1000)};
  CHECK(next_start(r, {0}, policy) == milliseconds(100));
  CHECK(next_start(r, {10}, policy) == milliseconds(200));
  CHECK(next_start(r, {20}, policy) == milliseconds(300));
  CHECK(next_start(r, {1005}, policy) == milliseconds(300));
  CHECK(next_start(r, {1006}, policy) == std::nullopt);
  CHECK(next_start(r, {9000}, policy) == milliseconds(100));
}
