// What a role of the core is to the rest: a value that is given a message and answers what is to happen to it.
//
// A role knows nothing of transports, transactions, actors or other roles. It is a pure function of the message, of
// what it noted when it saw an earlier message of the same dialog (its hop), and of facts. When a fact is missing it
// answers with the question, the shell finds the fact, and calls again with the same message and one fact more.
// So that roles which share a node can be fused, each forms everything but Via, Max-Forwards and Record-Route.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "actors/contracts/flow.hpp"
#include "protocols/base/random.hpp"
#include "protocols/base/time.hpp"
#include "protocols/diameter/cx.hpp"
#include "protocols/ims/charging_record.hpp"
#include "protocols/sip/message.hpp"
#include "protocols/sip/token.hpp"

namespace troupe::ims {
class profile_snapshot; ///< protocols/ims/snapshot.hpp: an implicit registration set as calls see it
struct access_snapshot; ///< protocols/ims/access_snapshot.hpp: a UE's contact as the P-CSCF sees it
} // namespace troupe::ims

namespace troupe::roles {

enum class role_id : std::uint8_t { transit = 1, pcscf = 2, icscf = 3, scscf = 4 };

/// One role that a dialog's messages pass in this half, in the order in which its first request did. Part of the
/// call's stored value. `note` is the role's own encoding (with a version octet) of what it has to remember.
struct hop {
  role_id role = role_id::transit;
  std::string note;

