// Transactions whose final response has passed: kept as values until their last timer, for what may come again.
//
// Most of a transaction's life is this wait (RFC 3261 clause 17: 32 s for most), and nearly always nothing comes. So its actor
// ends, and is made again from the value by the next message, as calls are (docs/decisions/transactions-at-rest.md).
#pragma once

#include <variant>

#include "actors/contracts/messages.hpp"
#include "actors/supervision/wheel.hpp"
#include "actors/transport/packet.hpp"

namespace troupe {

struct server_rest {
  std::variant<sip::invite_server, sip::non_invite_server> machine;
  sip::message_ref request; ///< over streams only: its Via says where else a response can go
  flow reply_over;
  packet_ref last;             ///< response, over the network
  sip::message_ref last_local; ///< or over a local flow
  bool rerouted = false;
};

struct client_rest {
  std::variant<sip::invite_client, sip::non_invite_client> machine;
  flow over;
  std::uint32_t branch = 0;
  packet_ref ack_octets;
  sip::message_ref ack_local;
};

/// A value and the timer that ends it. `Table::forget(key, value)` is called by that, and ends this object.
template <class Table, class Value>
struct resting final : wheel::entry {
  resting(Table& owner, const sip::transaction_key& which, sip::timer last, Value kept)
      : table(owner), key(which), timer(last), value(std::move(kept)) {}

  void fire() override { table.forget(sip::transaction_key(key), value); }

  Table& table;
  sip::transaction_key key;
  sip::timer timer;
  Value value;
};

} // namespace troupe
