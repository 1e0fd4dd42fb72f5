// What was wrong with a Diameter message: the Result-Code to answer with and the Failed-AVP that shows it.
// RFC 6733 clauses 7.1 and 7.5; the 3GPP codes are with their applications.
#pragma once

#include <cstdint>
#include <string>
#include <tl/expected.hpp>

namespace troupe::diameter {

/// Result-Code, or Experimental-Result-Code of vendor 10415 when `experimental`.
struct result_code {
  std::uint32_t value = 0;
  bool experimental = false;

  /// 2xxx: the request was carried out; whatever else the code tells.
  constexpr bool is_success() const noexcept { return value / 1000 == 2; }
  friend constexpr bool operator==(const result_code&, const result_code&) = default;
};

/// RFC 6733 clause 7.1; RFC 8506 clause 9.
namespace code {
inline constexpr std::uint32_t success = 2001;
inline constexpr std::uint32_t limited_success = 2002;
inline constexpr std::uint32_t command_unsupported = 3001;
inline constexpr std::uint32_t unable_to_deliver = 3002;
inline constexpr std::uint32_t realm_not_served = 3003;
inline constexpr std::uint32_t too_busy = 3004;
inline constexpr std::uint32_t loop_detected = 3005;
inline constexpr std::uint32_t redirect_indication = 3006;
inline constexpr std::uint32_t application_unsupported = 3007;
inline constexpr std::uint32_t invalid_header_bits = 3008;
inline constexpr std::uint32_t invalid_avp_bits = 3009;
inline constexpr std::uint32_t unknown_peer = 3010;
inline constexpr std::uint32_t out_of_space = 4002;
inline constexpr std::uint32_t end_user_service_denied = 4010;
inline constexpr std::uint32_t credit_control_not_applicable = 4011;
inline constexpr std::uint32_t credit_limit_reached = 4012;
inline constexpr std::uint32_t avp_unsupported = 5001;
inline constexpr std::uint32_t unknown_session_id = 5002;
inline constexpr std::uint32_t authorization_rejected = 5003;
inline constexpr std::uint32_t invalid_avp_value = 5004;
inline constexpr std::uint32_t missing_avp = 5005;
inline constexpr std::uint32_t avp_not_allowed = 5008;
inline constexpr std::uint32_t avp_occurs_too_many_times = 5009;
inline constexpr std::uint32_t no_common_application = 5010;
inline constexpr std::uint32_t unsupported_version = 5011;
inline constexpr std::uint32_t unable_to_comply = 5012;
inline constexpr std::uint32_t invalid_avp_length = 5014;
inline constexpr std::uint32_t invalid_message_length = 5015;
inline constexpr std::uint32_t user_unknown = 5030; ///< to a credit-control server
inline constexpr std::uint32_t rating_failed = 5031;
} // namespace code

/// 3xxx is answered with the E bit, and without what the command's grammar asks for: RFC 6733 clause 7.2.
constexpr bool is_protocol_error(std::uint32_t result) noexcept { return result / 1000 == 3; }

/// The peer's fault.
struct failure {
  std::uint32_t result = 0;
  std::string failed_avp; ///< what a Failed-AVP holds: one AVP, as it came or as it should have been; empty: none
  std::string what;       ///< a sentence without the input's text, fit for a log and an Error-Message

  friend bool operator==(const failure&, const failure&) = default;
};

template <class T>
using outcome = tl::expected<T, failure>;

inline tl::unexpected<failure> refuse(std::uint32_t result, std::string what, std::string failed_avp = {}) {
  return tl::unexpected<failure>(failure{result, std::move(failed_avp), std::move(what)});
}

} // namespace troupe::diameter
