// Methods and header fields by name: RFC 3261 and the IANA SIP parameter registry. Unknown ones keep their text.
#pragma once

#include <cstdint>
#include <string_view>

namespace troupe::sip {

enum class method : std::uint8_t {
  other, ///< any method that is not listed here; its text is in the message
  invite,
  ack,
  bye,
  cancel,
  register_,
  options,
  prack,
  update,
  message,
  subscribe,
  notify,
  publish,
  refer,
  info,
};

/// Methods are case-sensitive (RFC 3261 clause 7.1).
method method_of(std::string_view name) noexcept;
/// Empty for method::other.
std::string_view to_string(method m) noexcept;

/// Header fields that this code reads or writes by meaning. Anything else is hdr::other and kept as it came.
enum class hdr : std::uint8_t {
  other,
  accept,
  accept_contact,
  alert_info,
  allow,
  allow_events,
  authentication_info,
  authorization,
  call_id,
  contact,
  content_disposition,
  content_encoding,
  content_length,
  content_type,
  cseq,
  date,
  error_info,
  event,
  expires,
  feature_caps,
  flow_timer,
  from,
  geolocation,
  history_info,
  identity,
  in_reply_to,
  max_forwards,
  min_expires,
  min_se,
  organization,
  p_access_network_info,
  p_asserted_identity,
  p_asserted_service,
  p_associated_uri,
  p_called_party_id,
  p_charging_function_addresses,
  p_charging_vector,
  p_early_media,
  p_preferred_identity,
  p_preferred_service,
  p_profile_key,
  p_served_user,
  p_user_database,
  p_visited_network_id,
  path,
  priority,
  privacy,
  proxy_authenticate,
  proxy_authorization,
  proxy_require,
  rack,
  reason,
  record_route,
  refer_to,
  referred_by,
  reject_contact,
  replaces,
  request_disposition,
  require,
  resource_priority,
  retry_after,
  route,
  rseq,
  security_client,
  security_server,
  security_verify,
  server,
  service_route,
  session_expires,
  sip_etag,
  sip_if_match,
  subject,
  subscription_state,
  supported,
  timestamp,
  to,
  unsupported,
  user_agent,
  via,
  warning,
  www_authenticate,
};

/// Case-insensitive; knows the compact forms (RFC 3261 clause 7.3.3 and the registry).
hdr header_of(std::string_view name) noexcept;
/// The long form as the registry writes it ("P-Asserted-Identity", "CSeq"); empty for hdr::other.
std::string_view to_string(hdr h) noexcept;
/// True for fields whose grammar is a comma-separated list (RFC 3261 clause 7.3.1), so that lines may be joined.
/// False for the four of the authentication family, and for those that stand once.
bool is_list(hdr h) noexcept;

/// The reason phrase of a status code; "Unknown" when there is none.
std::string_view reason_phrase(int status) noexcept;

} // namespace troupe::sip
