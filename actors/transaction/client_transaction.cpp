#include "actors/transaction/client_transaction.hpp"

#include "protocols/sip/make.hpp"
#include "protocols/sip/values.hpp"

namespace troupe {

client_transaction::client_transaction(caf::actor_config& config, shard& home, transaction_table& table,
                                       const sip::transaction_key& key, sip::message_ref request, packet_ref octets,
                                       const flow& over, const call_id& user, std::uint32_t branch)
    : pinned(config, home),
      table_(table),
      key_(key),
      request_(std::move(request)),
      over_(over),
      user_(user),
      branch_(branch),
      octets_(std::move(octets)),
      timers_(this) {
  auto reliable = is_reliable(over_.transport);
  if (request_->method() == sip::method::invite)
    machine_ = sip::invite_client{.reliable = reliable};
  else
    machine_ = sip::non_invite_client{.reliable = reliable};
  step(sip::event::of(sip::event::kind::start));
}

client_transaction::client_transaction(caf::actor_config& config, shard& home, transaction_table& table,
                                       const sip::transaction_key& key, const call_id& user, client_rest value,
                                       sip::timer last, instant ends)
    : pinned(config, home),
      table_(table),
      key_(key),
      over_(value.over),
      user_(user),
      branch_(value.branch),
      machine_(value.machine),
      ack_(std::move(value.ack_local)),
      ack_octets_(std::move(value.ack_octets)),
      sent_(true),
      timers_(this) {
  timers_.arm_at(last, ends);
}

client_transaction::behavior_type client_transaction::make_behavior() {
  return {[this](const to_client::response& m) {
            response_ = m.message;
            step(sip::event::response(response_->status()));
            response_ = {};
            rest_if_done();
          },
          [this](const to_client::cancel& m) {
            cancel_reason_ = m.reason;
            step(sip::event::of(sip::event::kind::cancel));
            rest_if_done();
          },
          [this](to_client::send_failed) {
            step(sip::event::of(sip::event::kind::transport_error));
            rest_if_done();
          },
          [this](to_client::abandon) { carry_out({sip::effect::kind::terminated}); },
          [this](timer_fired t) {
            step(sip::event::timeout(t.which));
            rest_if_done();
          }};
}

void client_transaction::rest_if_done() {
  auto over = std::visit([](auto& now) { return sip::at_rest(now); }, machine_);
  auto last = over ? timers_.only() : std::nullopt;
  if (!last || has_mail())
    return;
  auto local = over_.transport == transport::local;
  table_.rest(key_, last->which, last->at, {machine_, over_, branch_, ack_octets_, local ? ack_ : sip::message_ref()});
  timers_.disarm_all();
  quit();
}

void client_transaction::step(const sip::event& e) {
  auto todo = std::visit(
      [&](auto& now) {
        auto [next, effects] = on(now, e, table_.times());
        now = next;
        return effects;
      },
      machine_);
  for (auto& effect : todo)
    carry_out(effect);
}

void client_transaction::carry_out(const sip::effect& e) {
  using kind = sip::effect::kind;
  switch (e.what) {
  case kind::send_request:
    if (std::exchange(sent_, true))
      table_.counts().add(metric::retransmissions_sent);
    return send(request_, octets_);
  case kind::send_ack: return send_ack();
  case kind::send_cancel: return send_cancel();
  case kind::pass_provisional:
  case kind::pass_final:
    if (branch_ != 0)
      table_.user().tell(user_, to_call::response{branch_, response_});
    return;
  case kind::pass_timeout: table_.counts().add(metric::transaction_timeouts); return tell_failed(true);
  case kind::pass_transport_error: return tell_failed(false);
  case kind::arm: return timers_.arm(e.which, e.after());
  case kind::disarm: return timers_.disarm(e.which);
  case kind::terminated:
    timers_.disarm_all();
    table_.forget_client(key_);
    return quit();
  default: return;
  }
}

void client_transaction::send(const sip::message_ref& request, packet_ref& octets) {
  if (over_.transport == transport::local)
    return table_.out().send_local(request);
  if (!octets)
    octets = make_packet(*request);
  table_.out().send(over_, octets, key_);
}

void client_transaction::send_ack() {
  if (!ack_ && !ack_octets_ && response_)
    ack_ = make_ref<const sip::message>(sip::make_ack(*request_, *response_));
  if (ack_ || ack_octets_)
    send(ack_, ack_octets_);
}

void client_transaction::send_cancel() {
  auto cancel = make_ref<const sip::message>(sip::make_cancel(*request_, cancel_reason_));
  auto via = sip::top_via(*cancel);
  table_.make_client(via ? via->branch() : std::string_view{}, std::move(cancel), {}, over_, user_, 0);
}

void client_transaction::tell_failed(bool timeout) {
  if (branch_ != 0)
    table_.user().tell(user_, to_call::branch_failed{branch_, timeout});
}

void client_transaction::on_failure(std::exception_ptr& thrown) {
  timers_.disarm_all();
  table_.failures().on_failure({metric::restarts_transaction, request_ ? request_->value(sip::hdr::call_id) : "at rest",
                                request_ ? request_->method_name() : "", describe(thrown)});
  tell_failed(false);
  table_.forget_client(key_);
}

} // namespace troupe
