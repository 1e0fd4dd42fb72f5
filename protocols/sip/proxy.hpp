// What a proxy does to a request before and while it forwards it: RFC 3261 clauses 16.3, 16.4 and 16.6, RFC 5658, RFC 5393.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/base/siphash.hpp"
#include "protocols/sip/message.hpp"
#include "protocols/sip/uri.hpp"
#include "protocols/sip/values.hpp"

namespace troupe::sip {

/// Why a request is not forwarded, and the field that the answer has to carry, if any.
struct refusal {
  int status = 0;
  std::string_view what; ///< a literal, for logs and metrics
  hdr field = hdr::other;
  std::string value;
};
/// The response for it, as make_response makes one.
message make_refusal(const message& request, const refusal& why, std::string_view to_tag);

struct proxy_rules {
  std::vector<std::string> proxy_require; ///< option tags that this proxy understands
  bool takes_other_schemes = false;       ///< urn: and the like, not only sip, sips and tel
};

/// Clause 16.3 without loops and authentication: 400 and 416 for the Request-URI and Max-Forwards, 483, 420. ACK and
/// CANCEL never get 420. A refused ACK is dropped: it has no answer.
std::optional<refusal> check_request(const message& request, const proxy_rules& rules);

// -- loops: RFC 5393 ----------------------------------------------------------------------------------------------

/// 16 characters over all that decides where the request goes: Request-URI, remaining Route values, and `extra` (half and
/// session case), so that a spiral through an application server is no loop. To be taken after preprocess_route.
std::string loop_hash(const message& request, std::string_view extra, const siphash_key& secret);
/// True when a Via of ours in the request carries the same hash (clause 4.2): 482.
bool loops(const message& request, std::string_view hash, const siphash_key& secret);

inline constexpr std::uint32_t default_max_breadth = 60;
/// Clause 5.3.3. Default when absent; 0 when malformed, which admits no branch.
std::uint32_t max_breadth(const message& request);
/// What parallel branch `n` of `branches` may use of `total`; nothing when there is less than 1 for each: 440.
std::optional<std::uint32_t> breadth_share(std::uint32_t total, std::size_t branches, std::size_t n);
void set_max_breadth(message& request, std::uint32_t value);

// -- routes: clause 16.4 ------------------------------------------------------------------------------------------

/// What the proxy knows of itself.
struct own_uris {
  std::function<bool(const uri&)> listens;       ///< the URI's host and port are ours
  std::function<bool(const uri&)> record_routed; ///< we wrote this URI into a Record-Route
  /// The second Route belongs to the first: one hop of ours wrote both (RFC 5658). May be null.
  std::function<bool(const uri& first, const uri& second)> pair;
};

/// Texts of the Routes that were removed because they are ours; they live as long as the message.
struct own_routes {
  std::string_view first;
  std::string_view second;    ///< of a pair
  bool strict_router = false; ///< a strict router had put our Record-Route into the Request-URI
};

/// Undoes what a strict router did, removes a maddr that is ours, and takes our Route, or pair of Routes, from the top.
own_routes preprocess_route(message& request, const own_uris& own);

// -- forwarding: clause 16.6 --------------------------------------------------------------------------------------

/// Step 3: one less, or 70 when there was none.
void count_hop(message& request);
/// Step 4 with RFC 5658: where the request leaves by another side than it came in by, two values, the one for the side
/// it leaves by on top. Pass the same text twice, or an empty second, for one. The texts are URIs without <>.
void add_record_route(message& request, std::string_view came_in_by, std::string_view leaves_by = {});
/// Step 6: when the topmost Route is a strict router's, it becomes the Request-URI, and that the last Route.
/// True when it did so: then the next hop is the Request-URI.
bool serve_strict_router(message& request);
/// Step 7: the URI that RFC 3263 is to be asked for: the topmost Route's, else the Request-URI.
std::string_view next_hop(const message& request, bool strict_router = false);
/// Step 8. `sent_by` with its port, if any. rport asks for RFC 3581.
void push_via(message& request, std::string_view transport, std::string_view sent_by, std::string_view branch,
              bool rport = true);

// -- Via on arrival and on the way back ---------------------------------------------------------------------------

/// Clause 18.2.1 and RFC 3581: notes in the topmost Via where the request really came from. `source_host` as in a Via,
/// IPv6 in brackets.
void note_source(message& request, std::string_view source_host, std::uint16_t source_port);

/// Where a response goes when its connection is not there, or there is none: clause 18.2.2, RFC 3581.
struct response_address {
  std::string_view transport;
  std::string_view host;
  std::optional<std::uint16_t> port; ///< none: the transport's default; for a name RFC 3263 clause 5
};
/// A maddr lets the sender aim responses at third parties: honour it towards peers that are trusted.
response_address response_destination(const via& top, bool honour_maddr = false);

/// Clause 16.7 step 3: takes our Via off. False when none is left: the response was for us.
bool pop_via(message& response);
/// Clause 16.7 step 7: another branch's challenges go with the best one's.
void add_challenges(message& best, const message& other);

} // namespace troupe::sip
