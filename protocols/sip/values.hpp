// The values of the header fields that a proxy reads, as views: RFC 3261 clause 20, and the RFC named at each.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/base/result.hpp"
#include "protocols/sip/core_values.hpp"
#include "protocols/sip/message.hpp"
#include "protocols/sip/uri.hpp"

namespace troupe::sip {

/// Cuts `text` at its next comma that stands outside of quotes, <> and (), and answers the trimmed piece before it.
/// `text` becomes what follows. Empty pieces ("a,,b") are answered as empty.
std::string_view next_value(std::string_view& text) noexcept;

/// Calls `visit(std::string_view value)` for each value of all fields of this name, joined or repeated; stops when
/// it answers false.
template <class Visit>
void for_each_value(const message& m, hdr id, Visit visit) {
  for (auto& f : m.fields()) {
    if (f.id != id)
      continue;
    for (auto rest = f.value; !rest.empty();)
      if (!visit(next_value(rest)))
        return;
  }
}

/// The first value of a list field; empty when there is none.
std::string_view first_value(const message& m, hdr id) noexcept;
std::vector<std::string_view> values(const message& m, hdr id);
/// True when a list of tokens (Supported, Require, Allow, Privacy...) holds `token`, compared without case.
bool lists_token(const message& m, hdr id, std::string_view token) noexcept;

result<via> parse_via(std::string_view value);
result<via> top_via(const message& m);
/// Of the topmost Via; empty when there is none or it is malformed.
std::string_view top_branch(const message& m) noexcept;

/// From, To, Contact, Route, Record-Route, Path, Service-Route, P-Asserted-Identity...: name-addr or addr-spec with parameters. In the addr-spec form the
/// parameters behind ';' belong to the header field (RFC 3261 clause 20).
struct name_addr {
  std::string_view display; ///< with its quotes, if any
  std::string_view uri;     ///< text between < and >
  parameters params;

  std::string_view tag() const noexcept { return params.find("tag").value_or(std::string_view{}); }
};
result<name_addr> parse_name_addr(std::string_view value);
/// "*" of a Contact is answered as a name_addr whose uri is "*".

std::string_view from_tag(const message& m) noexcept; ///< empty when there is none or it is malformed
std::string_view to_tag(const message& m) noexcept;

result<cseq> parse_cseq(std::string_view value);
result<cseq> cseq_of(const message& m);

/// RAck: RFC 3262 clause 7.2.
struct rack {
  std::uint32_t rseq = 0;
  cseq request;
};
result<rack> parse_rack(std::string_view value);

/// Session-Expires and Min-SE: RFC 4028 clauses 4 and 5.
struct session_expires {
  std::uint32_t seconds = 0;
  std::string_view refresher; ///< "uac", "uas" or empty
};
result<session_expires> parse_session_expires(std::string_view value);

/// Event, Subscription-State, Content-Type, Content-Disposition, P-Access-Network-Info...: a token and parameters.
struct token_value {
  std::string_view token;
  parameters params;
};
token_value parse_token_value(std::string_view value) noexcept;

/// A non-negative number that may be followed by parameters or a comment (Expires, Retry-After, Max-Forwards, RSeq).
/// Nothing when it is no number or exceeds 2^32-1.
std::optional<std::uint32_t> number_of(const message& m, hdr id) noexcept;
/// The contact's expires parameter, else Expires, else nothing: RFC 3261 clause 10.2.1.1.
std::optional<std::uint32_t> contact_expires(const message& m, const name_addr& contact) noexcept;

/// `"` and `\` escaped, in quotes; and the reverse (unquoted text is answered as it is).
std::string quote(std::string_view text);
std::string unquote(std::string_view text);

} // namespace troupe::sip
