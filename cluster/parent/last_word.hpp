// The parent process's word to the store that a life of its node has ended, which permits claims at once:
// cluster.md 10.
//
// On a connection of its own, held from the start, so that the word takes one round trip; on a thread of its own, so
// that a Redis that is slow or away holds up nothing that the parent does.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>

#include "cluster/authority/redis_authority.hpp"

namespace troupe::cluster {

class last_word {
public:
  struct surroundings {
    std::string spec; ///< as the store's
    store::redis_options redis;
    node_id node = node_id::none;
    milliseconds bound{1'000};                      ///< by then the lease has run out anyway
    std::function<void(const std::string&)> report; ///< from the word's own thread
  };
  static result<std::unique_ptr<last_word>> open(surroundings around);
  last_word(const last_word&) = delete;
  ~last_word() { loop_.stop(); }

  /// This life and all before it have ended. Returns at once; it is tried until it is said or the bound has passed.
  void say(incarnation life);
  /// Waits for the outcome of what was said last, for as long as the bound: whether the store has it.
  bool settled();

private:
  last_word(surroundings around, store::redis_setup setup);
  void attempt(incarnation life, store::event_loop::clock::time_point until);
  void conclude(incarnation life, bool said);

  const surroundings around_;
  const store::redis_setup setup_;
  std::mutex mutex_;
  std::condition_variable changed_;
  incarnation wanted_ = 0, done_ = 0; ///< these three under the mutex
  bool said_ = false;
  store::event_loop loop_;
  redis_authority redis_;
};

} // namespace troupe::cluster
