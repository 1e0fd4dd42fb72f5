// Session timers, a proxy's part: RFC 4028 clause 8; TS 24.229 clauses 5.2.7 and 5.4.3.
#pragma once

#include <cstdint>
#include <optional>

#include "protocols/base/time.hpp"
#include "protocols/sip/message.hpp"
#include "protocols/sip/proxy.hpp"

namespace troupe::sip {

/// All in seconds.
struct session_timer_rules {
  std::uint32_t min_se = 90;   ///< at least 90 (clause 5)
  std::uint32_t insert = 1800; ///< asked for where the request asks for nothing; 0: nothing is put in
  std::uint32_t longest = 0;   ///< longer intervals are shortened to this, not below the request's Min-SE; 0: never
};

/// What the forwarded request asked for; to be kept until its 2xx (clause 8.2).
struct session_offer {
  std::uint32_t seconds = 0; ///< 0: nothing
  bool caller_supports = false;

  friend bool operator==(const session_offer&, const session_offer&) = default;
};

struct session_agreement {
  std::uint32_t seconds = 0;     ///< 0: the session does not expire
  bool caller_refreshes = false; ///< the one who sent the request that was answered

  friend bool operator==(const session_agreement&, const session_agreement&) = default;
};

/// Clause 8.1, for INVITE and UPDATE, inside and outside of dialogs; nothing happens to others. Edits the request, or
/// answers 422 with Min-SE, or 400 for what cannot be read.
std::optional<refusal> adjust_session_timer(message& request, const session_timer_rules& rules, session_offer& offer);

/// Clause 8.2, for the 2xx. Where the callee does not know session timers and the caller does, the caller is told to refresh.
session_agreement settle_session_timer(message& response, const session_offer& offer);

/// When a session without a refresh ends; nothing when it does not expire.
std::optional<instant> session_deadline(const session_agreement& agreed, instant answered) noexcept;

} // namespace troupe::sip
