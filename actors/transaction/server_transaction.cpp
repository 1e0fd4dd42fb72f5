#include "actors/transaction/server_transaction.hpp"

#include "protocols/sip/make.hpp"

namespace troupe {

server_transaction::server_transaction(caf::actor_config& config, shard& home, transaction_table& table,
                                       const sip::transaction_key& key, sip::message_ref request,
                                       const flow& reply_over, const call_id& user)
    : pinned(config, home),
      table_(table),
      key_(key),
      request_(std::move(request)),
      reply_over_(reply_over),
      user_(user),
      timers_(this) {
  auto reliable = is_reliable(reply_over_.transport);
  if (request_->method() == sip::method::invite)
    machine_ = sip::invite_server{.reliable = reliable};
  else
    machine_ = sip::non_invite_server{.reliable = reliable};
  step(sip::event::of(sip::event::kind::start));
}

server_transaction::server_transaction(caf::actor_config& config, shard& home, transaction_table& table,
                                       const sip::transaction_key& key, const call_id& user, server_rest value,
                                       sip::timer last, instant ends)
    : pinned(config, home),
      table_(table),
      key_(key),
      request_(std::move(value.request)),
      reply_over_(value.reply_over),
      user_(user),
      machine_(value.machine),
      answered_(true),
      rerouted_(value.rerouted),
      last_(std::move(value.last)),
      last_local_(std::move(value.last_local)),
      timers_(this) {
  timers_.arm_at(last, ends);
}

server_transaction::behavior_type server_transaction::make_behavior() {
  return {[this](to_server::again) {
            step(sip::event::of(sip::event::kind::request));
            rest_if_done();
          },
          [this](to_server::ack) {
            step(sip::event::of(sip::event::kind::ack));
            rest_if_done();
          },
          [this](const to_server::respond& m) {
            step(sip::event::response(m.response->status()), m.response);
            rest_if_done();
          },
          [this](const to_server::reject& m) {
            send(m.response);
            carry_out({sip::effect::kind::terminated}, {});
          },
          [this](to_server::send_failed) {
            on_send_failed();
            rest_if_done();
          },
          [this](timer_fired t) {
            step(sip::event::timeout(t.which));
            rest_if_done();
          }};
}

void server_transaction::rest_if_done() {
  auto over = std::visit([](auto& now) { return sip::at_rest(now); }, machine_);
  auto last = over ? timers_.only() : std::nullopt;
  if (!last || has_mail())
    return;
  table_.rest(key_, last->which, last->at,
              {machine_, is_reliable(reply_over_.transport) ? request_ : sip::message_ref(), reply_over_, last_,
               last_local_, rerouted_});
  timers_.disarm_all();
  quit();
}

void server_transaction::step(const sip::event& e, const sip::message_ref& response) {
  auto todo = std::visit(
      [&](auto& now) {
        auto [next, effects] = on(now, e, table_.times());
        now = next;
        return effects;
      },
      machine_);
  for (auto& effect : todo)
    carry_out(effect, response);
}

void server_transaction::carry_out(const sip::effect& e, const sip::message_ref& response) {
  using kind = sip::effect::kind;
  switch (e.what) {
  case kind::send_response: return send(response);
  case kind::send_last_response: table_.counts().add(metric::retransmissions_sent); return send_last();
  case kind::send_trying: return send(make_ref<const sip::message>(sip::make_response(*request_, 100)));
  case kind::arm: return timers_.arm(e.which, e.after());
  case kind::disarm: return timers_.disarm(e.which);
  case kind::pass_timeout:
  case kind::pass_transport_error: return table_.user().tell(user_, to_call::server_failed{key_});
  case kind::terminated:
    note_answered();
    timers_.disarm_all();
    table_.forget_server(key_);
    return quit();
  default: // the request itself was told by the dispatcher; an ACK to a 2xx has a way of its own
    return;
  }
}

void server_transaction::note_answered() {
  if (!std::exchange(answered_, true))
    table_.on_answered();
}

void server_transaction::send(const sip::message_ref& response) {
  if (response->status() >= 200)
    note_answered();
  if (reply_over_.transport == transport::local)
    last_local_ = response;
  else
    last_ = make_packet(*response);
  send_last();
}

void server_transaction::send_last() {
  if (last_local_)
    table_.out().send_local(last_local_);
  else if (last_)
    table_.out().send(reply_over_, last_, key_);
}

void server_transaction::on_send_failed() {
  if (is_reliable(reply_over_.transport) && last_ && request_ && !std::exchange(rerouted_, true))
    if (auto way = table_.out().other_way(*request_, reply_over_)) {
      reply_over_ = *way;
      return send_last();
    }
  step(sip::event::of(sip::event::kind::transport_error));
}

void server_transaction::on_failure(std::exception_ptr& thrown) {
  note_answered();
  timers_.disarm_all();
  table_.failures().on_failure({metric::restarts_transaction, request_ ? request_->value(sip::hdr::call_id) : "at rest",
                                request_ ? request_->method_name() : "", describe(thrown)});
  table_.forget_server(key_);
}

} // namespace troupe
