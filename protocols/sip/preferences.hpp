// Caller preferences and callee capabilities: RFC 3841 clauses 7.2 and 9, RFC 3840 clause 9.
//
// A contact was registered with feature parameters; a request says what the contact should have (Accept-Contact) and should
// not have (Reject-Contact). Each contact is judged by itself: dropped, or given a score for the order among equal q.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "protocols/sip/message.hpp"
#include "protocols/sip/uri.hpp"

namespace troupe::sip {

/// True for base tags (audio, methods, ...) and names with '+': the parameters of a Contact that are capabilities.
bool is_feature(std::string_view name) noexcept;

/// One Accept-Contact or Reject-Contact value. Views the message it was read from.
struct preference {
  std::vector<parameter> features;
  bool require = false;
  bool explicitly = false; ///< the parameter "explicit"
};

struct caller_preferences {
  std::vector<preference> accept, reject;
  std::vector<preference>
      implicit; ///< clause 7.2.2: where the caller states none, the method, and of SUBSCRIBE the event
};

inline constexpr std::size_t most_preferences =
    32; ///< values, and features in a value; what is beyond is not looked at

caller_preferences read_preferences(const message& request);

struct contact_verdict {
  bool dropped = false;
  std::uint16_t score = 1000; ///< thousandths: Qa of clause 7.2.4

  friend bool operator==(const contact_verdict&, const contact_verdict&) = default;
};
/// `contact`: its parameters, capabilities or not. A contact without capabilities is immune.
contact_verdict judge(const caller_preferences& wanted, const std::vector<parameter>& contact);

/// Two values of one feature have something in common: token lists, TRUE and FALSE, numbers and ranges, strings; each
/// with or without quotes (RFC 3840 clause 9, RFC 2533).
bool features_overlap(const parameter& a, const parameter& b) noexcept;

/// Request-Disposition (clause 9.1).
struct request_disposition {
  bool redirect = false, no_cancel = false, no_fork = false, no_recurse = false, sequential = false, queue = false;

  friend bool operator==(const request_disposition&, const request_disposition&) = default;
};
request_disposition read_disposition(const message& request);

} // namespace troupe::sip
