// The actor of one client transaction: a shell around sip::invite_client or sip::non_invite_client.
#pragma once

#include <variant>

#include "actors/contracts/messages.hpp"
#include "actors/supervision/pinned.hpp"
#include "actors/transaction/transaction_table.hpp"
#include "actors/transaction/transaction_timers.hpp"

namespace troupe {

class client_transaction final : public pinned<client_transaction_actor> {
public:
  using handle = client_transaction_actor;
  using machine = decltype(client_rest::machine);

  client_transaction(caf::actor_config& config, shard& home, transaction_table& table, const sip::transaction_key& key,
                     sip::message_ref request, packet_ref octets, const flow& over, const call_id& user,
                     std::uint32_t branch);
  /// Made again; `last` fires at `ends`.
  client_transaction(caf::actor_config& config, shard& home, transaction_table& table, const sip::transaction_key& key,
                     const call_id& user, client_rest value, sip::timer last, instant ends);

  behavior_type make_behavior() override;
  const char* name() const override { return "client_transaction"; }

private:
  void on_failure(std::exception_ptr& thrown) override;
  void step(const sip::event& e);
  void carry_out(const sip::effect& e);
  void send(const sip::message_ref& request, packet_ref& octets);
  void send_ack();
  void send_cancel();
  void tell_failed(bool timeout);
  void rest_if_done();

  transaction_table& table_;
  sip::transaction_key key_;
  sip::message_ref request_; ///< none when made again
  flow over_;
  call_id user_;
  std::uint32_t branch_;
  machine machine_;
  sip::message_ref response_; ///< at hand in this step
  packet_ref octets_;
  sip::message_ref ack_; ///< made from the first failure, sent for each
  packet_ref ack_octets_;
  std::string cancel_reason_;
  bool sent_ = false;
  transaction_timers<client_transaction> timers_;
};

} // namespace troupe
