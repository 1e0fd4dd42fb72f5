#include "actors/diameter/framework/guards.hpp"

#include <atomic>
#include <ctime>

#include "actors/diameter/framework/library.hpp"
#include "actors/diameter/framework/octets.hpp"

namespace troupe::diameter_framework::guards {

namespace {

std::atomic<std::uint64_t> kept_away{0};
std::atomic<bool> held_back{false};

constexpr int most_waits = 200; ///< of 5 ms: then the watchdog of the peer would have a word to say

void wait_while_held_back() {
  for (int i = 0; i < most_waits && held_back.load(std::memory_order_relaxed); ++i) {
    timespec a_little{0, 5'000'000};
    ::nanosleep(&a_little, nullptr);
  }
}

/// Runs in the thread of the connection. A version that is not 1 makes the parser refuse the message, which ends the
/// connection and nothing else.
void look_at(fd_hook_type, msg*, peer_hdr*, void* other, fd_hook_permsgdata*, void*) {
  uncancelled here;
  auto* received = static_cast<fd_cnx_rcvdata*>(other);
  wait_while_held_back();
  if (trustworthy({reinterpret_cast<const char*>(received->buffer), received->length}))
    return;
  kept_away.fetch_add(1, std::memory_order_relaxed);
  received->buffer[0] = 0;
}

/// Where nobody has a hook, the framework formats each message for its log, under a lock; those that nobody can be found
/// for, as the probe twice a second, too. What they tell is counted.
void ignore(fd_hook_type, msg*, peer_hdr*, void*, fd_hook_permsgdata*, void*) {}

} // namespace

std::uint64_t rejected() noexcept { return kept_away.load(std::memory_order_relaxed); }
void hold_back(bool on) noexcept { held_back.store(on, std::memory_order_relaxed); }

void install() {
  fd_hook_hdl* unused = nullptr;
  need(fd_hook_register(HOOK_MASK(HOOK_DATA_RECEIVED), look_at, nullptr, nullptr, &unused), "hook");
  need(fd_hook_register(HOOK_MASK(HOOK_MESSAGE_RECEIVED, HOOK_MESSAGE_LOCAL, HOOK_MESSAGE_SENDING, HOOK_MESSAGE_SENT,
                                  HOOK_MESSAGE_ROUTING_FORWARD, HOOK_MESSAGE_ROUTING_LOCAL, HOOK_MESSAGE_ROUTING_ERROR,
                                  HOOK_MESSAGE_DROPPED, HOOK_MESSAGE_FAILOVER, HOOK_MESSAGE_PARSING_ERROR,
                                  HOOK_MESSAGE_PARSING_ERROR2),
                        ignore, nullptr, nullptr, &unused),
       "hook");
}

} // namespace troupe::diameter_framework::guards
