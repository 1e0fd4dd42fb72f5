#include "actors/supervision/shard.hpp"

#include <asio/post.hpp>
#include <pthread.h>
#include <random>
#include <time.h>

namespace troupe {
namespace {

std::int64_t milliseconds_of(clockid_t clock) noexcept {
  timespec t{};
  clock_gettime(clock, &t);
  return static_cast<std::int64_t>(t.tv_sec) * 1000 + t.tv_nsec / 1'000'000;
}

std::uint64_t seed() {
  std::random_device device;
  return static_cast<std::uint64_t>(device()) << 32 | device();
}

} // namespace

instant current_time() noexcept {
  static const std::int64_t offset = milliseconds_of(CLOCK_REALTIME) - milliseconds_of(CLOCK_BOOTTIME);
  return {milliseconds_of(CLOCK_BOOTTIME) + offset};
}

shard::shard(std::uint16_t index, caf::actor_system& system)
    : index_(index),
      io_(1),
      unit_(system, io_),
      now_(current_time()),
      wheel_(now_),
      random_(seed()),
      alarm_(io_),
      work_(asio::make_work_guard(io_)) {
  unit_.on_wake([this] { round([] {}); });
}

shard::~shard() { stop(); }

void shard::start(std::function<void()> prepare) {
  thread_ = std::thread([this, prepare = std::move(prepare)] {
    pthread_setname_np(pthread_self(), ("shard-" + std::to_string(index_)).c_str());
    unit_.adopt_thread();
    if (prepare)
      round(prepare);
    io_.run();
  });
}

void shard::stop() {
  if (!thread_.joinable())
    return;
  io_.stop();
  thread_.join();
}

void shard::post(std::function<void()> work) {
  asio::post(io_, [this, work = std::move(work)] { round(work); });
}

void shard::begin_round() {
  now_ = current_time();
  ++rounds_;
}

void shard::end_round() {
  unit_.run_ready();
  for (auto& hook : hooks_) {
    hook();
    unit_.run_ready();
  }
  rearm();
}

void shard::rearm() {
  auto due = wheel_.next_due();
  if (!due || (alarm_at_ && *alarm_at_ <= *due))
    return;
  alarm_at_ = due;
  alarm_.expires_after(std::max(milliseconds(1), *due - now_));
  alarm_.async_wait([this](asio::error_code failed) {
    if (failed) // moved to an earlier time
      return;
    alarm_at_.reset();
    round([this] { wheel_.advance(now_); });
  });
}

} // namespace troupe
