// Client-initiated connections: RFC 5626, the edge proxy's and the registrar's part.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/base/siphash.hpp"
#include "protocols/sip/message.hpp"
#include "protocols/sip/values.hpp"

namespace troupe::sip {

/// +sip.instance of a Contact without quotes and <>: "urn:uuid:..."; empty when there is none (RFC 5626 clause 4.1).
std::string instance_of(const name_addr& contact);
/// 1 to 2^31 - 1; 0 when there is none or it is out of range (clause 4.2.1).
std::uint32_t reg_id_of(const name_addr& contact) noexcept;

/// What a registrar makes of a Contact with reg-id (clause 6).
enum class outbound_registration : std::uint8_t {
  none,     ///< an ordinary binding: no Supported: outbound, no reg-id, or no instance; reg-id is not looked at
  accepted, ///< a flow; Require: outbound goes into the 200
  first_hop_unsupported, ///< 439: the edge proxy put no ob into its Path
};
outbound_registration judge_outbound(const message& request, const name_addr& contact);

/// True when an edge proxy that this REGISTER reached first marks its Path with ob (clause 5.1): the UE asks for outbound.
bool wants_outbound(const message& request, const name_addr& contact);

/// Flow-Timer for the 2xx to a REGISTER over a flow (clauses 5.4 and 6): how often the UE must send something.
void set_flow_timer(message& response, std::uint32_t seconds);

/// What a request towards a flow is answered with when it cannot be sent over it (clause 5.3): 430 when the flow is gone;
/// 403 for a token that was not made here.
enum class flow_state : std::uint8_t { open, gone, forged };
constexpr int flow_status(flow_state s) noexcept {
  return s == flow_state::open ? 0 : s == flow_state::gone ? 430 : 403;
}

/// A flow's name as opaque authenticated text for a URI's user part (clause 5.2); `flow` is up to 200 octets.
std::string make_flow_token(std::string_view flow, const siphash_key& secret);
/// The octets; nothing for what was not made under this secret.
std::optional<std::string> read_flow_token(std::string_view text, const siphash_key& secret);

/// A registered contact as clause 7 looks at it.
struct flow_binding {
  std::string_view instance; ///< empty: not an outbound binding
  std::uint32_t reg_id = 0;
  std::int64_t registered_at = 0; ///< any measure that grows
};
/// Which bindings may be targets together: of one instance only the flow registered last. `next`, by binding, is the one to try
/// when that fails with 430, or 408 over a flow that is no more.
struct flow_choice {
  std::vector<std::size_t> first;
  std::vector<std::optional<std::size_t>> next;
};
flow_choice choose_flows(const std::vector<flow_binding>& bindings);

} // namespace troupe::sip
