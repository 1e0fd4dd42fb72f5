// The admin interface: HTTP on a few threads of its own. /healthz, /readyz, /metrics and /api/v1/.
//
// It may be slow, it may be attacked, but it never touches what the shards own: what it shows comes from a source. Every
// exchange has a deadline, every body and path a limit, and what comes beyond the number of connections that may wait is
// turned away.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "actors/console/source.hpp"

namespace troupe::console {

struct server_options {
  std::string host = "127.0.0.1"; ///< numeric
  std::uint16_t port = 8080;      ///< 0: the system chooses
  std::string token;              ///< asked of everything but /healthz and /readyz; empty: of nothing
  std::size_t threads = 4;
  std::size_t most_waiting = 64;              ///< connections that wait for a thread
  std::size_t largest_body = 64 << 20;        ///< an import of some 200,000 subscribers
  std::chrono::milliseconds patience{10'000}; ///< for a request to come, and for its answer to be taken
};

class routes;

class server {
public:
  /// Binds. Throws std::runtime_error with the address in its sentence. `of` outlives the server.
  server(source& of, server_options options);
  ~server();
  server(const server&) = delete;

  void start();
  /// Lets the exchanges under way end, at most for the patience.
  void stop();
  std::uint16_t port() const noexcept;

private:
  class listener;
  std::unique_ptr<routes> routes_;
  std::unique_ptr<listener> listener_;
};

} // namespace troupe::console
