// What the P-CSCF remembers: of a REGISTER under way, and of a dialog or standalone transaction (TS 24.229 clauses
// 5.2.6.3.4 and 5.2.6.4.3).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "actors/contracts/flow.hpp"
#include "protocols/sip/token.hpp"

namespace troupe::roles::pcscf {

struct registration_note {
  sip::entity_key key;
  flow from;                  ///< the UE's
  bool agrees_on_tls = false; ///< RFC 3329: the challenge says so

  friend bool operator==(const registration_note&, const registration_note&) = default;
};
std::string encode(const registration_note& n);
std::optional<registration_note> decode_registration_note(std::string_view text);

struct dialog_note {
  sip::entity_key binding;
  std::uint64_t flow_print = 0; ///< fingerprint() of the UE's flow; 0: not known
  std::string icid;
  std::string orig_ioi;     ///< of the request that began it
  std::string called_party; ///< P-Called-Party-ID, whole; empty when the UE is the caller

  friend bool operator==(const dialog_note&, const dialog_note&) = default;
};
std::string encode(const dialog_note& n);
std::optional<dialog_note> decode_dialog_note(std::string_view text);

/// Equal for messages of one UDP peer or one connection, whichever shard received them. Never 0.
std::uint64_t fingerprint(flow f, const siphash_key& secret);

} // namespace troupe::roles::pcscf
