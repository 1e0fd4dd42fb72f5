// The server transactions: RFC 3261 clause 17.2, RFC 6026 clauses 7.1 and 8.8, RFC 4320 clause 4.
#include "protocols/sip/transaction_step.hpp"

namespace troupe::sip {

using act = effect::kind;
using kind = event::kind;

namespace {

bool fired(const event& e, timer which) { return e.what == kind::timeout && e.which == which; }
bool response_in(const event& e, int low, int high) {
  return e.what == kind::response && e.status >= low && e.status <= high;
}

using is = invite_server;

step<is> proceeding(move<is> m, const event& e) {
  if (e.what == kind::start)
    return m.act(act::pass_request);
  if ((e.what == kind::request || e.what == kind::resume) && m.next().answered)
    return m.act(act::send_last_response);
  if (e.what != kind::response)
    return m;
  m.next().answered = true;
  m.act(act::send_response);
  if (e.status < 200)
    return m;
  if (e.status < 300)
    return m.to(is::state::accepted).arm(timer::l);
  return m.to(is::state::completed).arm_doubling(timer::g).arm(timer::h);
}

step<is> completed(move<is> m, const event& e, const timer_values& times) {
  if (e.what == kind::request)
    return m.act(act::send_last_response);
  if (fired(e, timer::g) && !m.next().reliable)
    return m.act(act::send_last_response).arm_doubled(timer::g, times.t2);
  if (fired(e, timer::h))
    return m.act(act::pass_timeout).end();
  if (e.what == kind::ack)
    return m.disarm(timer::g).disarm(timer::h).linger(is::state::confirmed, timer::i);
  if (e.what == kind::resume)
    return m.act(act::send_last_response).arm_doubling(timer::g).arm(timer::h);
  return m;
}

step<is> confirmed(move<is> m, const event& e) {
  if (fired(e, timer::i))
    return m.end();
  return e.what == kind::resume ? m.linger(is::state::confirmed, timer::i) : m;
}

step<is> accepted(move<is> m, const event& e) {
  if (response_in(e, 200, 299))
    return m.act(act::send_response);
  if (e.what == kind::ack)
    return m.act(act::pass_ack);
  if (fired(e, timer::l))
    return m.end();
  return e.what == kind::resume ? m.arm(timer::l) : m;
}

using ns = non_invite_server;

step<ns> answer(move<ns> m, int status) {
  if (m.next().at == ns::state::trying)
    m.disarm(timer::trying);
  m.disarm(timer::expiry);
  m.next().silent = status == 408;
  if (!m.next().silent)
    m.act(act::send_response);
  return m.linger(ns::state::completed, timer::j);
}

/// Before the client's timer E is at T2 a 100 over UDP would only slow it down (RFC 4320 clause 4.1).
step<ns> trying(move<ns> m, const event& e) {
  if (e.what == kind::start)
    return m.act(act::pass_request).arm(timer::trying).arm(timer::expiry);
  if (e.what == kind::resume)
    return m.arm(timer::trying).arm(timer::expiry);
  if (fired(e, timer::trying))
    return m.act(act::send_trying).to(ns::state::proceeding);
  if (response_in(e, 100, 100) && m.next().reliable)
    return m.disarm(timer::trying).act(act::send_response).to(ns::state::proceeding);
  if (fired(e, timer::expiry))
    return m.act(act::pass_timeout).end();
  return response_in(e, 200, 699) ? answer(m, e.status) : m;
}

step<ns> proceeding(move<ns> m, const event& e) {
  if (e.what == kind::request)
    return m.act(act::send_last_response);
  if (response_in(e, 100, 100))
    return m.act(act::send_response);
  if (e.what == kind::resume)
    return m.act(act::send_last_response).arm(timer::expiry);
  if (fired(e, timer::expiry))
    return m.act(act::pass_timeout).end();
  return response_in(e, 200, 699) ? answer(m, e.status) : m;
}

step<ns> completed(move<ns> m, const event& e) {
  if (e.what == kind::request && !m.next().silent)
    return m.act(act::send_last_response);
  if (fired(e, timer::j))
    return m.end();
  if (e.what == kind::resume) {
    if (!m.next().silent)
      m.act(act::send_last_response);
    return m.linger(ns::state::completed, timer::j);
  }
  return m;
}

} // namespace

// A response that cannot be sent ends no server transaction: it goes on absorbing (RFC 6026 clause 8.8).
step<invite_server> on(invite_server now, const event& e, const timer_values& times) noexcept {
  move<is> m(now, times);
  if (now.at == is::state::terminated)
    return m;
  if (e.what == kind::transport_error)
    return now.answered ? m.act(act::pass_transport_error) : m;
  switch (now.at) {
  case is::state::proceeding: return proceeding(m, e);
  case is::state::completed: return completed(m, e, times);
  case is::state::confirmed: return confirmed(m, e);
  case is::state::accepted: return accepted(m, e);
  case is::state::terminated: break;
  }
  return m;
}

step<non_invite_server> on(non_invite_server now, const event& e, const timer_values& times) noexcept {
  move<ns> m(now, times);
  if (now.at == ns::state::terminated)
    return m;
  if (e.what == kind::transport_error)
    return m.act(act::pass_transport_error);
  switch (now.at) {
  case ns::state::trying: return trying(m, e);
  case ns::state::proceeding: return proceeding(m, e);
  case ns::state::completed: return completed(m, e);
  case ns::state::terminated: break;
  }
  return m;
}

} // namespace troupe::sip
