// Real Redis servers for the tests: started on free ports of loopback, with what they keep in memory, and gone with
// the test.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/cluster/store/support.hpp"

struct redisContext;

namespace troupe::store::test {

bool have_redis();
/// Polls until it holds; fails the test after ten seconds.
void eventually(const std::function<bool()>& holds);

/// A blocking connection.
class redis_client {
public:
  explicit redis_client(std::uint16_t port) : port_(port) {}
  /// The reply as redis-cli shows it: lists as lines. An error begins with its code.
  std::string ask(const std::vector<std::string>& command);

private:
  struct closer {
    void operator()(redisContext* context) const noexcept;
  };

  std::uint16_t port_;
  std::unique_ptr<redisContext, closer> connection_;
};

class redis_server {
public:
  using lines = std::vector<std::string>;

  /// `more`: lines of its configuration.
  explicit redis_server(lines more = {}, bool sentinel = false);
  redis_server(const redis_server&) = delete;
  ~redis_server() { kill(); }

  std::uint16_t port() const { return port_; }
  std::string host() const { return "127.0.0.1:" + std::to_string(port_); }
  std::string spec() const { return "redis://" + host(); }
  void kill();
  /// After kill(), on the same port; empty, for it saves nothing.
  void start();
  void send(int signal) const;

  std::string ask(const std::vector<std::string>& command) { return client_.ask(command); }
  bool answers();

private:
  temporary_folder folder_{"/dev/shm"};
  std::uint16_t port_;
  std::string mode_;
  pid_t child_ = -1;
  redis_client client_;
};

/// A master, two replicas and three Sentinels.
class sentinel_set {
public:
  sentinel_set();
  std::string spec() const;
  redis_server& master() { return *servers_.front(); } ///< the first one
  std::vector<std::unique_ptr<redis_server>>& servers() { return servers_; }

private:
  std::vector<std::unique_ptr<redis_server>> servers_, sentinels_;
};

/// Three masters that share the slots.
class cluster_set {
public:
  cluster_set();
  std::string spec() const;
  std::vector<std::unique_ptr<redis_server>>& servers() { return servers_; }

private:
  std::vector<std::unique_ptr<redis_server>> servers_;
};

/// Of the test program's own, for all tests that do not harm it.
redis_server& shared_server();
std::string shared_spec(const std::string& how); ///< "redis", "redis-sentinel", "redis-cluster"

} // namespace troupe::store::test
