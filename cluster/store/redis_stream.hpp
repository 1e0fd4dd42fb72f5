// A non-blocking TCP stream, with TLS where a context is given: Debian 12's hiredis has none of its own.
#pragma once

#include <cstddef>
#include <memory>
#include <openssl/types.h>
#include <string>

#include "cluster/store/backend.hpp"
#include "cluster/store/redis_spec.hpp"

namespace troupe::store {

struct tls_closer {
  void operator()(SSL_CTX* context) const noexcept;
  void operator()(SSL* session) const noexcept;
};
using tls_context = std::unique_ptr<SSL_CTX, tls_closer>;

/// Verifies servers by the CA given, or the system's.
result<tls_context> make_tls_context(const redis_options& from);

class redis_stream {
public:
  redis_stream() = default;
  redis_stream(const redis_stream&) = delete;
  ~redis_stream() { close(); }

  /// Starts connecting. A name is resolved by the system while the caller waits: numeric addresses never do.
  bool open(const redis_address& to, SSL_CTX* tls);
  void close() noexcept;
  /// Goes on connecting: true when octets may flow.
  bool connected();

  /// Octets moved; 0: not now. When failed(), the stream is of no more use, and fault() says why.
  std::size_t read(char* into, std::size_t most);
  std::size_t write(const char* from, std::size_t size);

  /// Whether octets wait that the descriptor does not tell of.
  bool holds_more() const noexcept;

  int descriptor() const noexcept { return fd_; }
  short wanted(bool to_write) const noexcept;
  bool failed() const noexcept { return !fault_.empty(); }
  const std::string& fault() const noexcept { return fault_; }

private:
  enum class stage : std::uint8_t { connecting, shaking_hands, open };

  bool start_tls(const std::string& host, SSL_CTX* tls);
  std::size_t moved(long got);
  std::size_t judge_tls(int got);

  int fd_ = -1;
  std::unique_ptr<SSL, tls_closer> tls_;
  stage stage_ = stage::connecting;
  bool tls_wants_write_ = false;
  std::string fault_;
};

} // namespace troupe::store
