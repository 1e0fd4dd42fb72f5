// The one I/O thread of a Redis store: descriptors, deadlines, and work posted to it. A dozen connections at most, so
// poll() does.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

namespace troupe::store {

class event_source {
public:
  using clock = std::chrono::steady_clock;

  virtual ~event_source() = default;
  virtual int descriptor() const noexcept = 0;
  virtual short wanted() const noexcept = 0;               ///< POLLIN, POLLOUT
  virtual clock::time_point deadline() const noexcept = 0; ///< when expired() is to be called; max(): never
  virtual void ready(short what) = 0;
  virtual void expired() = 0;
};

class event_loop {
public:
  using clock = event_source::clock;

  event_loop();
  event_loop(const event_loop&) = delete;
  ~event_loop();

  void start(const char* thread_name = "store");
  /// Ends the thread; what is posted and not done by then never is. Not on the loop's thread.
  void stop();
  /// From any thread.
  void post(std::function<void()> work);

  // On the loop's thread:
  void after(std::chrono::milliseconds delay, std::function<void()> work);
  void add(event_source& source) { sources_.push_back(&source); }
  void remove(event_source& source) noexcept;

private:
  void run();
  void wait();
  void run_due();
  bool run_posted(); ///< false: it is to end

  int wake_ = -1;
  std::vector<event_source*> sources_; ///< null: removed since
  std::multimap<clock::time_point, std::function<void()>> timers_;
  std::mutex mutex_;
  std::vector<std::function<void()>> posted_; ///< these two under the mutex
  bool ending_ = false;
  std::thread thread_;
};

} // namespace troupe::store
