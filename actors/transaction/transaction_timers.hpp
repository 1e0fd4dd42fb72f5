// The few timers that a transaction has at a time, as entries of the shard's wheel that tell the actor by message.
#pragma once

#include <array>
#include <optional>

#include "actors/contracts/messages.hpp"
#include "actors/supervision/shard.hpp"

namespace troupe {

template <class Actor>
class transaction_timers {
public:
  explicit transaction_timers(Actor* self) noexcept {
    for (auto& s : slots_)
      s.self = self;
  }

  void arm(sip::timer which, milliseconds after) { arm_at(which, slots_[0].self->home().now() + after); }

  void arm_at(sip::timer which, instant deadline) {
    auto* free = &slots_[0];
    for (auto& s : slots_) {
      if (s.armed() && s.which == which) {
        free = &s;
        break;
      }
      if (!s.armed())
        free = &s;
    }
    free->which = which;
    free->self->home().timers().arm(*free, deadline);
  }

  void disarm(sip::timer which) noexcept {
    for (auto& s : slots_)
      if (s.armed() && s.which == which)
        s.cancel();
  }

  struct last_one {
    sip::timer which;
    instant at;
  };
  /// The timer that runs, when it is the only one.
  std::optional<last_one> only() const noexcept {
    std::optional<last_one> found;
    for (auto& s : slots_) {
      if (!s.armed())
        continue;
      if (found)
        return std::nullopt;
      found = last_one{s.which, s.deadline()};
    }
    return found;
  }

  void disarm_all() noexcept {
    for (auto& s : slots_)
      s.cancel();
  }

private:
  struct slot : wheel::entry {
    Actor* self = nullptr;
    sip::timer which{};
    void fire() override { caf::anon_send(caf::actor_cast<typename Actor::handle>(self), timer_fired{which}); }
  };
  std::array<slot, 4> slots_;
};

} // namespace troupe
