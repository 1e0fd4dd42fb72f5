// Why a request was sent or a call ended: the Reason header field, RFC 3326; in responses RFC 6432.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocols/sip/message.hpp"

namespace troupe::sip {

/// `SIP;cause=200;text="Call completed elsewhere"`; without text when it is empty.
std::string make_reason(std::string_view protocol, int cause, std::string_view text = {});

/// The cause that a protocol ("SIP", "Q.850") names, if the message has one; the first of it counts.
std::optional<int> reason_cause(const message& m, std::string_view protocol);

/// For CANCEL: RFC 3326 clause 3.1 for what was answered elsewhere, else the status' own phrase.
std::string cancel_reason(int status);

} // namespace troupe::sip
