#include "cluster/store/redis_connection.hpp"

#include <algorithm>
#include <poll.h>
#include <utility>

namespace troupe::store {

std::string_view text_of(const redisReply& reply) noexcept {
  return reply.str == nullptr ? std::string_view{} : std::string_view(reply.str, reply.len);
}
bool is_error(const redisReply& reply) noexcept { return reply.type == REDIS_REPLY_ERROR; }

redis_connection::redis_connection(event_loop& loop, const redis_address& to, SSL_CTX* tls,
                                   std::chrono::milliseconds timeout, std::function<void(const std::string&)> on_closed)
    : loop_(loop),
      timeout_(timeout),
      on_closed_(std::move(on_closed)),
      reader_(redisReaderCreate()),
      connect_until_(clock::now() + timeout) {
  if (!stream_.open(to, tls))
    connect_until_ = clock::now(); // told by expired(): the owner does not have this yet
  loop_.add(*this);
}

redis_connection::~redis_connection() { loop_.remove(*this); }

redis_connection::clock::time_point redis_connection::deadline() const noexcept {
  if (closed_)
    return clock::time_point::max();
  if (!connected_)
    return connect_until_;
  // From the latest progress on: what waits behind a large batch is not late while that goes on.
  return expected_.empty() ? clock::time_point::max() : std::max(expected_.front().since, progress_) + timeout_;
}

void redis_connection::send(const redis_command& what, reply_handler then) {
  if (closed_)
    return then(nullptr);
  std::vector<const char*> texts;
  std::vector<std::size_t> sizes;
  for (auto& each : what) {
    texts.push_back(each.data());
    sizes.push_back(each.size());
  }
  char* formatted = nullptr;
  auto size = redisFormatCommandArgv(&formatted, static_cast<int>(texts.size()), texts.data(), sizes.data());
  if (size < 0)
    throw std::bad_alloc();
  out_.append(formatted, static_cast<std::size_t>(size));
  redisFreeCommand(formatted);
  expected_.push_back({std::move(then), clock::now()});
}

void redis_connection::expired() {
  if (stream_.failed())
    return close(stream_.fault());
  close((connected_ ? "it did not answer within " : "it did not connect within ") + std::to_string(timeout_.count()) +
        " ms");
}

void redis_connection::ready(short what) {
  if (!connected_)
    connected_ = stream_.connected();
  if (connected_ && (what & (POLLIN | POLLERR | POLLHUP)) != 0)
    read_in();
  if (connected_ && !closed_)
    write_out();
  if (stream_.failed())
    close(stream_.fault());
}

void redis_connection::write_out() {
  while (written_ < out_.size() && !stream_.failed()) {
    auto moved = stream_.write(out_.data() + written_, out_.size() - written_);
    if (moved == 0)
      return;
    written_ += moved;
    progress_ = clock::now();
  }
  out_.clear();
  written_ = 0;
}

void redis_connection::read_in() {
  char octets[64 * 1024];
  while (auto got = stream_.read(octets, sizeof octets)) {
    redisReaderFeed(reader_.get(), octets, got);
    take_replies();
    if (closed_ || (got < sizeof octets && !stream_.holds_more()))
      return;
  }
}

void redis_connection::take_replies() {
  void* found = nullptr;
  progress_ = clock::now();
  while (!closed_) {
    if (redisReaderGetReply(reader_.get(), &found) != REDIS_OK)
      return close(std::string("it does not speak Redis's protocol: ") + reader_->errstr);
    if (found == nullptr)
      return;
    std::unique_ptr<redisReply, freed> reply(static_cast<redisReply*>(found));
    if (expected_.empty())
      return close("it answers what was not asked: " + std::string(text_of(*reply)));
    auto then = std::move(expected_.front().then);
    expected_.pop_front();
    then(reply.get());
  }
}

void redis_connection::forget() noexcept {
  closed_ = true;
  loop_.remove(*this);
  stream_.close();
}

void redis_connection::close(const std::string& why) {
  if (std::exchange(closed_, true))
    return;
  loop_.remove(*this);
  stream_.close();
  for (auto& each : std::exchange(expected_, {}))
    each.then(nullptr);
  on_closed_(why);
}

} // namespace troupe::store
