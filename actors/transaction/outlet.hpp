// What transactions send by: the network, or, between two halves of a call on this node, memory.
#pragma once

#include <optional>

#include "actors/transport/transports.hpp"

namespace troupe {

class outlet {
public:
  virtual ~outlet() = default;
  virtual void send(const flow& over, const packet_ref& octets, const sip::transaction_key& owner) = 0;
  /// Another way for the response to this request, or for this response, whose connection is gone: RFC 3261 clause 18.2.2.
  /// Nothing if there is none.
  virtual std::optional<flow> other_way(const sip::message& message, const flow& gone) = 0;
  /// Over a local flow: the message itself goes to the shard of the call that it belongs to.
  virtual void send_local(sip::message_ref message) = 0;
};

} // namespace troupe
