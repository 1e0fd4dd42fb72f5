// The phones: each call is an INVITE until 100, an answer, a BYE; repeated as RFC 3261 does until something stops it.
#pragma once

#include <vector>

#include "chaos/simulation/world.hpp"

namespace troupe::simulation {

class clients {
public:
  explicit clients(world& w) : world_(w) {}

  void plan(std::uint32_t calls, moment from, moment until);
  void receive(const call_message& message);
  bool all_ended() const noexcept { return ended_ == calls_.size(); }

private:
  enum class phase : std::uint8_t { idle, inviting, proceeding, talking, leaving, ended };
  struct call {
    phase at = phase::idle;
    std::uint64_t tag = 0;
    moment began = 0; ///< this phase
  };
  void send(std::uint32_t id, call_message::kind what, std::uint64_t tag = 0);
  /// Sends again while the call is in `during`, at doubling intervals.
  void repeat(std::uint32_t id, phase during, call_message::kind what, moment interval);
  /// What is answered without anything being stored.
  void probe(std::uint32_t id);
  void enter(std::uint32_t id, phase next);
  void end(std::uint32_t id);
  void lost(std::uint32_t id, const char* how);

  world& world_;
  std::vector<call> calls_;
  std::size_t ended_ = 0;
};

} // namespace troupe::simulation
