// The few timers that a transaction has at a time, as entries of the shard's wheel that tell the actor by message.
#pragma once

#include <array>

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

  void arm(sip::timer which, milliseconds after) {
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
    auto& home = free->self->home();
    home.timers().arm(*free, home.now() + after);
  }

  void disarm(sip::timer which) noexcept {
    for (auto& s : slots_)
      if (s.armed() && s.which == which)
        s.cancel();
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
