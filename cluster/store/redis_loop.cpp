#include "cluster/store/redis_loop.hpp"

#include <algorithm>
#include <cerrno>
#include <poll.h>
#include <sys/eventfd.h>
#include <system_error>
#include <unistd.h>

#include "cluster/store/thread.hpp"

namespace troupe::store {

event_loop::event_loop() : wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (wake_ < 0)
    throw std::system_error(errno, std::system_category(), "eventfd");
}

event_loop::~event_loop() {
  stop();
  ::close(wake_);
}

void event_loop::start(const char* thread_name) {
  thread_ = start_thread(thread_name, [this] { run(); });
}

void event_loop::stop() {
  {
    std::lock_guard held(mutex_);
    ending_ = true;
  }
  ::eventfd_write(wake_, 1);
  if (thread_.joinable())
    thread_.join();
}

void event_loop::post(std::function<void()> work) {
  bool first = false;
  {
    std::lock_guard held(mutex_);
    first = posted_.empty();
    posted_.push_back(std::move(work));
  }
  if (first)
    ::eventfd_write(wake_, 1);
}

void event_loop::after(std::chrono::milliseconds delay, std::function<void()> work) {
  timers_.emplace(clock::now() + delay, std::move(work));
}

void event_loop::remove(event_source& source) noexcept {
  std::replace(sources_.begin(), sources_.end(), &source, static_cast<event_source*>(nullptr));
}

void event_loop::run() {
  while (run_posted()) {
    wait();
    run_due();
  }
}

bool event_loop::run_posted() {
  std::vector<std::function<void()>> work;
  {
    std::lock_guard held(mutex_);
    if (ending_)
      return false;
    work.swap(posted_);
  }
  for (auto& each : work)
    each();
  return true;
}

void event_loop::wait() {
  std::erase(sources_, nullptr);
  std::vector<pollfd> wanted{{wake_, POLLIN, 0}};
  auto next = timers_.empty() ? clock::time_point::max() : timers_.begin()->first;
  for (auto* each : sources_) {
    wanted.push_back({each->descriptor(), each->wanted(), 0});
    next = std::min(next, each->deadline());
  }
  auto limit = -1;
  if (next != clock::time_point::max()) // rounded up, so that what is due is over when it is looked at
    limit = static_cast<int>(
        std::clamp<std::int64_t>(std::chrono::ceil<std::chrono::milliseconds>(next - clock::now()).count(), 0, 60'000));
  if (::poll(wanted.data(), wanted.size(), limit) <= 0)
    return;
  if (eventfd_t ignored = 0; wanted.front().revents != 0)
    ::eventfd_read(wake_, &ignored);
  for (std::size_t i = 1; i < wanted.size(); ++i) // a handler may add sources, and remove any
    if (auto* source = sources_[i - 1]; source != nullptr && wanted[i].revents != 0)
      source->ready(wanted[i].revents);
}

void event_loop::run_due() {
  auto now = clock::now();
  for (std::size_t i = 0; i < sources_.size(); ++i)
    if (auto* source = sources_[i]; source != nullptr && source->deadline() <= now)
      source->expired();
  while (!timers_.empty() && timers_.begin()->first <= now) {
    auto work = std::move(timers_.begin()->second);
    timers_.erase(timers_.begin());
    work();
  }
}

} // namespace troupe::store
