// The link to other nodes as actors see it: one gateway a node, which carries octets by logical names. No actor's handle
// crosses it, so nothing but the gateway can be reached from another node.
#pragma once

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_actor.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cluster/link/link.hpp"

namespace troupe {

/// What the gateway tells its receiver.
namespace from_link {
/// Messages of one lane, in order. Their share of the window is the peer's again when the last copy of `receipt` is
/// gone: keep it until they are dealt with. Kinds that are not known are left alone.
struct batch {
  cluster::node_id from = cluster::node_id::none;
  cluster::incarnation life = 0; ///< the sender's
  cluster::lane of = cluster::lane::data;
  std::vector<cluster::incoming> messages;
  std::shared_ptr<void> receipt;
};
/// Of messages to this node it is not known whether they arrived; those refused for want of credit (`full`) did not.
struct lost {
  cluster::node_id to = cluster::node_id::none;
  cluster::loss why = cluster::loss::full;
  std::vector<std::uint64_t> tickets;
};
struct up {
  cluster::node_id node = cluster::node_id::none;
  cluster::incarnation life = 0;
};
/// The connection is gone. No proof that the node is.
struct down {
  cluster::node_id node = cluster::node_id::none;
  cluster::incarnation life = 0;
};
/// Connected, but silent. `up` follows when it is heard again.
struct suspect {
  cluster::node_id node = cluster::node_id::none;
  cluster::incarnation life = 0;
};
} // namespace from_link

using link_receiver_actor =
    caf::typed_actor<caf::reacts_to<from_link::batch>, caf::reacts_to<from_link::lost>, caf::reacts_to<from_link::up>,
                     caf::reacts_to<from_link::down>, caf::reacts_to<from_link::suspect>>;

/// A peer, as `troupe ctl nodes` shows it.
struct link_facts {
  cluster::node_id node = cluster::node_id::none;
  std::string name, address;
  cluster::node_link::phase at = cluster::node_link::phase::idle;
  bool suspected = false;
  cluster::incarnation life = 0; ///< the newest seen; 0: none
  std::optional<instant> open_since;
  std::optional<milliseconds> round_trip;
  std::uint64_t queued_messages = 0, queued_octets = 0; ///< not acknowledged
};

namespace to_link {
/// Who is told from now on. The events of links that are open already are told again.
struct use {
  link_receiver_actor receiver;
};
/// Its kind tells the lane. With a ticket other than 0 the receiver is told when it is lost or refused.
struct send {
  cluster::node_id to = cluster::node_id::none;
  cluster::outgoing message;
};
struct consumed {
  cluster::node_id from = cluster::node_id::none;
  cluster::link_event::consumed what;
};
struct ask_peers {};
struct peers {
  std::vector<link_facts> all;
};
} // namespace to_link

using link_gateway_actor =
    caf::typed_actor<caf::reacts_to<to_link::use>, caf::reacts_to<to_link::send>, caf::reacts_to<to_link::consumed>,
                     caf::replies_to<to_link::ask_peers>::with<to_link::peers>>;

} // namespace troupe

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::from_link::batch)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::from_link::lost)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::from_link::up)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::from_link::down)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::from_link::suspect)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::to_link::use)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::to_link::send)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::to_link::consumed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::to_link::ask_peers)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::to_link::peers)
