#include "tests/cluster/store/redis_servers.hpp"

#include <arpa/inet.h>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <hiredis/hiredis.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace troupe::store::test {
namespace {

std::uint16_t free_port() {
  auto fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof name;
  REQUIRE(::bind(fd, reinterpret_cast<sockaddr*>(&name), size) == 0);
  REQUIRE(::getsockname(fd, reinterpret_cast<sockaddr*>(&name), &size) == 0);
  ::close(fd);
  return ntohs(name.sin_port);
}

std::string shown(const redisReply& reply) {
  switch (reply.type) {
  case REDIS_REPLY_INTEGER: return std::to_string(reply.integer);
  case REDIS_REPLY_ARRAY: {
    std::string out;
    for (std::size_t i = 0; i < reply.elements; ++i)
      out += shown(*reply.element[i]) + '\n';
    return out;
  }
  case REDIS_REPLY_NIL: return "(nil)";
  default: return {reply.str, reply.len};
  }
}

} // namespace

bool have_redis() { return ::access("/usr/bin/redis-server", X_OK) == 0; }

void eventually(const std::function<bool()>& holds) {
  auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > limit)
      FAIL("what was waited for did not happen");
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

void redis_client::closer::operator()(redisContext* context) const noexcept { redisFree(context); }

redis_server::redis_server(lines more, bool sentinel)
    : port_(free_port()), mode_(sentinel ? "--sentinel" : ""), client_(port_) {
  std::ofstream to(folder_.file("redis.conf"));
  to << "bind 127.0.0.1\nport " << port_ << "\ndir " << folder_.path() << "\nlogfile " << folder_.file("log") << '\n';
  if (!sentinel)
    to << "save \"\"\nrepl-diskless-sync-delay 0\nrepl-diskless-load swapdb\n";
  for (auto& each : more)
    to << each << '\n';
  to.close();
  start();
}

void redis_server::start() {
  child_ = ::fork();
  REQUIRE(child_ >= 0);
  if (child_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    auto path = folder_.file("redis.conf");
    for (int fd = 3; fd < 256; ++fd)
      ::close(fd);
    ::execl("/usr/bin/redis-server", "redis-server", path.c_str(), mode_.empty() ? nullptr : mode_.c_str(), nullptr);
    ::_exit(127);
  }
  eventually([this] { return answers(); });
}

void redis_server::kill() {
  client_ = redis_client(port_);
  if (child_ < 0)
    return;
  ::kill(child_, SIGKILL);
  ::waitpid(child_, nullptr, 0);
  child_ = -1;
}

void redis_server::send(int signal) const { REQUIRE(::kill(child_, signal) == 0); }

bool redis_server::answers() {
  auto answer = ask({"PING"});
  return answer == "PONG" || answer.starts_with("NOAUTH") || answer.starts_with("NOPERM");
}

std::string redis_client::ask(const std::vector<std::string>& command) {
  if (!connection_ || connection_->err != 0)
    connection_.reset(redisConnect("127.0.0.1", port_));
  std::vector<const char*> texts;
  std::vector<std::size_t> sizes;
  for (auto& each : command) {
    texts.push_back(each.data());
    sizes.push_back(each.size());
  }
  auto* reply = static_cast<redisReply*>(
      redisCommandArgv(connection_.get(), static_cast<int>(texts.size()), texts.data(), sizes.data()));
  if (reply == nullptr)
    return connection_->errstr;
  auto out = shown(*reply);
  freeReplyObject(reply);
  return out;
}

sentinel_set::sentinel_set() {
  auto& first = *servers_.emplace_back(
      std::make_unique<redis_server>(redis_server::lines{"min-replicas-to-write 1", "min-replicas-max-lag 10"}));
  for (int i = 0; i < 2; ++i)
    servers_.push_back(std::make_unique<redis_server>(
        redis_server::lines{"min-replicas-to-write 1", "replicaof 127.0.0.1 " + std::to_string(first.port())}));
  for (int i = 0; i < 3; ++i)
    sentinels_.push_back(std::make_unique<redis_server>(
        redis_server::lines{"sentinel monitor ours 127.0.0.1 " + std::to_string(first.port()) + " 2",
                            "sentinel down-after-milliseconds ours 500", "sentinel failover-timeout ours 3000"},
        true));
  eventually([&] { return first.ask({"INFO", "replication"}).find("min_slaves_good_slaves:2") != std::string::npos; });
  for (auto& each : sentinels_)
    eventually([&] {
      auto master = each->ask({"SENTINEL", "MASTER", "ours"});
      return master.find("num-slaves\n2") != std::string::npos &&
             master.find("num-other-sentinels\n2") != std::string::npos;
    });
}

std::string sentinel_set::spec() const {
  std::string hosts;
  for (auto& each : sentinels_)
    hosts += (hosts.empty() ? "" : ",") + each->host();
  return "redis-sentinel://" + hosts + "/ours";
}

cluster_set::cluster_set() {
  for (int i = 0; i < 3; ++i)
    servers_.push_back(std::make_unique<redis_server>(
        redis_server::lines{"cluster-enabled yes", "cluster-config-file nodes.conf",
                            "cluster-port " + std::to_string(free_port()), "cluster-node-timeout 2000"}));
  constexpr const char* ranges[][2] = {{"0", "5460"}, {"5461", "10922"}, {"10923", "16383"}};
  for (std::size_t i = 0; i < 3; ++i) {
    REQUIRE(servers_[i]->ask({"CLUSTER", "ADDSLOTSRANGE", ranges[i][0], ranges[i][1]}) == "OK");
    REQUIRE(servers_[i]->ask({"CLUSTER", "SET-CONFIG-EPOCH", std::to_string(i + 1)}) == "OK");
  }
  auto bus = [&](std::size_t i) {
    auto self = servers_[i]->ask({"CLUSTER", "NODES"});
    auto at = self.find('@') + 1;
    return self.substr(at, self.find_first_of(" ,", at) - at);
  };
  for (std::size_t i = 1; i < 3; ++i)
    REQUIRE(servers_[0]->ask({"CLUSTER", "MEET", "127.0.0.1", std::to_string(servers_[i]->port()), bus(i)}) == "OK");
  for (auto& each : servers_)
    eventually([&] {
      auto info = each->ask({"CLUSTER", "INFO"});
      return info.find("cluster_state:ok") != std::string::npos &&
             info.find("cluster_slots_ok:16384") != std::string::npos;
    });
}

std::string cluster_set::spec() const { return "redis-cluster://" + servers_[0]->host() + ',' + servers_[1]->host(); }

redis_server& shared_server() {
  static redis_server out;
  return out;
}

std::string shared_spec(const std::string& how) {
  if (how == "redis")
    return shared_server().spec();
  if (how == "redis-sentinel") {
    static sentinel_set out;
    return out.spec();
  }
  static cluster_set out;
  return out.spec();
}

} // namespace troupe::store::test
