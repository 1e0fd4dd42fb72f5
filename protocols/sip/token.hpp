// Our tokens in Via branches, Record-Routes, Paths and Service-Routes: they bring a message back to its entity.
//
// A response, an ACK or a request inside a dialog must find the call it belongs to on whatever node it arrives, so the
// URI that we put into the message carries the entity's key. The peer could write any key there, so a token carries
// a SipHash under the cluster's secret; one that does not verify is not ours. It never names a node or thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocols/base/siphash.hpp"

namespace troupe::sip {

/// The trust that a listener has: towards phones, or towards configured peers.
enum class side : std::uint8_t { access = 0, core = 1 };

/// Which part of a call an entity serves. `none`: a hop without IMS roles, and registrations.
enum class half : std::uint8_t { none = 0, originating = 1, terminating = 2 };

/// Where we wrote the token.
enum class token_use : std::uint8_t { via = 0, record_route = 1, path = 2, service_route = 3 };

/// A call's or a binding's key: the group that it arrived by, and a hash of its name under the cluster's secret.
struct entity_key {
  std::uint16_t group = 0;
  std::uint64_t hash = 0;

  friend bool operator==(const entity_key&, const entity_key&) = default;
};

struct token {
  token_use use = token_use::via;
  sip::half half = half::none;
  /// Of a Record-Route: the side that the peer who will send it to us is on.
  sip::side side = side::access;
  /// 0 where roles are fused; else tells the entities of roles that share key and half, 1 to 7.
  std::uint8_t stage = 0;
  /// Of a Via: which branch of the entity. Else free for the writer.
  std::uint32_t sequence = 0;
  entity_key key;

  friend bool operator==(const token&, const token&) = default;
};

/// 32 characters of [0-9a-v]: fit for a branch, a user part and a host label.
inline constexpr std::size_t token_length = 32;
std::string encode(const token& t, const siphash_key& secret);
/// Appends instead; for the path of a message.
void encode_to(std::string& out, const token& t, const siphash_key& secret);
/// Nothing for what is not exactly a token made under this secret.
std::optional<token> decode_token(std::string_view text, const siphash_key& secret) noexcept;

/// A branch of ours: "z9hG4bKt" token, and behind a dot the loop hash of RFC 5393 clause 4.2, if any.
std::string make_branch(const token& t, const siphash_key& secret, std::string_view loop_hash = {});
std::optional<token> decode_branch(std::string_view branch, const siphash_key& secret) noexcept;

} // namespace troupe::sip
