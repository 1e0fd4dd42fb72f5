// Which transaction a message belongs to: RFC 3261 clauses 17.1.3, 17.2.3 and 9.2, with the rules for RFC 2543 peers.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

#include "protocols/base/siphash.hpp"
#include "protocols/sip/message.hpp"
#include "protocols/sip/values.hpp"

namespace troupe::sip {

/// 128 bits of SipHash under a secret: equal keys are the same transaction, and nobody outside can choose two that meet.
/// Makes no allocation, whatever the peer sends.
struct transaction_key {
  std::uint64_t high = 0;
  std::uint64_t low = 0;

  friend auto operator<=>(const transaction_key&, const transaction_key&) = default;
};

/// True for branches made by RFC 3261's rule: "z9hG4bK" in front and something behind it.
bool has_magic_cookie(std::string_view branch) noexcept;

/// What tells one server transaction from another in a request with the magic cookie. Branch and host are compared
/// without case (clause 7.3.1); an absent port is the transport's default.
struct branch_parts {
  std::string_view branch;
  std::string_view host;
  std::uint16_t port = 5060;
};
transaction_key server_key(const siphash_key& secret, const branch_parts& parts, std::string_view method) noexcept;

/// The same for requests of RFC 2543 peers. To-tags of INVITE and ACK stay out of it: the ACK has the one of the response.
struct legacy_parts {
  std::string_view request_uri, from_tag, to_tag, call_id, top_via;
  std::uint32_t cseq = 0;
};
transaction_key legacy_server_key(const siphash_key& secret, const legacy_parts& parts,
                                  std::string_view method) noexcept;

/// For a response: our branch, as we wrote it, and the method of its CSeq.
transaction_key client_key(const siphash_key& secret, std::string_view branch, std::string_view cseq_method) noexcept;

/// Of a parsed request. An ACK has its INVITE's key. Fails when Via or CSeq cannot be read.
result<transaction_key> server_key_of(const siphash_key& secret, const message& request);
/// The INVITE that this CANCEL is about (clause 9.2).
result<transaction_key> cancelled_key_of(const siphash_key& secret, const message& cancel);
result<transaction_key> client_key_of(const siphash_key& secret, const message& response);

} // namespace troupe::sip

template <>
struct std::hash<troupe::sip::transaction_key> {
  std::size_t operator()(const troupe::sip::transaction_key& k) const noexcept { return k.low; }
};
