#include "actors/supervision/unit.hpp"

#include <asio/post.hpp>

namespace troupe {
namespace {

thread_local unit* current_unit = nullptr;

/// Messages an actor may handle before others get their turn.
constexpr std::size_t max_throughput = 64;

} // namespace

unit::unit(caf::actor_system& system, asio::io_context& io) : caf::execution_unit(&system), io_(io) {}

unit* unit::current() noexcept { return current_unit; }

void unit::adopt_thread() noexcept { current_unit = this; }

void unit::exec_later(caf::resumable* job) {
  if (current_unit == this) {
    local_.push_back(job);
    return;
  }
  {
    std::lock_guard lock(guard_);
    foreign_.push_back(job);
  }
  if (!woken_.exchange(true))
    asio::post(io_, [this] { wake_(); });
}

void unit::take_foreign() {
  woken_.store(false);
  std::lock_guard lock(guard_);
  local_.insert(local_.end(), foreign_.begin(), foreign_.end());
  foreign_.clear();
}

void unit::run_ready() {
  if (woken_.load(std::memory_order_relaxed))
    take_foreign();
  while (!local_.empty()) {
    auto* job = local_.front();
    local_.pop_front();
    switch (job->resume(this, max_throughput)) {
    case caf::resumable::resume_later: local_.push_back(job); break;
    case caf::resumable::done:
    case caf::resumable::awaiting_message: caf::intrusive_ptr_release(job); break;
    case caf::resumable::shutdown_execution_unit: break;
    }
  }
}

} // namespace troupe
