// Whether a message holds what its command's grammar asks for: RFC 6733 clauses 3.2, 4.1, 7.1.5 and 7.5.
#pragma once

#include "protocols/diameter/dictionary.hpp"
#include "protocols/diameter/message.hpp"

namespace troupe::diameter {

/// In the order of RFC 6733: 3007 and 3001 for what the dictionary lacks; then each AVP by itself, 5001 for an unknown one that
/// must be understood, 5008, 5009, 5014 and 5004; at last 5005. Failed-AVP holds the first that is wrong, within its groups.
///
/// An answer that tells of a failure may lack what it failed to find out: it must name its sender and have a result. Where AVPs
/// stand in a message is not looked at; clause 8.8 has Session-Id stand first as a SHOULD.
outcome<void> validate(const message_view& message);

/// Result-Code or Experimental-Result-Code of an answer. 5005 when it has neither.
outcome<result_code> result_of(const message_view& answer);

} // namespace troupe::diameter
