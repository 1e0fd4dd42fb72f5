// Virtual time: what is to happen, in the order of time and then of asking. The seed decides everything else.
#pragma once

#include <cstdint>
#include <functional>
#include <queue>
#include <string>
#include <vector>

#include "protocols/base/random.hpp"

namespace troupe::simulation {

/// Microseconds of true time, which no node's clock shows.
using moment = std::int64_t;
constexpr moment ms(std::int64_t milliseconds) { return milliseconds * 1000; }

class scheduler {
public:
  using action = std::function<void()>;

  explicit scheduler(std::uint64_t seed) : random(seed) {}

  moment now() const noexcept { return now_; }
  void at(moment when, action what) { queue_.push({when < now_ ? now_ : when, ++asked_, std::move(what)}); }
  void after(moment delay, action what) { at(now_ + delay, std::move(what)); }

  bool step() {
    if (queue_.empty())
      return false;
    auto next = std::move(const_cast<entry&>(queue_.top()));
    queue_.pop();
    now_ = next.when;
    ++steps_;
    next.what();
    return true;
  }
  std::uint64_t steps() const noexcept { return steps_; }

  /// Uniform in [least, most].
  std::int64_t between(std::int64_t least, std::int64_t most) {
    return least + static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(most - least) + 1));
  }
  bool chance(std::uint32_t percent) { return random.below(100) < percent; }

  random_source random;

private:
  struct entry {
    moment when;
    std::uint64_t order;
    action what;
    friend bool operator<(const entry& a, const entry& b) {
      return a.when != b.when ? a.when > b.when : a.order > b.order;
    }
  };
  std::priority_queue<entry> queue_;
  moment now_ = 0;
  std::uint64_t asked_ = 0, steps_ = 0;
};

/// A hash over all that happens, and on demand its text.
class trace {
public:
  explicit trace(bool keep) : keep_(keep) {}

  /// `detail` is only made when the text is kept.
  template <class Detail>
  void note(moment when, std::uint64_t node, std::uint64_t what, std::uint64_t number, Detail detail) {
    for (auto word : {static_cast<std::uint64_t>(when), node, what, number})
      hash_ = (hash_ ^ word) * 0x100000001b3 ^ (hash_ >> 29);
    if (keep_)
      lines_.push_back(detail());
  }
  std::uint64_t hash() const noexcept { return hash_; }
  const std::vector<std::string>& lines() const noexcept { return lines_; }
  bool keeps() const noexcept { return keep_; }

private:
  bool keep_;
  std::uint64_t hash_ = 0xcbf29ce484222325;
  std::vector<std::string> lines_;
};

} // namespace troupe::simulation
