// A turn of a link's machine: the state as it changes, and the effects so far. What the events (link.cpp), the connection's
// ends (turn.cpp) and the peer's frames (turn_frames.cpp) have in common.
#pragma once

#include "cluster/link/link.hpp"

namespace troupe::cluster {

struct turn {
  using phase = node_link::phase;
  using batches = std::array<link_effect::deliver, lanes>;
  using verdict = std::optional<farewell>; ///< why the connection ends, or nothing

  node_link s;
  link_effects effects;
  instant now;
  const link_policy& policy;

  bool connects() const noexcept { return policy.self < s.peer; }
  const lane_limits& limits(lane of) const noexcept { return policy.limits[index_of(of)]; }

  template <class Effect>
  void emit(Effect what) {
    effects.emplace_back(std::move(what));
  }
  void enter(phase to) noexcept {
    s.at = to;
    s.since = now;
  }

  void connect();
  /// Everything that is queued or not acknowledged.
  void lose(loss why);
  /// The connection, or the attempt at one, is over.
  void wait();
  void close(std::string last = {});
  void refuse(farewell why);
  std::string greeting();
  /// False: the HELLO contradicts what this life has sent.
  bool open(const hello& h);
  void heard();
  void tell(lane of);
  void tell_where_worth();

  /// What the reader has, up to its end, a goodbye or a fault.
  void take_frames();

private:
  verdict on_frame(const frame& f, batches& into);
  verdict on_hello(const frame& f);
  verdict on_message(lane of, const frame& f, batches& into);
  verdict on_control(const frame& f);
  void on_goodbye(const frame& f);
};

/// LEB128, as the content of a ping.
std::string number_text(std::uint64_t value);

} // namespace troupe::cluster
