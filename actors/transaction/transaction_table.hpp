// A shard's transactions by key. The actors work; the table finds them, makes them, keeps them while they rest, and lets
// them go.
#pragma once

#include <memory>
#include <unordered_map>

#include "actors/contracts/messages.hpp"
#include "actors/contracts/metrics.hpp"
#include "actors/supervision/shard.hpp"
#include "actors/supervision/supervisor.hpp"
#include "actors/transaction/outlet.hpp"
#include "actors/transaction/resting.hpp"
#include "actors/transaction/transaction_user.hpp"

namespace troupe {

class client_transaction;
class server_transaction;

class transaction_table {
public:
  struct server_entry {
    using shell = server_transaction;
    server_transaction_actor actor; ///< none while it rests
    std::unique_ptr<resting<transaction_table, server_rest>> rest;
    call_id user;
    bool invite = false;
  };
  struct client_entry {
    using shell = client_transaction;
    client_transaction_actor actor;
    std::unique_ptr<resting<transaction_table, client_rest>> rest;
    call_id user;
  };

  transaction_table(shard& home, metrics& counts, const siphash_key& secret, const sip::timer_values& times,
                    outlet& out, transaction_user& user, supervisor& failures);

  // -- server ---------------------------------------------------------------------------------------------------
  const server_entry* find_server(const sip::transaction_key& key) const;
  /// `reply_over`: where RFC 3261 clause 18.2.2 says the responses go.
  void make_server(const sip::transaction_key& key, sip::message_ref request, const flow& reply_over,
                   const call_id& user);
  /// The request came again; or the ACK of a final response came.
  void repeated(const sip::transaction_key& key);
  void acknowledged(const sip::transaction_key& key);
  /// To a transaction that exists no more, nothing is sent.
  void respond(const sip::transaction_key& key, sip::message_ref response);
  /// Sends a final response once; the transaction ends.
  void reject(const sip::transaction_key& key, sip::message_ref response);

  // -- client ---------------------------------------------------------------------------------------------------
  /// Sends `request`, whose topmost Via is ours with `branch_text`. Its responses come to `user` under `branch`.
  /// A `branch` of 0 is nobody's: what comes is absorbed.
  /// `octets`: of the request, where they are at hand.
  void make_client(std::string_view branch_text, sip::message_ref request, packet_ref octets, const flow& over,
                   const call_id& user, std::uint32_t branch);
  void cancel(std::string_view branch_text, std::string reason);
  /// Ends a transaction that has heard nothing; its user is told nothing more.
  void abandon(std::string_view branch_text, std::string_view method);
  bool has_client(std::string_view branch_text, std::string_view method) const;
  /// False when the response belongs to no transaction.
  bool on_response(sip::message_ref response);

  /// False when there is no such transaction.
  bool on_send_failed(const sip::transaction_key& owner);

  // -- for the transactions themselves --------------------------------------------------------------------------
  void forget_server(const sip::transaction_key& key);
  void forget_client(const sip::transaction_key& key);
  /// The actor ends after this; its last timer fires at `at`.
  void rest(const sip::transaction_key& key, sip::timer last, instant at, server_rest value);
  void rest(const sip::transaction_key& key, sip::timer last, instant at, client_rest value);
  /// The last timer of one at rest fired.
  void forget(const sip::transaction_key& key, const server_rest&) { servers_.erase(key); }
  void forget(const sip::transaction_key& key, const client_rest&) { clients_.erase(key); }
  shard& home() const noexcept { return home_; }
  metrics& counts() const noexcept { return counts_; }
  const sip::timer_values& times() const noexcept { return times_; }
  outlet& out() const noexcept { return out_; }
  transaction_user& user() const noexcept { return user_; }
  supervisor& failures() const noexcept { return failures_; }
  /// Those at work, and those at rest.
  std::size_t live() const noexcept { return live_; }
  std::size_t at_rest() const noexcept { return servers_.size() + clients_.size() - live_; }
  /// Requests that have no final response yet: what a drain waits for.
  std::size_t unanswered() const noexcept { return unanswered_; }
  void on_answered() noexcept { --unanswered_; }

private:
  template <class Entry, class Message>
  void tell(const sip::transaction_key& key, Entry& to, Message m);
  client_entry* find_client(const sip::transaction_key& key);

  shard& home_;
  metrics& counts_;
  const siphash_key& secret_;
  const sip::timer_values& times_;
  outlet& out_;
  transaction_user& user_;
  supervisor& failures_;
  std::size_t unanswered_ = 0;
  std::size_t live_ = 0;
  std::unordered_map<sip::transaction_key, server_entry> servers_;
  std::unordered_map<sip::transaction_key, client_entry> clients_;
};

} // namespace troupe
