#include "protocols/sip/transaction.hpp"

#include <algorithm>

namespace troupe::sip {

namespace {

/// How long a client's timer E takes to come to T2: 3.5 s with the values of RFC 3261 (RFC 4320 clause 4.1).
milliseconds until_e_is_t2(const timer_values& times) {
  milliseconds sum{0};
  for (auto interval = times.t1; interval < times.t2 && interval.count() > 0; interval *= 2)
    sum += interval;
  return std::max(sum, times.t1);
}

/// State in the low three bits, flags above.
template <class Machine>
bool take_state(std::uint8_t octet, Machine& m, std::uint8_t flags) {
  m.at = static_cast<typename Machine::state>(octet & 7);
  return (octet & 7) <= static_cast<std::uint8_t>(Machine::state::terminated) && octet >> 3 <= flags;
}

template <class Machine>
std::uint8_t state_and(const Machine& m, bool one = false, bool two = false) {
  return static_cast<std::uint8_t>(static_cast<unsigned>(m.at) | m.reliable * 8u | one * 16u | two * 32u);
}

bool take_interval(reader& in, std::uint32_t& interval) {
  auto value = in.number();
  interval = static_cast<std::uint32_t>(value);
  return in.ok() && value <= 1u << 30;
}

} // namespace

milliseconds timer_values::first(timer which, bool reliable) const noexcept {
  const milliseconds none{0};
  switch (which) {
  case timer::a:
  case timer::e: return reliable ? none : t1;
  case timer::g: return reliable ? none : std::min(t1, t2);
  case timer::d: return reliable ? none : std::max(milliseconds(32000), 64 * t1);
  case timer::j: return reliable ? none : 64 * t1;
  case timer::i:
  case timer::k: return reliable ? none : t4;
  case timer::trying: return until_e_is_t2(*this);
  case timer::b:
  case timer::f:
  case timer::h:
  case timer::l:
  case timer::m:
  case timer::expiry:
  case timer::cancelled: return 64 * t1;
  }
  return none;
}

void encode(writer& out, const invite_client& m) {
  out.u8(state_and(m, m.cancel_wanted, m.cancel_sent));
  out.number(m.interval_ms);
}

void encode(writer& out, const non_invite_client& m) {
  out.u8(state_and(m));
  out.number(m.interval_ms);
}

void encode(writer& out, const invite_server& m) {
  out.u8(state_and(m, m.answered));
  out.number(m.interval_ms);
}

void encode(writer& out, const non_invite_server& m) { out.u8(state_and(m, m.silent)); }

bool decode(reader& in, invite_client& m) {
  auto octet = in.u8();
  m.reliable = octet & 8;
  m.cancel_wanted = octet & 16;
  m.cancel_sent = octet & 32;
  return take_interval(in, m.interval_ms) && take_state(octet, m, 7);
}

bool decode(reader& in, non_invite_client& m) {
  auto octet = in.u8();
  m.reliable = octet & 8;
  return take_interval(in, m.interval_ms) && take_state(octet, m, 1);
}

bool decode(reader& in, invite_server& m) {
  auto octet = in.u8();
  m.reliable = octet & 8;
  m.answered = octet & 16;
  return take_interval(in, m.interval_ms) && take_state(octet, m, 3);
}

bool decode(reader& in, non_invite_server& m) {
  auto octet = in.u8();
  m.reliable = octet & 8;
  m.silent = octet & 16;
  return in.ok() && take_state(octet, m, 3);
}

} // namespace troupe::sip
