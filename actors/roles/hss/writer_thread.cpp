#include "actors/roles/hss/writer_thread.hpp"

#include <chrono>
#include <tuple>
#include <utility>

namespace troupe::hss {

namespace {

using clock = std::chrono::steady_clock;
constexpr auto behind = std::chrono::milliseconds(100); ///< a state that nobody waits for is written so much later
constexpr auto pause_after_failure = std::chrono::seconds(1);

} // namespace

void writer_thread::start() {
  thread_ = std::thread([this] { loop(); });
}

writer_thread::~writer_thread() {
  {
    std::lock_guard hold(lock_);
    stop_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable())
    thread_.join();
}

void writer_thread::reserve(std::string impi, std::uint64_t seq, told then) {
  {
    std::lock_guard hold(lock_);
    next_.reservations.push_back({std::move(impi), seq, std::move(then)});
  }
  wake_.notify_one();
}

bool writer_thread::keep_state(std::int64_t id, std::string state, told then) {
  bool first;
  {
    std::lock_guard hold(lock_);
    first = next_.kept.empty();
    if (first)
      states_due_ = std::max(states_due_, lasts_ ? clock::now() : clock::now() + behind);
    next_.kept.insert_or_assign(id, std::move(state));
    if (lasts_)
      next_.waiting.push_back(std::move(then));
  }
  if (first) // else it waits for their time already
    wake_.notify_one();
  return lasts_;
}

void writer_thread::run(std::function<void()> task) {
  {
    std::lock_guard hold(lock_);
    next_.tasks.push_back(std::move(task));
  }
  wake_.notify_one();
}

std::size_t writer_thread::unwritten() const {
  std::lock_guard hold(lock_);
  return next_.kept.size();
}

writer_thread::work writer_thread::wait_for_work() {
  std::unique_lock hold(lock_);
  auto urgent = [&] { return stop_ || !next_.reservations.empty() || !next_.tasks.empty(); };
  while (!urgent()) {
    if (next_.kept.empty())
      wake_.wait(hold);
    else if (clock::now() >= states_due_)
      break;
    else
      wake_.wait_until(hold, states_due_);
  }
  work taken;
  if (clock::now() < states_due_ && !stop_) // their time has not come, or the disk was full a moment ago
    std::tie(taken.kept, taken.waiting) = std::pair(std::exchange(next_.kept, {}), std::exchange(next_.waiting, {}));
  std::swap(taken, next_);
  return taken;
}

void writer_thread::loop() {
  for (;;) {
    auto now = wait_for_work();
    if (now.empty())
      return; // told to stop
    commit(now);
    for (auto& task : now.tasks)
      task();
  }
}

void writer_thread::commit(work& now) {
  if (now.reservations.empty() && now.kept.empty())
    return;
  auto done = disk_.transact([&] {
    result<void> step;
    for (auto at = now.reservations.begin(); step && at != now.reservations.end(); ++at)
      step = disk_.reserve(at->impi, at->seq);
    for (auto at = now.kept.begin(); step && at != now.kept.end(); ++at)
      step = disk_.keep_state(at->first, at->second);
    return step;
  });
  if (!done) {
    ++failures_;
    std::lock_guard hold(lock_);
    if (!stop_)
      next_.kept.merge(now.kept); // newer ones that have come meanwhile stay
    states_due_ = clock::now() + pause_after_failure;
  }
  for (auto& one : now.reservations)
    one.then(done);
  for (auto& then : now.waiting)
    then(done);
}

} // namespace troupe::hss
