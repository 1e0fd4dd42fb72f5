// The typed messages of registrations: S-CSCF authentication and registrar, P-CSCF bindings.
#pragma once

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/typed_actor.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "actors/contracts/flow.hpp"
#include "protocols/diameter/cx.hpp"
#include "protocols/ims/registrar.hpp"
#include "protocols/ims/snapshot.hpp"
#include "protocols/sip/message.hpp"

namespace troupe {

/// The answer to a REGISTER, SUBSCRIBE or NOTIFY. Called once, on the entity's shard.
using answer_with = std::function<void(sip::message_ref)>;

/// An entity's deadline has come, or it has been quiet for a while.
struct timer_due {};

namespace to_authentication {
struct register_received {
  sip::message_ref request;
  answer_with answer;
};
struct vectors {
  cx::maa answer;
};
} // namespace to_authentication

namespace to_registration {
struct registering {
  ims::register_request_ref request;
  answer_with answer;
};
/// The HSS's word on a REGISTER's assignment. Goes to the set that the user data names, wherever the REGISTER was.
struct assigned {
  ims::registrar_event::assigned event;
  answer_with answer;
};
struct subscribing {
  sip::message_ref request;
  answer_with answer;
};
struct notify_done {
  std::string call_id;
  std::string local_tag;
  int status = 0;
};
/// Service of a user who is not registered: the profile was fetched for a call.
struct serve_unregistered {
  ims::registrar_event::served_unregistered event;
  std::function<void(ims::profile_ref)> done;
};
struct pushed {
  cx::ppr what;
};
struct terminating {
  cx::rtr what;
};
} // namespace to_registration

namespace to_binding {
/// What a final response to a REGISTER says.
struct note {
  sip::message_ref request;
  sip::message_ref response;
  std::optional<flow> from;
  sip::entity_key key;
  std::function<void()> done;
};
struct notified {
  sip::message_ref request;
  answer_with answer;
};
struct subscribed {
  int status = 408;
  sip::message_ref response; ///< null without one
};
} // namespace to_binding

using authentication_actor = caf::typed_actor<caf::reacts_to<to_authentication::register_received>,
                                              caf::reacts_to<to_authentication::vectors>, caf::reacts_to<timer_due>>;

using registration_actor =
    caf::typed_actor<caf::reacts_to<to_registration::registering>, caf::reacts_to<to_registration::assigned>,
                     caf::reacts_to<to_registration::subscribing>, caf::reacts_to<to_registration::notify_done>,
                     caf::reacts_to<to_registration::serve_unregistered>, caf::reacts_to<to_registration::pushed>,
                     caf::reacts_to<to_registration::terminating>, caf::reacts_to<timer_due>>;

using binding_actor = caf::typed_actor<caf::reacts_to<to_binding::note>, caf::reacts_to<to_binding::notified>,
                                       caf::reacts_to<to_binding::subscribed>, caf::reacts_to<timer_due>>;

} // namespace troupe

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::timer_due)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::to_authentication::register_received)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::to_authentication::vectors)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::to_registration::registering)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::to_registration::assigned)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::to_registration::subscribing)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::to_registration::notify_done)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::to_registration::serve_unregistered)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::to_registration::pushed)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::to_registration::terminating)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::to_binding::note)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::to_binding::notified)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(troupe::to_binding::subscribed)
