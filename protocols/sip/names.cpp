#include "protocols/sip/names.hpp"

#include <array>
#include <cstring>

#include "protocols/base/text.hpp"

namespace troupe::sip {

namespace {

constexpr std::array<std::string_view, 15> method_names{"",          "INVITE",  "ACK",     "BYE",    "CANCEL",
                                                        "REGISTER",  "OPTIONS", "PRACK",   "UPDATE", "MESSAGE",
                                                        "SUBSCRIBE", "NOTIFY",  "PUBLISH", "REFER",  "INFO"};

struct header_name {
  hdr id;
  std::string_view name;
  bool list;
  char compact = 0;
};

constexpr bool list = true;
constexpr bool once = false;

// In the order of the enumeration.
constexpr std::array headers{
    header_name{hdr::other, "", once},
    header_name{hdr::accept, "Accept", list},
    header_name{hdr::accept_contact, "Accept-Contact", list, 'a'},
    header_name{hdr::alert_info, "Alert-Info", list},
    header_name{hdr::allow, "Allow", list},
    header_name{hdr::allow_events, "Allow-Events", list, 'u'},
    header_name{hdr::authentication_info, "Authentication-Info", once},
    header_name{hdr::authorization, "Authorization", once},
    header_name{hdr::call_id, "Call-ID", once, 'i'},
    header_name{hdr::contact, "Contact", list, 'm'},
    header_name{hdr::content_disposition, "Content-Disposition", once},
    header_name{hdr::content_encoding, "Content-Encoding", list, 'e'},
    header_name{hdr::content_length, "Content-Length", once, 'l'},
    header_name{hdr::content_type, "Content-Type", once, 'c'},
    header_name{hdr::cseq, "CSeq", once},
    header_name{hdr::date, "Date", once},
    header_name{hdr::error_info, "Error-Info", list},
    header_name{hdr::event, "Event", once, 'o'},
    header_name{hdr::expires, "Expires", once},
    header_name{hdr::feature_caps, "Feature-Caps", list},
    header_name{hdr::flow_timer, "Flow-Timer", once},
    header_name{hdr::from, "From", once, 'f'},
    header_name{hdr::geolocation, "Geolocation", list},
    header_name{hdr::history_info, "History-Info", list},
    header_name{hdr::identity, "Identity", once, 'y'},
    header_name{hdr::in_reply_to, "In-Reply-To", list},
    header_name{hdr::max_forwards, "Max-Forwards", once},
    header_name{hdr::min_expires, "Min-Expires", once},
    header_name{hdr::min_se, "Min-SE", once},
    header_name{hdr::organization, "Organization", once},
    header_name{hdr::p_access_network_info, "P-Access-Network-Info", list},
    header_name{hdr::p_asserted_identity, "P-Asserted-Identity", list},
    header_name{hdr::p_asserted_service, "P-Asserted-Service", list},
    header_name{hdr::p_associated_uri, "P-Associated-URI", list},
    header_name{hdr::p_called_party_id, "P-Called-Party-ID", once},
    header_name{hdr::p_charging_function_addresses, "P-Charging-Function-Addresses", once},
    header_name{hdr::p_charging_vector, "P-Charging-Vector", once},
    header_name{hdr::p_early_media, "P-Early-Media", list},
    header_name{hdr::p_preferred_identity, "P-Preferred-Identity", list},
    header_name{hdr::p_preferred_service, "P-Preferred-Service", list},
    header_name{hdr::p_profile_key, "P-Profile-Key", once},
    header_name{hdr::p_served_user, "P-Served-User", once},
    header_name{hdr::p_user_database, "P-User-Database", once},
    header_name{hdr::p_visited_network_id, "P-Visited-Network-ID", list},
    header_name{hdr::path, "Path", list},
    header_name{hdr::priority, "Priority", once},
    header_name{hdr::privacy, "Privacy", once},
    header_name{hdr::proxy_authenticate, "Proxy-Authenticate", once},
    header_name{hdr::proxy_authorization, "Proxy-Authorization", once},
    header_name{hdr::proxy_require, "Proxy-Require", list},
    header_name{hdr::rack, "RAck", once},
    header_name{hdr::reason, "Reason", list},
    header_name{hdr::record_route, "Record-Route", list},
    header_name{hdr::refer_to, "Refer-To", once, 'r'},
    header_name{hdr::referred_by, "Referred-By", once, 'b'},
    header_name{hdr::reject_contact, "Reject-Contact", list, 'j'},
    header_name{hdr::replaces, "Replaces", once},
    header_name{hdr::request_disposition, "Request-Disposition", list, 'd'},
    header_name{hdr::require, "Require", list},
    header_name{hdr::resource_priority, "Resource-Priority", list},
    header_name{hdr::retry_after, "Retry-After", once},
    header_name{hdr::route, "Route", list},
    header_name{hdr::rseq, "RSeq", once},
    header_name{hdr::security_client, "Security-Client", list},
    header_name{hdr::security_server, "Security-Server", list},
    header_name{hdr::security_verify, "Security-Verify", list},
    header_name{hdr::server, "Server", once},
    header_name{hdr::service_route, "Service-Route", list},
    header_name{hdr::session_expires, "Session-Expires", once, 'x'},
    header_name{hdr::sip_etag, "SIP-ETag", once},
    header_name{hdr::sip_if_match, "SIP-If-Match", once},
    header_name{hdr::subject, "Subject", once, 's'},
    header_name{hdr::subscription_state, "Subscription-State", once},
    header_name{hdr::supported, "Supported", list, 'k'},
    header_name{hdr::timestamp, "Timestamp", once},
    header_name{hdr::to, "To", once, 't'},
    header_name{hdr::unsupported, "Unsupported", list},
    header_name{hdr::user_agent, "User-Agent", once},
    header_name{hdr::via, "Via", list, 'v'},
    header_name{hdr::warning, "Warning", list},
    header_name{hdr::www_authenticate, "WWW-Authenticate", once},
};

constexpr bool in_order() {
  for (std::size_t i = 0; i < headers.size(); ++i)
    if (static_cast<std::size_t>(headers[i].id) != i)
      return false;
  return headers.size() == static_cast<std::size_t>(hdr::www_authenticate) + 1;
}
static_assert(in_order());

// Names of two letters and more are found by a hash of length and three letters, with linear probing; |32 folds
// the case of letters and leaves digits and '-'.
constexpr std::size_t slots = 512;

constexpr std::size_t slot_of(std::string_view name) noexcept {
  auto letter = [name](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(name[i]) | 32U); };
  return (name.size() * 37 + letter(0) * 5 + letter(name.size() / 2) * 71 + letter(name.size() - 1) * 13) % slots;
}

constexpr auto table = [] {
  std::array<std::uint8_t, slots> filled{};
  for (std::size_t i = 1; i < headers.size(); ++i) {
    auto slot = slot_of(headers[i].name);
    while (filled[slot])
      slot = (slot + 1) % slots;
    filled[slot] = static_cast<std::uint8_t>(i);
  }
  return filled;
}();

constexpr auto compact_forms = [] {
  std::array<hdr, 128> forms{};
  for (auto& h : headers)
    if (h.compact)
      forms[static_cast<unsigned char>(h.compact)] = forms[static_cast<unsigned char>(h.compact - 32)] = h.id;
  return forms;
}();

template <class Word>
bool same_words(const char* a, const char* b, std::size_t size) noexcept {
  auto same_at = [a, b](std::size_t at) {
    Word x;
    Word y;
    std::memcpy(&x, a + at, sizeof(Word));
    std::memcpy(&y, b + at, sizeof(Word));
    return x == y;
  };
  for (std::size_t at = 0; at + sizeof(Word) < size; at += sizeof(Word))
    if (!same_at(at))
      return false;
  return same_at(size - sizeof(Word));
}

/// For names of two letters and more, without the call that memcmp is.
bool same_name(const char* a, const char* b, std::size_t size) noexcept {
  if (size >= 8)
    return same_words<std::uint64_t>(a, b, size);
  return size >= 4 ? same_words<std::uint32_t>(a, b, size) : same_words<std::uint16_t>(a, b, size);
}

struct phrase {
  int status;
  std::string_view text;
};

// IANA, Session Initiation Protocol (SIP) Parameters, Response Codes.
constexpr phrase phrases[] = {{100, "Trying"},
                              {180, "Ringing"},
                              {181, "Call Is Being Forwarded"},
                              {182, "Queued"},
                              {183, "Session Progress"},
                              {199, "Early Dialog Terminated"},
                              {200, "OK"},
                              {202, "Accepted"},
                              {204, "No Notification"},
                              {300, "Multiple Choices"},
                              {301, "Moved Permanently"},
                              {302, "Moved Temporarily"},
                              {305, "Use Proxy"},
                              {380, "Alternative Service"},
                              {400, "Bad Request"},
                              {401, "Unauthorized"},
                              {402, "Payment Required"},
                              {403, "Forbidden"},
                              {404, "Not Found"},
                              {405, "Method Not Allowed"},
                              {406, "Not Acceptable"},
                              {407, "Proxy Authentication Required"},
                              {408, "Request Timeout"},
                              {410, "Gone"},
                              {412, "Conditional Request Failed"},
                              {413, "Request Entity Too Large"},
                              {414, "Request-URI Too Long"},
                              {415, "Unsupported Media Type"},
                              {416, "Unsupported URI Scheme"},
                              {417, "Unknown Resource-Priority"},
                              {420, "Bad Extension"},
                              {421, "Extension Required"},
                              {422, "Session Interval Too Small"},
                              {423, "Interval Too Brief"},
                              {424, "Bad Location Information"},
                              {425, "Bad Alert Message"},
                              {428, "Use Identity Header"},
                              {429, "Provide Referrer Identity"},
                              {430, "Flow Failed"},
                              {433, "Anonymity Disallowed"},
                              {436, "Bad Identity Info"},
                              {437, "Unsupported Credential"},
                              {438, "Invalid Identity Header"},
                              {439, "First Hop Lacks Outbound Support"},
                              {440, "Max-Breadth Exceeded"},
                              {469, "Bad Info Package"},
                              {470, "Consent Needed"},
                              {480, "Temporarily Unavailable"},
                              {481, "Call/Transaction Does Not Exist"},
                              {482, "Loop Detected"},
                              {483, "Too Many Hops"},
                              {484, "Address Incomplete"},
                              {485, "Ambiguous"},
                              {486, "Busy Here"},
                              {487, "Request Terminated"},
                              {488, "Not Acceptable Here"},
                              {489, "Bad Event"},
                              {491, "Request Pending"},
                              {493, "Undecipherable"},
                              {494, "Security Agreement Required"},
                              {500, "Server Internal Error"},
                              {501, "Not Implemented"},
                              {502, "Bad Gateway"},
                              {503, "Service Unavailable"},
                              {504, "Server Time-out"},
                              {505, "Version Not Supported"},
                              {513, "Message Too Large"},
                              {555, "Push Notification Service Not Supported"},
                              {580, "Precondition Failure"},
                              {600, "Busy Everywhere"},
                              {603, "Decline"},
                              {604, "Does Not Exist Anywhere"},
                              {606, "Not Acceptable"},
                              {607, "Unwanted"},
                              {608, "Rejected"}};

} // namespace

method method_of(std::string_view name) noexcept {
  for (std::size_t i = 1; i < method_names.size(); ++i)
    if (method_names[i] == name)
      return static_cast<method>(i);
  return method::other;
}

std::string_view to_string(method m) noexcept { return method_names[static_cast<std::size_t>(m)]; }

hdr header_of(std::string_view name) noexcept {
  if (name.size() < 2)
    return name.empty() || (name[0] & 128) ? hdr::other : compact_forms[static_cast<unsigned char>(name[0])];
  for (auto slot = slot_of(name); table[slot]; slot = (slot + 1) % slots) {
    auto& candidate = headers[table[slot]];
    if (candidate.name.size() != name.size())
      continue;
    if (same_name(candidate.name.data(), name.data(), name.size()) || equal_nocase(candidate.name, name))
      return candidate.id;
  }
  return hdr::other;
}

std::string_view to_string(hdr h) noexcept { return headers[static_cast<std::size_t>(h)].name; }

bool is_list(hdr h) noexcept { return headers[static_cast<std::size_t>(h)].list; }

std::string_view reason_phrase(int status) noexcept {
  for (auto& p : phrases)
    if (p.status == status)
      return p.text;
  return "Unknown";
}

} // namespace troupe::sip
