// What a CSCF tells of a call for charging: TS 32.260 clause 5.2; the fields are those of the IMS CDRs of TS 32.298.
//
// A record says what happened and knows nothing of where it goes: a stream, a file, or a charging data function over Rf.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/base/cursor.hpp"
#include "protocols/base/time.hpp"

namespace troupe::ims {

/// Node-Functionality and Role-Of-Node of TS 32.299; the numbers are theirs.
enum class node_functionality : std::uint8_t { s_cscf = 0, p_cscf = 1 };
enum class role_of_node : std::uint8_t { originating = 0, terminating = 1 };

/// What a role knows of who is charged when a call is answered or has failed. Empty: not known.
struct charged_party {
  node_functionality node = node_functionality::s_cscf;
  role_of_node role = role_of_node::originating;
  std::string served;               ///< the user that this node serves
  std::vector<std::string> calling; ///< P-Asserted-Identity
  std::string called;               ///< originating: the Request-URI as it left; terminating: as it came
  std::string icid;
  std::string orig_ioi, term_ioi;
  std::string access_network; ///< P-Access-Network-Info

  friend bool operator==(const charged_party&, const charged_party&) = default;
};

/// A session that was answered and has not ended: kept with its dialog.
struct charging_start {
  charged_party who;
  instant requested, answered;

  friend bool operator==(const charging_start&, const charging_start&) = default;
};

enum class charging_cause : std::uint8_t {
  bye_by_caller = 0,
  bye_by_callee = 1,
  lost = 2,     ///< an end answered that it knows nothing of the session, or not at all
  expired = 3,  ///< nobody refreshed it in time
  released = 4, ///< by the network
  failed = 5,   ///< it was never answered: an attempt
};
std::string_view to_string(charging_cause cause) noexcept;

struct charging_record {
  enum class kind : std::uint8_t { session = 0, event = 1 };

  std::string id; ///< hexadecimal; the same however often the record is made, of no other record
  kind what = kind::session;
  charged_party who;
  std::string call_id;
  std::string method = "INVITE";
  instant requested;
  std::optional<instant> answered; ///< of a session
  instant ended;                   ///< of an event: when it failed
  charging_cause cause = charging_cause::failed;
  int status = 0;     ///< of an event: the final response
  std::string reason; ///< Reason of the BYE, be it another's or the release's own
  std::string host;   ///< of the node, or of its group in a cluster

  /// Whole seconds, begun ones counted; of an event 0.
  std::int64_t duration() const noexcept;
  friend bool operator==(const charging_record&, const charging_record&) = default;
};

/// For the store, each with a version in front. False: no such value.
void encode(std::string& out, const charging_start& start);
bool decode(std::string_view in, charging_start& start);
void encode(std::string& out, const charging_record& record);
bool decode(std::string_view in, charging_record& record);

/// One line without its end. "id" stands first; what is not known is left out; times are RFC 3339, UTC.
/// Octets that are no UTF-8 become U+FFFD.
std::string to_json(const charging_record& record);

/// "2026-11-23T22:52:53.250Z".
std::string to_rfc3339(instant at);

} // namespace troupe::ims