  friend bool operator==(const hop&, const hop&) = default;
};

// -- questions and facts ----------------------------------------------------------------------------------------

/// The S-CSCF's registrar is to handle this REGISTER. Fact: its response.
struct ask_registrar {
  sip::message request;
};
/// The S-CSCF's notifier is to handle this SUBSCRIBE for the reg event. Fact: its response.
struct ask_notifier {
  sip::message request;
};
/// What is registered for this public identity (canonical_aor)? Fact: the snapshot, or null: none here.
/// `load_unregistered`: when there is none, get the profile by SAR UNREGISTERED_USER (TS 24.229 clause 5.4.3.3).
struct ask_profile {
  std::string impu;
  bool load_unregistered = false;
};
/// Which UE is this? By the flow that the request came by and its Contact or identity; or by the key in our Path token; or,
/// where neither is known, by the contact that a request inside a dialog goes to.
struct ask_binding {
  std::optional<flow> by_flow;
  std::string contact_uri; ///< of the request's Contact, with by_flow, where it may be empty; alone: the Request-URI
  std::optional<sip::entity_key> by_key;
  /// With by_flow: the preferred identity, else From's. Where several users share a flow and no contact decides, it does.
  std::string identity = {};
};
/// The P-CSCF is to note what this answer to a REGISTER says (TS 24.229 clause 5.2.2). Fact: it is stored.
struct note_registration {
  sip::message request; ///< as the P-CSCF forwarded it
  sip::message response;
  std::optional<flow> from; ///< the UE's
  sip::entity_key key;      ///< that the Path token carries
};

/// A NOTIFY for the P-CSCF's own subscription of this binding. Fact: the response.
struct ask_subscriber {
  sip::message request;
  sip::entity_key key;
};

using question = std::variant<cx::uar, cx::lir, ask_registrar, ask_notifier, ask_profile, ask_binding,
                              note_registration, ask_subscriber>;

/// What is known so far for this message at this hop. An optional without value: not asked yet.
struct facts {
  std::optional<cx::uaa> uaa;
  std::optional<cx::lia> lia;
  sip::message_ref response; ///< of the registrar or notifier
  std::optional<std::shared_ptr<const ims::profile_snapshot>> profile;
  std::optional<std::shared_ptr<const ims::access_snapshot>> binding;
  bool noted = false;
};

// -- decisions --------------------------------------------------------------------------------------------------

/// Where a branch goes. Without a flow: by RFC 3263 to `next_hop`, else to the request's topmost Route, else to its
/// Request-URI (which may turn out to be a role of this node).
struct target {
  sip::message request;
  std::optional<flow> over;
  std::uint32_t group = 0; ///< targets of one group are tried together, groups one after another
  std::string next_hop;    ///< a URI that is resolved instead of Route and Request-URI and written nowhere; empty: none
};

/// Send the request on. No targets: the request itself, as the role has edited it. Of a response: give up on the one
/// that came and try these instead (an I-CSCF's next S-CSCF).
struct pass_on {
  std::vector<target> targets;
  bool stay = true; ///< be in the dialog's path: Record-Route. Only looked at for dialog-creating requests
  /// As a target's, for the request itself where there are no targets. Lives as long as the role.
  std::string_view next_hop = {};
  /// The role has another way: a next hop from which nothing is heard for a while counts as one that answered 503.
  bool has_alternative = false;
};
/// A response goes back as the role has edited it.
struct pass_back {};
/// A response of the role's own, to a request; or instead of the response that came. Made by sip::make_response.
struct reply {
  sip::message response;
};
struct ask {
  roles::question question;
};
/// Nothing goes anywhere (an ACK that must not pass).
struct drop {
  std::string_view reason; ///< a metric's label: lower_case
};

using decision = std::variant<pass_on, pass_back, reply, ask, drop>;

// -- the role ---------------------------------------------------------------------------------------------------

/// What a role may know besides the message. Views and pointers live for the call only.
struct context {
  instant now;
  random_source* random = nullptr;
  sip::side side = sip::side::access; ///< that the message came by
  const flow* from = nullptr;         ///< what it came by; null for a local hop
  /// Our token in the topmost Route that brought the request here. The shell has already removed that Route.
  std::optional<sip::token> token;
  /// The URI of the topmost Route that was ours, whole, with its parameters (";orig", an ODI); empty if none.
  std::string_view own_route;
  bool in_dialog = false; ///< inside a dialog whose hops are stored, and `own.note` is what was noted then
  /// For which half this role works now; P- and S-CSCF act differently in each. REGISTER: originating.
  sip::half half = sip::half::none;
  sip::entity_key call; ///< of the call entity
  const roles::facts* facts = nullptr;
  /// Makes a URI that leads back to this role: "sip:TOKEN@host:port;lr", for Path and Service-Route.
  /// Only to be called during the role's handler.
  std::string (*make_uri)(const context&, const sip::token&) = nullptr;
  const void* shell = nullptr; ///< make_uri's
};

/// An INVITE as its half of the call has seen it, when it is answered or has failed. All of it is stored with the call, so
/// that another node sees the same.
struct charged_call {
  sip::half half = sip::half::none;
  const sip::message& received;        ///< as it came to the half
  const sip::message& sent;            ///< as it left; `received` where it did not
  std::string_view answered_with = {}; ///< P-Charging-Vector of the final response as it came; empty: none
};

class role {
public:
  virtual ~role() = default;
  virtual role_id id() const noexcept = 0;
  /// A request of any method, CANCEL excepted (the shell's own). Asked again with more facts after an `ask`.
  /// May edit the message only when it answers pass_on.
  virtual decision on_request(sip::message& request, const context& ctx, hop& own) const = 0;
  /// A response from the next hop (or one that a later role of this node made). `request` is what this role passed on.
  virtual decision on_response(sip::message& response, const sip::message& request, const context& ctx,
                               hop& own) const = 0;
  /// What a dialog hangs on at this hop, as a text that release_calls names: its calls are released when that ends. Empty:
  /// on nothing. The S-CSCF: the identity that it serves (canonical). The P-CSCF: held_by(the UE's binding).
  virtual std::string holder(const hop&) const { return {}; }
  /// Who is charged for this call at this hop, and with whom he talks; nothing: this role charges nobody for it.
  virtual std::optional<ims::charged_party> charged(const hop&, const charged_call&) const { return std::nullopt; }
};

inline std::string held_by(const sip::entity_key& binding) {
  return "binding:" + std::to_string(binding.group) + ':' + std::to_string(binding.hash);
}

} // namespace troupe::roles
