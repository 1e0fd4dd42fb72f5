// Helpers that the transaction machines' transitions share: RFC 3261 clause 17.
#pragma once

#include <algorithm>

#include "protocols/sip/transaction.hpp"

namespace troupe::sip {

/// Collects a step. Reads like the figures: `move.act(...).arm(...).to(state)`.
template <class Machine>
class move {
public:
  move(Machine now, const timer_values& times) noexcept : step_{now, {}}, times_(times) {}

  Machine& next() noexcept { return step_.next; }

  move& act(effect::kind what) noexcept {
    step_.todo.add({what});
    return *this;
  }
  move& arm(timer which, milliseconds after) noexcept {
    step_.todo.add({effect::kind::arm, which, static_cast<std::uint32_t>(after.count())});
    return *this;
  }
  /// With its first value, if it runs over this transport.
  move& arm(timer which) noexcept {
    auto after = times_.first(which, step_.next.reliable);
    return after.count() ? arm(which, after) : *this;
  }
  /// A timer that doubles: starts at its first value.
  move& arm_doubling(timer which) noexcept {
    step_.next.interval_ms = static_cast<std::uint32_t>(times_.first(which, step_.next.reliable).count());
    return arm(which);
  }
  move& arm_doubled(timer which, milliseconds limit) noexcept {
    auto doubled = std::min(milliseconds(step_.next.interval_ms) * 2, limit);
    step_.next.interval_ms = static_cast<std::uint32_t>(doubled.count());
    return arm(which, doubled);
  }
  move& disarm(timer which) noexcept {
    if (times_.first(which, step_.next.reliable).count())
      step_.todo.add({effect::kind::disarm, which});
    return *this;
  }
  move& to(typename Machine::state state) noexcept {
    step_.next.at = state;
    return *this;
  }
  move& end() noexcept { return to(Machine::state::terminated).act(effect::kind::terminated); }
  /// Into a state that only waits for its timer; over at once where that timer does not run.
  move& linger(typename Machine::state state, timer which) noexcept {
    return times_.first(which, step_.next.reliable).count() ? to(state).arm(which) : end();
  }

  operator step<Machine>() const noexcept { return step_; }

private:
  step<Machine> step_;
  const timer_values& times_;
};

constexpr milliseconds no_limit = milliseconds(1u << 30);

} // namespace troupe::sip
