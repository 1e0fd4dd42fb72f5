// A request that a call is passing on, from its server transaction to its branches: RFC 3261 clause 16.
//
// Roles see it one after another. Those before the point where it forks (`prefix`) see it once and see the one response that
// goes back; those behind it (`suffix`) see their branch.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "actors/contracts/messages.hpp"
#include "actors/dialog/services.hpp"
#include "actors/transport/packet.hpp"
#include "protocols/sip/dialog.hpp"
#include "protocols/sip/proxy_context.hpp"
#include "protocols/sip/session_timer.hpp"

namespace troupe {

/// A role that has passed the request on, with what it noted and the request as it left the role.
struct passed {
  const roles::role* role = nullptr;
  roles::hop own;
  sip::message request;
};

struct branch {
  std::uint32_t number = 0;
  sip::message request; ///< before Via, Max-Forwards and Record-Route are ours
  std::vector<passed> suffix;
  std::optional<flow> over;
  std::string next_hop;              ///< resolved instead of Route and Request-URI; empty: none
  std::vector<candidate> candidates; ///< still to be tried, the next one last
  std::string via_branch;
  sip::message_ref sent;
  packet_ref octets;                    ///< of what was sent, once they were needed
  std::optional<sip::message> response; ///< final, behind the suffix's roles
  bool stay = true;
  bool by_flow = false;         ///< a role gave the flow: there is no other way to this target
  bool has_alternative = false; ///< the role that chose this next hop knows another
  std::string charging_vector;  ///< of its final response, as it came
};

struct forwarding {
  std::uint32_t number = 0;
  sip::transaction_key server; ///< zero: a request of our own, or an ACK
  sip::message_ref request;
  packet_ref octets; ///< of the request, once they were needed
  flow by;
  instant began;
  std::vector<passed> prefix;
  std::optional<passed> refused_by; ///< the role that answered by itself
  sip::response_context fork;
  std::vector<std::unique_ptr<branch>> branches; ///< by the fork's numbers
  bool started = false;
  bool answered = false; ///< a final response went to the server transaction
  instant answered_at;
  bool stay = true; ///< Record-Route
  std::string cancel_reason;

  std::uint32_t pass = 0; ///< dialog_record::pass of what it makes or is in; 0: it came without a token that says
  // inside a dialog
  bool in_dialog = false;
  std::string dialog_tag; ///< the callee's
  sip::leg sender = sip::leg::caller;
  // making one
  std::string loop_hash; ///< RFC 5393; empty: not computed yet
  std::optional<sip::dialog> begun;
  sip::session_offer offer;
  sip::session_agreement agreed;

  sip::method method() const noexcept { return request->method(); }
};

/// A request on its way through the roles of this half. Waits here while a fact is being found.
struct request_walk {
  std::uint32_t forwarding = 0;
  std::optional<std::size_t> branch; ///< behind the fork
  sip::message request;
  const roles::role* role = nullptr;
  roles::hop own;
  std::vector<roles::hop> rest; ///< inside a dialog: the roles to come, the next one last
  std::optional<sip::token> token;
  std::string own_route;
  roles::facts facts;
};

/// A response on its way back.
struct response_walk {
  std::uint32_t forwarding = 0;
  std::optional<std::size_t> branch; ///< behind the fork; nothing: before it
  std::size_t left = 0;              ///< roles that have not seen it
  std::size_t from_branch = 0;       ///< before the fork: whose response it is
  bool best = false;                 ///< the fork chose it: as a 503 it goes no further than our roles
  sip::message response;
  roles::facts facts;
};

} // namespace troupe
