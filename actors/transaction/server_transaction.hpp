// The actor of one server transaction: a shell around sip::invite_server or sip::non_invite_server.
#pragma once

#include <variant>

#include "actors/contracts/messages.hpp"
#include "actors/supervision/pinned.hpp"
#include "actors/transaction/transaction_table.hpp"
#include "actors/transaction/transaction_timers.hpp"

namespace troupe {

class server_transaction final : public pinned<server_transaction_actor> {
public:
  using handle = server_transaction_actor;
  using machine = decltype(server_rest::machine);

  server_transaction(caf::actor_config& config, shard& home, transaction_table& table, const sip::transaction_key& key,
                     sip::message_ref request, const flow& reply_over, const call_id& user);
  /// Made again; `last` fires at `ends`.
  server_transaction(caf::actor_config& config, shard& home, transaction_table& table, const sip::transaction_key& key,
                     const call_id& user, server_rest value, sip::timer last, instant ends);

  behavior_type make_behavior() override;
  const char* name() const override { return "server_transaction"; }

private:
  void on_failure(std::exception_ptr& thrown) override;
  void step(const sip::event& e, const sip::message_ref& response = {});
  void carry_out(const sip::effect& e, const sip::message_ref& response);
  void send(const sip::message_ref& response);
  void send_last();
  void on_send_failed();
  void note_answered();
  void rest_if_done();

  transaction_table& table_;
  sip::transaction_key key_;
  sip::message_ref request_; ///< none when made again, but over streams
  flow reply_over_;
  call_id user_;
  machine machine_;
  bool answered_ = false;
  bool rerouted_ = false;       ///< the connection was gone: the responses go another way
  packet_ref last_;             ///< over the network
  sip::message_ref last_local_; ///< over a local flow
  transaction_timers<server_transaction> timers_;
};

} // namespace troupe
