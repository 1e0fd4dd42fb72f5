// Where a request enters: which call entity it belongs to, and which role sees it first. cluster.md 2, 5 and 6.
//
// Decided by the listener, the flow and our own tokens alone; never by what other header fields claim.
#pragma once

#include <optional>
#include <string_view>

#include "actors/contracts/messages.hpp"
#include "actors/dialog/call_settings.hpp"

namespace troupe {

struct entrance {
  call_id call;
  /// The first role. Nothing: the request is inside a dialog and follows the stored hops.
  std::optional<roles::role_id> role;
  std::optional<sip::token> token; ///< of our topmost Route
  std::string_view own_route;      ///< its URI; lives as long as the message
  int refuse = 0;                  ///< a status: the request goes no further
  std::string_view why;
};

/// Takes our Routes off the request (RFC 3261 clause 16.4). `call_hash`: SipHash of its Call-ID under the secret.
entrance enter(sip::message& request, const flow& by, const call_settings& own, std::uint64_t call_hash);

/// Where a request would go next, when that is on this node.
struct local_place {
  roles::role_id role{};
  sip::half half{};
  std::optional<sip::token> token; ///< our Route that says so; it is still in the message
};
/// Nothing: the next hop is elsewhere. Looks at the topmost Route, else at the Request-URI.
std::optional<local_place> next_here(const sip::message& request, const call_settings& own);

/// The token in a URI of ours.
std::optional<sip::token> token_of(std::string_view uri_text, const siphash_key& secret);
bool is_own_address(const sip::uri& u, const call_settings& own);

} // namespace troupe
