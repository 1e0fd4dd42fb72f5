#include "actors/node/group_server.hpp"

#include <utility>

namespace troupe {
namespace {

constexpr milliseconds between_attempts{100};

} // namespace

group_server::group_server(cluster::group_id group, surroundings around) : group_(group), around_(std::move(around)) {
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), ("group-" + std::to_string(cluster::index_of(group))).c_str());
}

group_server::~group_server() {
  drop();
  {
    std::lock_guard held(mutex_);
    ending_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void group_server::run() {
  while (true) {
    std::function<void()> next;
    {
      std::unique_lock held(mutex_);
      changed_.wait(held, [this] { return ending_ || !work_.empty(); });
      if (work_.empty())
        return;
      next = std::move(work_.front());
      work_.pop_front();
    }
    next();
  }
}

void group_server::post(std::function<void()> work) {
  {
    std::lock_guard held(mutex_);
    work_.push_back(std::move(work));
  }
  changed_.notify_one();
}

std::shared_ptr<site> group_server::now() const {
  std::lock_guard held(mutex_);
  return site_;
}

void group_server::overtaken(const cluster::token& fence) {
  std::lock_guard held(mutex_);
  fence_ = std::max(fence_, fence);
}

void group_server::open(const cluster::token& by) {
  post([this, by] { make(by); });
}

/// Until it is made, another turns out to have the group, or something else is wanted.
void group_server::make(const cluster::token& by) {
  std::string told;
  while (true) {
    try {
      auto made = std::shared_ptr<troupe::site>(around_.make(group_, by, gate_));
      {
        std::lock_guard held(mutex_);
        site_ = std::move(made);
      }
      return around_.opened(group_, by, by);
    } catch (const std::exception& e) {
      if (auto why = std::string(e.what()); why != std::exchange(told, why))
        around_.report("group " + std::to_string(cluster::index_of(group_)) + ": " + why);
    }
    std::unique_lock held(mutex_);
    if (fence_ > by) {
      auto fence = fence_;
      held.unlock();
      return around_.opened(group_, by, fence);
    }
    if (changed_.wait_for(held, between_attempts, [this] { return ending_ || !work_.empty(); }))
      return;
  }
}

void group_server::renew(const cluster::token& by) {
  post([this, by] {
    if (auto of = now())
      of->values().renew(static_cast<store::group_number>(group_), by, [this, by](const store::taking& how) {
        around_.opened(group_, by, how.fault.empty() ? by : how.fence);
      });
  });
}

void group_server::serve() {
  post([this] {
    auto of = now();
    if (!of || of->started())
      return;
    try {
      of->start();
    } catch (const std::exception& e) {
      around_.report("group " + std::to_string(cluster::index_of(group_)) + " cannot be served: " + e.what());
    }
  });
}

void group_server::hold() {
  post([this] {
    if (auto of = now())
      of->settle([this] { around_.flushed(group_); });
    else
      around_.flushed(group_);
  });
}

void group_server::drop() {
  gate_.close();
  std::lock_guard held(mutex_);
  work_.clear();
  fence_ = {};
  work_.push_back([this] {
    std::unique_lock in_turn(mutex_);
    auto gone = std::move(site_);
    in_turn.unlock();
    while (gone && gone.use_count() > 1) // the console is looking at it
      std::this_thread::sleep_for(milliseconds(1));
  });
  changed_.notify_one();
}

void group_server::after(std::function<void()> then) { post(std::move(then)); }

} // namespace troupe
