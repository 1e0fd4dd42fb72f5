// What the S-CSCF remembers of a dialog or standalone transaction: TS 24.229 clauses 5.4.3.2 and 5.4.3.3.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/ims/profile.hpp"

namespace troupe::roles::scscf {

/// Who handed the request to us; the IOI that the answer carries is of the same type.
enum class origin : std::uint8_t { pcscf, server, network };

struct note {
  origin came_from = origin::network;
  ims::session_case direction = ims::session_case::originating_registered;
  std::string served; ///< canonical
  std::string icid;
  std::string generated_at;
  std::string orig_ioi;  ///< as it was received
  std::string alias;     ///< terminating: the called identity's of the other scheme; empty if none
  bool foreign = false;  ///< the other side is outside of the trust domain
  bool returned = false; ///< an application server has brought it back: who is charged was charged when it went there
  // at an application server
  std::uint32_t criterion = 0; ///< its place in the profile, from 1; 0: not at one
  bool terminates = false;     ///< its default handling is SESSION_TERMINATED
  bool answers = false;        ///< it has sent a provisional response
  // at the contacts
  std::vector<std::uint64_t> tried; ///< fingerprints of contacts

  friend bool operator==(const note&, const note&) = default;
};

std::string encode(const note& n);
std::optional<note> decode_note(std::string_view text);

} // namespace troupe::roles::scscf
