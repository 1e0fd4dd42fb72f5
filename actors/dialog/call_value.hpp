// What of a call is stored: its dialogs with the roles' notes, and the INVITEs that are still open. cluster.md 14 and 20.
//
// A call entity is one half of a call. This value is all that another actor, after a crash or on another node, needs to go on:
// to answer, cancel or time out a call that is ringing, and to release one that nobody refreshes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "actors/contracts/flow.hpp"
#include "actors/contracts/role.hpp"
#include "actors/dialog/call_settings.hpp"
#include "actors/transport/packet.hpp"
#include "protocols/sip/dialog.hpp"
#include "protocols/sip/proxy_context.hpp"
#include "protocols/sip/transaction_key.hpp"

namespace troupe {

/// One dialog and the roles that its messages pass here, in the order of its first request.
struct dialog_record {
  sip::dialog state;
  std::vector<roles::hop> hops;
  bool record_routed = true; ///< we stand in its path: its requests come here
  bool session = false;      ///< a confirmed INVITE dialog, counted as one
  /// An application server that proxies brings a dialog through this half once more, with the same tags: each time is a
  /// pass of its own, named by its first request's number. Our Record-Route says of which a request inside the dialog is.
  std::uint32_t pass = 0;
  std::vector<ims::charging_start> charged; ///< of a session: what each role that is charged by says of its beginning
};

struct stored_branch {
  std::uint32_t number = 0;
  std::string via_branch;
  packet_ref sent; ///< the request as it went: CANCEL and ACK are made from it; none yet
  flow over;
  std::vector<roles::hop> hops; ///< behind the fork
};

/// An INVITE that has no final response yet.
struct open_invite {
  std::uint32_t number = 0;
  std::uint32_t pass = 0; ///< of the dialog that it makes or is in
  instant began;
  sip::transaction_key server;
  packet_ref request; ///< as it came, without our Routes
  flow by;
  std::vector<roles::hop> hops; ///< before the fork
  sip::response_context fork;
  std::vector<stored_branch> branches;
};

struct call_value {
  std::vector<dialog_record> dialogs;
  std::vector<open_invite> open;
  std::uint32_t next_number = 1; ///< of branches and requests

  bool empty() const noexcept { return dialogs.empty() && open.empty(); }
};

/// On what the call hangs, in session or ringing: roles::role::holder of its hops, each once.
std::vector<std::string> holders_of(const call_value& value, const role_set& roles);

/// With a version octet in front; unknown trailing octets are kept out of the way of a newer version's fields.
void encode(std::string& out, const call_value& value);
/// False when the octets are no such value: it is quarantined, not guessed at.
bool decode(std::string_view in, call_value& value);

} // namespace troupe
