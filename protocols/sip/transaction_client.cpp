// The client transactions: RFC 3261 clause 17.1, RFC 6026 clause 7.2.
#include "protocols/sip/transaction_step.hpp"

namespace troupe::sip {

using act = effect::kind;
using kind = event::kind;

namespace {

bool provisional(const event& e) { return e.what == kind::response && e.status < 200; }
bool success(const event& e) { return e.what == kind::response && e.status >= 200 && e.status < 300; }
bool failure(const event& e) { return e.what == kind::response && e.status >= 300; }
bool final_response(const event& e) { return e.what == kind::response && e.status >= 200; }
bool fired(const event& e, timer which) { return e.what == kind::timeout && e.which == which; }

using ic = invite_client;

/// Clause 9.1: CANCEL only after a provisional response.
void cancel_if_wanted(move<ic>& m) {
  if (!m.next().cancel_wanted || m.next().cancel_sent)
    return;
  m.next().cancel_sent = true;
  m.act(act::send_cancel).arm(timer::cancelled);
}

void stop_cancelling(move<ic>& m) {
  if (m.next().cancel_sent)
    m.disarm(timer::cancelled);
}

step<ic> final_of_invite(move<ic> m, const event& e) {
  stop_cancelling(m);
  if (success(e))
    return m.act(act::pass_final).to(ic::state::accepted).arm(timer::m);
  return m.act(act::send_ack).act(act::pass_final).linger(ic::state::completed, timer::d);
}

step<ic> calling(move<ic> m, const event& e) {
  if (e.what == kind::start || e.what == kind::resume)
    return m.act(act::send_request).arm_doubling(timer::a).arm(timer::b);
  if (fired(e, timer::a) && !m.next().reliable)
    return m.act(act::send_request).arm_doubled(timer::a, no_limit);
  if (fired(e, timer::b))
    return m.act(act::pass_timeout).end();
  if (e.what == kind::transport_error)
    return m.act(act::pass_transport_error).end();
  if (e.what == kind::cancel)
    m.next().cancel_wanted = true;
  if (e.what != kind::response)
    return m;
  m.disarm(timer::a).disarm(timer::b);
  if (final_response(e))
    return final_of_invite(m, e);
  m.act(act::pass_provisional).to(ic::state::proceeding);
  cancel_if_wanted(m);
  return m;
}

step<ic> proceeding(move<ic> m, const event& e) {
  if (provisional(e))
    return m.act(act::pass_provisional);
  if (final_response(e))
    return final_of_invite(m, e);
  if (fired(e, timer::cancelled) && m.next().cancel_sent)
    return m.act(act::pass_timeout).end();
  if (e.what == kind::cancel) {
    m.next().cancel_wanted = true;
    cancel_if_wanted(m);
  }
  if (e.what == kind::resume && m.next().cancel_sent)
    m.act(act::send_cancel).arm(timer::cancelled);
  return m;
}

step<ic> completed(move<ic> m, const event& e) {
  if (failure(e))
    return m.act(act::send_ack);
  if (fired(e, timer::d))
    return m.end();
  if (e.what == kind::transport_error)
    return m.act(act::pass_transport_error).end();
  if (e.what == kind::resume)
    return m.act(act::send_ack).linger(ic::state::completed, timer::d);
  return m;
}

step<ic> accepted(move<ic> m, const event& e) {
  if (success(e))
    return m.act(act::pass_final);
  if (fired(e, timer::m))
    return m.end();
  if (e.what == kind::resume)
    return m.arm(timer::m);
  return m;
}

using nc = non_invite_client;

/// Trying and proceeding differ only in timer E.
step<nc> waiting(move<nc> m, const event& e, const timer_values& times) {
  if (e.what == kind::start || e.what == kind::resume)
    return m.act(act::send_request).arm_doubling(timer::e).arm(timer::f);
  if (fired(e, timer::e) && !m.next().reliable) {
    if (m.next().at == nc::state::proceeding)
      m.next().interval_ms = static_cast<std::uint32_t>(times.t2.count());
    return m.act(act::send_request).arm_doubled(timer::e, times.t2);
  }
  if (fired(e, timer::f))
    return m.act(act::pass_timeout).end();
  if (e.what == kind::transport_error)
    return m.act(act::pass_transport_error).end();
  if (provisional(e))
    return m.act(act::pass_provisional).to(nc::state::proceeding);
  if (final_response(e))
    return m.disarm(timer::e).disarm(timer::f).act(act::pass_final).linger(nc::state::completed, timer::k);
  return m;
}

} // namespace

step<invite_client> on(invite_client now, const event& e, const timer_values& times) noexcept {
  move<ic> m(now, times);
  switch (now.at) {
  case ic::state::calling: return calling(m, e);
  case ic::state::proceeding: return proceeding(m, e);
  case ic::state::completed: return completed(m, e);
  case ic::state::accepted: return accepted(m, e);
  case ic::state::terminated: break;
  }
  return m;
}

step<non_invite_client> on(non_invite_client now, const event& e, const timer_values& times) noexcept {
  move<nc> m(now, times);
  switch (now.at) {
  case nc::state::trying:
  case nc::state::proceeding: return waiting(m, e, times);
  case nc::state::completed:
    if (fired(e, timer::k))
      return m.end();
    return e.what == kind::resume ? m.linger(nc::state::completed, timer::k) : m;
  case nc::state::terminated: break;
  }
  return m;
}

} // namespace troupe::sip
