// A connection to a Redis server: commands are pipelined, replies come in order, and there is a deadline
// for the next one. When it passes, when the connection breaks or brings octets that are no reply, every command still
// open is unanswered, and the connection is closed.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <hiredis/hiredis.h>
#include <memory>
#include <string>
#include <vector>

#include "cluster/store/redis_loop.hpp"
#include "cluster/store/redis_stream.hpp"

namespace troupe::store {

using redis_command = std::vector<std::string>;
/// Null: unanswered; whether it was carried out is not known.
using reply_handler = std::function<void(const redisReply*)>;

std::string_view text_of(const redisReply& reply) noexcept;
bool is_error(const redisReply& reply) noexcept;

class redis_connection final : public event_source {
public:
  /// Connects at once. `on_closed` is called once, from within the loop, unless this is destroyed before.
  redis_connection(event_loop& loop, const redis_address& to, SSL_CTX* tls, std::chrono::milliseconds timeout,
                   std::function<void(const std::string& why)> on_closed);
  ~redis_connection() override;

  void send(const redis_command& what, reply_handler then);
  /// Ends it: what is open is unanswered. It must not be destroyed from within.
  void close(const std::string& why);

  /// Nobody is told of anything any more.
  void forget() noexcept;

  int descriptor() const noexcept override { return stream_.descriptor(); }
  short wanted() const noexcept override { return stream_.wanted(!out_.empty()); }
  clock::time_point deadline() const noexcept override;
  void ready(short what) override;
  void expired() override;

private:
  struct expected {
    reply_handler then;
    clock::time_point since;
  };
  struct freed {
    void operator()(redisReader* reader) const noexcept { redisReaderFree(reader); }
    void operator()(redisReply* reply) const noexcept { freeReplyObject(reply); }
  };

  void write_out();
  void read_in();
  void take_replies();

  event_loop& loop_;
  redis_stream stream_;
  std::chrono::milliseconds timeout_;
  std::function<void(const std::string&)> on_closed_;
  std::unique_ptr<redisReader, freed> reader_;
  std::deque<expected> expected_;
  clock::time_point connect_until_, progress_{}; ///< octets that went either way
  std::string out_;
  std::size_t written_ = 0; ///< of out_
  bool connected_ = false, closed_ = false;
};

} // namespace troupe::store
