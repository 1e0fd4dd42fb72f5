// The four transaction machines: RFC 3261 clause 17, with RFC 6026 (accepted, timers L and M) and RFC 4320 (non-INVITE).
//
// A machine is a few octets. `on(state, event, times)` answers the next state and what is to be done, in order; it keeps
// no messages and reads no clock. The shell holds the request and the last response, and has one timer a name.
// After the effect `terminated` all timers of the transaction are void.
#pragma once

#include <array>
#include <cstdint>

#include "protocols/base/cursor.hpp"
#include "protocols/base/time.hpp"

namespace troupe::sip {

enum class timer : std::uint8_t {
  a,         ///< INVITE client: send again
  b,         ///< INVITE client: give up
  d,         ///< INVITE client: absorb repeated final responses
  e,         ///< non-INVITE client: send again
  f,         ///< non-INVITE client: give up
  g,         ///< INVITE server: send the final response again
  h,         ///< INVITE server: give up waiting for ACK
  i,         ///< INVITE server: absorb repeated ACKs
  j,         ///< non-INVITE server: absorb repeated requests
  k,         ///< non-INVITE client: absorb repeated responses
  l,         ///< INVITE server: absorb INVITEs after a 2xx (RFC 6026)
  m,         ///< INVITE client: further 2xx (RFC 6026)
  trying,    ///< non-INVITE server: 100 is due (RFC 4320 clause 4.1)
  expiry,    ///< non-INVITE server: the client has given up, no answer may follow (RFC 4320 clause 4.2)
  cancelled, ///< INVITE client: no final response after CANCEL (RFC 3261 clause 9.1)
};

/// RFC 3261 table 4. TS 24.229 table 7.7.1 has other values towards a UE (T1 2 s, T2 16 s, T4 17 s).
struct timer_values {
  milliseconds t1{500};
  milliseconds t2{4000};
  milliseconds t4{5000};

  /// What the timer is armed with first. Zero: over such a transport it does not run.
  milliseconds first(timer which, bool reliable) const noexcept;
  friend bool operator==(const timer_values&, const timer_values&) = default;
};

struct event {
  enum class kind : std::uint8_t {
    start,           ///< client: the request is to be sent; server: it came
    request,         ///< server: the same request again
    ack,             ///< INVITE server: an ACK with the INVITE's branch
    response,        ///< client: from the network; server: from the user
    cancel,          ///< INVITE client: the user wants it cancelled
    timeout,         ///< `which` fired
    transport_error, ///< what was sent last could not be sent
    resume,          ///< made again from its stored value: timers are to be armed anew
  };
  kind what = kind::start;
  timer which = timer::a;
  std::uint16_t status = 0;

  static constexpr event of(kind k) noexcept { return {k, timer::a, 0}; }
  static constexpr event response(int status) noexcept {
    return {kind::response, timer::a, static_cast<std::uint16_t>(status)};
  }
  static constexpr event timeout(timer which) noexcept { return {kind::timeout, which, 0}; }
};

struct effect {
  enum class kind : std::uint8_t {
    send_request,         ///< the client's request, the same octets each time
    send_ack,             ///< RFC 3261 clause 17.1.1.3, for the final response at hand or the last one
    send_cancel,          ///< clause 9.1, in a non-INVITE client transaction of its own
    send_response,        ///< the response of this event
    send_last_response,   ///< the one sent before
    send_trying,          ///< a 100 that the shell makes; it becomes the last response
    pass_request,         ///< up to the user, as are the following
    pass_provisional,     //
    pass_final,           //
    pass_ack,             ///< ACK to a 2xx with the INVITE's branch
    pass_timeout,         //
    pass_transport_error, //
    arm,                  ///< `which` fires once, `after_ms` from now; replaces one that runs
    disarm,               //
    terminated,
  };
  kind what;
  timer which = timer::a;
  std::uint32_t after_ms = 0;

  milliseconds after() const noexcept { return milliseconds(after_ms); }
  friend bool operator==(const effect&, const effect&) = default;
};

/// What a step asks for; never more than fits.
class effects {
public:
  static constexpr std::size_t capacity = 8;

