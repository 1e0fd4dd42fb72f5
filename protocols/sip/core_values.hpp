// The values that every element reads of every message: its topmost Via and its CSeq.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "protocols/sip/names.hpp"
#include "protocols/sip/uri.hpp"

namespace troupe::sip {

/// Via: RFC 3261 clause 20.42, RFC 3581 (rport).
struct via {
  std::string_view transport; ///< "UDP", "TCP", "TLS", "WS", ... as it came
  std::string_view host;      ///< sent-by; IPv6 in brackets
  std::optional<std::uint16_t> port;
  parameters params;

  std::string_view branch() const noexcept { return params.find("branch").value_or(std::string_view{}); }
  std::string_view received() const noexcept { return params.find("received").value_or(std::string_view{}); }
};

/// CSeq: RFC 3261 clause 20.16.
struct cseq {
  std::uint32_t number = 0; ///< below 2^31
  std::string_view method_name;
  sip::method method = method::other;
};

/// What the parser has read on its way, so that nobody reads it again. An edit of such a field forgets it.
struct core_values {
  std::optional<via> top_via;
  std::optional<cseq> sequence;
  std::string_view branch;   ///< of the topmost Via
  std::string_view from_tag; ///< empty where there is none
  std::string_view to_tag;
  bool tags = false; ///< From and To were read
};

} // namespace troupe::sip
