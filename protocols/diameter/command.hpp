// Whole commands from structures and back: RFC 6733 clauses 3, 6.2 and 7.2. What a command has of its own is a structure
// (cx.hpp, sh.hpp, rx.hpp, charging.hpp); what all have, and no procedure cares for, is its envelope.
#pragma once

#include "protocols/diameter/validate.hpp"

namespace troupe::diameter {

/// Supported-Features, TS 29.229 clauses 6.3.29 and 7.1: of one vendor, one list.
struct supported_features {
  std::uint32_t vendor = tgpp;
  std::uint32_t list = 1;
  std::uint32_t features = 0;
  bool mandatory = false; ///< M: a request whose receiver must know the feature, or refuse it

  friend bool operator==(const supported_features&, const supported_features&) = default;
};

/// RFC 6733 clause 6.13: what else a redirect is good for.
enum class redirect_usage : std::uint32_t {
  dont_cache = 0,
  all_session = 1,
  all_realm = 2,
  realm_and_application = 3,
  all_application = 4,
  all_host = 5,
  all_user = 6, ///< as an SLF's answer on Dx is good for this user
};

/// RFC 6733 clause 6.1.8: ask one of these instead. `hosts` are DiameterURIs.
struct redirect {
  std::vector<std::string> hosts;
  redirect_usage usage = redirect_usage::dont_cache;
  std::optional<std::uint32_t> cache_seconds{};

  bool empty() const noexcept { return hosts.empty(); }
  friend bool operator==(const redirect&, const redirect&) = default;
};

struct envelope {
  std::string session_id;
  std::string origin_host;
  std::string origin_realm;
  std::string destination_host;  ///< of requests; empty: whoever serves the realm
  std::string destination_realm; ///< of requests
  std::optional<std::uint32_t> origin_state{};
  std::vector<supported_features> features{};
  std::vector<std::string> route_records{}; ///< of requests: the relays on the way here
  /// Proxy-Info AVPs as they came: an answer takes its request's along, in their order.
  std::vector<std::string> proxy_infos{};
  // Of answers:
  std::string failed_avp{};    ///< what Failed-AVP holds
  std::string error_message{}; ///< for people
  diameter::redirect redirect{};

  friend bool operator==(const envelope&, const envelope&) = default;
};

struct identifiers {
  std::uint32_t hop_by_hop = 0;
  std::uint32_t end_to_end = 0;
  bool retransmitted = false; ///< T: of requests

  friend bool operator==(const identifiers&, const identifiers&) = default;
};

struct command_id {
  std::uint32_t application;
  std::uint32_t code;
  bool request;

  friend constexpr bool operator==(const command_id&, const command_id&) = default;
};

/// Which command a structure is: specialised beside each mapping.
template <class Command>
inline constexpr command_id id_of = {application::relay, 0, false};

constexpr command_id id(const header& h) noexcept { return {h.application, h.command, h.is_request()}; }

template <class Command>
struct received {
  diameter::envelope envelope;
  Command command;
};

/// Appends the message to `out`. It fails, and leaves `out` as it was, only when the message would be too long.
/// Each header of commands instantiates this and decode_command() for its own.
template <class Command>
outcome<void> encode(std::string& out, const identifiers& ids, const envelope& about, const Command& what);

/// Validates the message and reads it. 3001 when it is another command.
template <class Command>
outcome<received<Command>> decode_command(const message_view& message);

/// What an answer to this request begins with, and who sends it.
envelope answer_to(const envelope& request, std::string origin_host, std::string origin_realm);

/// The answer to a request that was refused, even to one that decode() refused: `octets` need no more than a header. Takes along
/// Session-Id and Proxy-Info where they can be found. Nothing for an answer, or less than a header: these are not answered.
std::optional<std::string> refusal(std::string_view octets, const failure& why, std::string_view origin_host,
                                   std::string_view origin_realm);

/// What an answer says beside its command's AVPs, without validating: of an error that the command's structure cannot hold.
struct error_answer {
  diameter::envelope envelope;
  result_code result;
};
outcome<error_answer> decode_error(const message_view& answer);

} // namespace troupe::diameter