  void add(effect e) noexcept { items_[size_++] = e; }
  const effect* begin() const noexcept { return items_.data(); }
  const effect* end() const noexcept { return items_.data() + size_; }
  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  const effect& operator[](std::size_t n) const noexcept { return items_[n]; }

private:
  std::array<effect, capacity> items_{};
  std::uint8_t size_ = 0;
};

template <class Machine>
struct step {
  Machine next;
  effects todo;
};

/// RFC 3261 clause 17.1.1 as RFC 6026 clause 7.2 changes it. Every 2xx within timer M goes up: a proxy forwards each.
struct invite_client {
  enum class state : std::uint8_t { calling, proceeding, completed, accepted, terminated };
  state at = state::calling;
  bool reliable = false;
  bool cancel_wanted = false; ///< CANCEL waits for the first provisional response
  bool cancel_sent = false;
  std::uint32_t interval_ms = 0; ///< of timer A

  friend bool operator==(const invite_client&, const invite_client&) = default;
};

/// RFC 3261 clause 17.1.2.
struct non_invite_client {
  enum class state : std::uint8_t { trying, proceeding, completed, terminated };
  state at = state::trying;
  bool reliable = false;
  std::uint32_t interval_ms = 0; ///< of timer E

  friend bool operator==(const non_invite_client&, const non_invite_client&) = default;
};

/// RFC 3261 clause 17.2.1 as RFC 6026 clause 7.1 changes it. It never makes a 100 by itself: what stops the peer's
/// retransmissions leaves when the user says so.
struct invite_server {
  enum class state : std::uint8_t { proceeding, completed, confirmed, accepted, terminated };
  state at = state::proceeding;
  bool reliable = false;
  bool answered = false;         ///< there is a last response
  std::uint32_t interval_ms = 0; ///< of timer G

  friend bool operator==(const invite_server&, const invite_server&) = default;
};

/// RFC 3261 clause 17.2.2 with RFC 4320: only 100 before the final response, over UDP not before the client's timer E
/// has come to T2, then always; never 408; nothing once the client has given up.
struct non_invite_server {
  enum class state : std::uint8_t { trying, proceeding, completed, terminated };
  state at = state::trying;
  bool reliable = false;
  bool silent = false; ///< completed without an answer

  friend bool operator==(const non_invite_server&, const non_invite_server&) = default;
};

step<invite_client> on(invite_client now, const event& e, const timer_values& times) noexcept;
step<non_invite_client> on(non_invite_client now, const event& e, const timer_values& times) noexcept;
step<invite_server> on(invite_server now, const event& e, const timer_values& times) noexcept;
step<non_invite_server> on(non_invite_server now, const event& e, const timer_values& times) noexcept;

template <class Machine>
bool ended(const Machine& m) noexcept {
  return m.at == Machine::state::terminated;
}

/// The final response has passed: what may still come are repeated messages and the last timer.
constexpr bool at_rest(const invite_client& m) noexcept {
  return m.at == invite_client::state::completed || m.at == invite_client::state::accepted;
}
constexpr bool at_rest(const non_invite_client& m) noexcept { return m.at == non_invite_client::state::completed; }
constexpr bool at_rest(const invite_server& m) noexcept {
  return m.at == invite_server::state::confirmed || m.at == invite_server::state::accepted;
}
constexpr bool at_rest(const non_invite_server& m) noexcept { return m.at == non_invite_server::state::completed; }

void encode(writer& out, const invite_client& m);
void encode(writer& out, const non_invite_client& m);
void encode(writer& out, const invite_server& m);
void encode(writer& out, const non_invite_server& m);
/// False when the octets are no such machine; `m` is then unspecified.
bool decode(reader& in, invite_client& m);
bool decode(reader& in, non_invite_client& m);
bool decode(reader& in, invite_server& m);
bool decode(reader& in, non_invite_server& m);

} // namespace troupe::sip
