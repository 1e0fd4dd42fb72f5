// A dialog as one who stands in its path sees it: RFC 3261 clause 12, RFC 3262, RFC 3311, RFC 5057; TS 24.229 clauses 5.2.8 and 5.4.5.
//
// A proxy that record-routed has to be able to end the session by itself, towards both ends. So it keeps for each end what
// a user agent would: tag, target, the Routes from here to that end, the last CSeq that end sent. One value a fork.
// The value is what is stored and replicated: texts, no messages.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "protocols/base/cursor.hpp"
#include "protocols/base/time.hpp"
#include "protocols/sip/message.hpp"
#include "protocols/sip/session_timer.hpp"
#include "protocols/sip/uri.hpp"

namespace troupe::sip {

enum class leg : std::uint8_t { caller = 0, callee = 1 };
constexpr leg opposite(leg l) noexcept { return l == leg::caller ? leg::callee : leg::caller; }

struct dialog_end {
  std::string tag;
  std::string address; ///< the URI of From or To
  std::string target;  ///< the Contact's URI
  std::string routes;  ///< from here to this end, as one Route value; empty: none
  std::uint32_t cseq = 0;
  bool holds = false; ///< its last offer was sendonly or inactive in all streams

  friend bool operator==(const dialog_end&, const dialog_end&) = default;
};

struct dialog {
  enum class state : std::uint8_t { early, confirmed, ended };
  state at = state::early;
  bool subscription = false; ///< made by SUBSCRIBE or REFER; else by INVITE
  std::string call_id;
  std::array<dialog_end, 2> ends; ///< by leg
  std::uint32_t rseq = 0;         ///< last reliable provisional response of the callee (RFC 3262); 0: none
  std::uint32_t rack = 0;         ///< last one that the caller acknowledged
  session_agreement session;
  std::optional<instant> deadline; ///< without a refresh until then, the session is over

  dialog_end& end(leg l) noexcept { return ends[static_cast<std::size_t>(l)]; }
  const dialog_end& end(leg l) const noexcept { return ends[static_cast<std::size_t>(l)]; }
  friend bool operator==(const dialog&, const dialog&) = default;
};

/// What a message did to the dialog. Any of them means that the value is to be stored.
struct dialog_change {
  bool changed = false;   ///< something, be it only a CSeq
  bool confirmed = false; ///< by this message
  bool ended = false;     ///< by this message
  bool deadline = false;  ///< is another now
  bool lost = false;      ///< an end answered that it knows nothing of the dialog, or not at all (RFC 5057 clause 5.1)
  bool repeated = false;  ///< a request or reliable response that was seen before
};

/// An end that has lost the dialog has this long to send BYE or to come back.
inline constexpr milliseconds lost_grace{32000};

/// From a request without To-tag, before our own Record-Route goes in. The callee's tag is empty until fork_dialog.
dialog begin_dialog(const message& request);
/// The dialog that a response with a To-tag makes from `begun`. `is_ours`: the Record-Route URI is one of this hop's.
dialog fork_dialog(const dialog& begun, const message& response, const std::function<bool(const uri&)>& is_ours);
/// Which end sent this request, by Call-ID and tags; nothing when it is of another dialog.
std::optional<leg> sender_of(const dialog& d, const message& request);
/// True when the response belongs to this dialog, given who sent the request. A dialog that has no callee's tag takes none.
bool is_of(const dialog& d, const message& response, leg requester);

/// A request inside the dialog, as it passes.
dialog_change on_request(dialog& d, const message& request, leg sender);
/// A response as it passes, with its request. `session`: what settle_session_timer said of a 2xx to INVITE or UPDATE.
dialog_change on_response(dialog& d, const message& request, const message& response, leg requester,
                          const session_agreement& session, instant now);

/// A BYE to this end in the other's name (TS 24.229 clauses 5.2.8.1.2 and 5.4.5.1.2). Raises the CSeq it takes; `jump` more
/// after a recovery, when requests may have passed unseen. Via is the sender's affair. Nothing while the target is unknown.
std::optional<message> make_bye(dialog& d, leg to, std::string_view reason = {}, std::uint32_t jump = 0);

/// The Record-Route values of `m` in front of and behind those of this hop, in the order of the wire.
struct record_route_parts {
  std::string before, after;
  bool found = false; ///< one was ours
};
record_route_parts split_record_route(const message& m, const std::function<bool(const uri&)>& is_ours);

/// True when every stream of this SDP that is in use is sendonly or inactive (RFC 3264 clause 8.4), or c= is 0.0.0.0.
bool is_hold(std::string_view sdp) noexcept;

void encode(writer& out, const dialog& d);
bool decode(reader& in, dialog& d);

} // namespace troupe::sip
