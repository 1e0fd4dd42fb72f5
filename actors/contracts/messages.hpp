// The typed messages between actors of a node: the map to read first.
//
//   receiver --> dispatcher --> server transaction --\                          /--> client transaction --> transports
//                                                     call (one half, one actor)
//                               client transaction --/                          \--> server transaction --> transports
//
// All within one shard; a message for another shard is handed over before it is dispatched. Replies are messages of
// their own, correlated by key, so that an actor that was made again in between still gets them.
#pragma once

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>
#include <cstdint>
#include <functional>
#include <string>

#include "actors/contracts/flow.hpp"
#include "actors/contracts/role.hpp"
#include "protocols/base/siphash.hpp"
#include "protocols/sip/message.hpp"
#include "protocols/sip/token.hpp"
#include "protocols/sip/transaction.hpp"
#include "protocols/sip/transaction_key.hpp"

namespace troupe {

/// Which call entity: one half of a call, or one role's hop of it where roles are not fused.
struct call_id {
  sip::entity_key key;
  sip::half half = sip::half::none;
  std::uint8_t stage = 0;

  friend bool operator==(const call_id&, const call_id&) = default;
};

// -- to a server transaction ------------------------------------------------------------------------------------

namespace to_server {
struct again {}; ///< the request was repeated
struct ack {};
/// The user's response. With its topmost Via the client's, as it goes out.
struct respond {
  sip::message_ref response;
};
/// The same, sent once: the transaction ends with it, and a repeated request is a new one (RFC 3261 clause 8.2.7).
struct reject {
  sip::message_ref response;
};
struct send_failed {};
} // namespace to_server

struct timer_fired {
  sip::timer which;
};

// -- to a client transaction ------------------------------------------------------------------------------------

namespace to_client {
struct response {
  sip::message_ref message;
};
struct cancel {
  std::string reason; ///< a Reason value, or empty
};
struct send_failed {};
struct abandon {}; ///< the user gave up on it: nothing was heard, nothing more is sent
} // namespace to_client

// -- to a call --------------------------------------------------------------------------------------------------

namespace to_call {
/// A new server transaction; or an ACK, which has none.
struct request {
  sip::transaction_key server;
  sip::message_ref message; ///< our own Routes are taken off
  flow by;
  std::optional<roles::role_id> role; ///< that it enters by; nothing: inside a dialog
  std::optional<sip::token> token;    ///< of our topmost Route
  std::string_view own_route;         ///< its URI; lives as long as the message
};
/// CANCEL for this INVITE; the CANCEL itself has been answered.
struct cancel {
  sip::transaction_key server;
  sip::message_ref message;
};
struct response {
  std::uint32_t branch;
  sip::message_ref message;
};
/// A client transaction ended without a final response.
struct branch_failed {
  std::uint32_t branch;
  bool timeout; ///< else the transport failed
};
/// The server transaction ended without our final response having reached the peer (no ACK), or could not send it.
struct server_failed {
  sip::transaction_key server;
};
/// What a role asked for has come; or a timer of the call fired. Runs on the call with its state.
struct resume {
  std::uint64_t ticket;
};
struct timer {
  enum kind : std::uint8_t {
    wake,    ///< the value's deadline has come, or the actor's idle time is over
    timer_c, ///< of branch `of`
    silence, ///< branch `of` has heard nothing, and there is another way
    release, ///< the registration behind the call is gone
  };
  kind which;
  std::uint32_t of;
};
} // namespace to_call

using server_transaction_actor = caf::typed_actor<caf::reacts_to<to_server::again>, caf::reacts_to<to_server::ack>,
                                                  caf::reacts_to<to_server::respond>, caf::reacts_to<to_server::reject>,
                                                  caf::reacts_to<to_server::send_failed>, caf::reacts_to<timer_fired>>;

using client_transaction_actor =
    caf::typed_actor<caf::reacts_to<to_client::response>, caf::reacts_to<to_client::cancel>,
                     caf::reacts_to<to_client::send_failed>, caf::reacts_to<to_client::abandon>,
                     caf::reacts_to<timer_fired>>;

using call_actor = caf::typed_actor<caf::reacts_to<to_call::request>, caf::reacts_to<to_call::cancel>,
                                    caf::reacts_to<to_call::response>, caf::reacts_to<to_call::branch_failed>,
                                    caf::reacts_to<to_call::server_failed>, caf::reacts_to<to_call::resume>,
                                    caf::reacts_to<to_call::timer>>;

} // namespace troupe

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::to_server::again)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::to_server::ack)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::to_server::respond)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::to_server::reject)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::to_server::send_failed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::timer_fired)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::to_client::response)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::to_client::cancel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::to_client::send_failed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::to_client::abandon)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::to_call::request)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::to_call::cancel)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::to_call::response)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::to_call::branch_failed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::to_call::server_failed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::to_call::resume)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::to_call::timer)

template <>
struct std::hash<troupe::call_id> {
  std::size_t operator()(const troupe::call_id& id) const noexcept {
    // The key is a SipHash already; half and stage only tell neighbours apart.
    return id.key.hash ^ (static_cast<std::size_t>(id.half) << 3 | id.stage) * 0x9e3779b97f4a7c15 ^ id.key.group;
  }
};
