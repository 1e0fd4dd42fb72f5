// Messages made from others: responses (RFC 3261 clause 8.2.6), ACK to a failure (17.1.1.3), CANCEL (9.1).
#pragma once

#include <string_view>

#include "protocols/sip/message.hpp"

namespace troupe::sip {

/// With the request's Via, From, To, Call-ID and CSeq; Timestamp in a 100; Record-Route in what makes a dialog. `to_tag` is put
/// into To when it has none; leave it empty for a 100. `reason`: empty for the registry's phrase.
message make_response(const message& request, int status, std::string_view to_tag = {}, std::string_view reason = {});

/// For a final response of 300 to 699 to `invite`, the request as it was sent. Goes where the INVITE went.
message make_ack(const message& invite, const message& response);

/// For `invite` as it was sent, in a client transaction of its own, with the same branch. `reason` is a Reason value or empty.
message make_cancel(const message& invite, std::string_view reason = {});

/// INVITE, SUBSCRIBE and REFER (RFC 3261 clause 12.1, RFC 6665, RFC 3515).
bool makes_dialog(method m) noexcept;

} // namespace troupe::sip
