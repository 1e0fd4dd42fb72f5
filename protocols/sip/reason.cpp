#include "protocols/sip/reason.hpp"

#include "protocols/base/text.hpp"
#include "protocols/sip/values.hpp"

namespace troupe::sip {

std::string make_reason(std::string_view protocol, int cause, std::string_view text) {
  auto out = std::string(protocol) + ";cause=" + std::to_string(cause);
  if (!text.empty())
    (out += ";text=") += quote(text);
  return out;
}

std::optional<int> reason_cause(const message& m, std::string_view protocol) {
  std::optional<int> cause;
  for_each_value(m, hdr::reason, [&](std::string_view value) {
    auto reason = parse_token_value(value);
    if (!equal_nocase(reason.token, protocol))
      return true;
    cause = to_number<int>(reason.params.find("cause").value_or(""));
    return !cause.has_value();
  });
  return cause;
}

std::string cancel_reason(int status) {
  if (status >= 200 && status < 300)
    return make_reason("SIP", 200, "Call completed elsewhere");
  return make_reason("SIP", status, reason_phrase(status));
}

} // namespace troupe::sip
