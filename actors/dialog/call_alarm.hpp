// A timer of a call, which comes to it as a message.
#pragma once

#include "actors/dialog/call.hpp"

namespace troupe {

struct call::alarm final : wheel::entry {
  alarm(call* owner, to_call::timer m) noexcept : self(owner), tells(m) {}

  void fire() override { caf::anon_send(caf::actor_cast<call_actor>(self), tells); }

  call* self;
  to_call::timer tells;
};

} // namespace troupe
