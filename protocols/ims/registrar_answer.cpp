// The 200 to a REGISTER: TS 24.229 clause 5.4.1.2.2F, RFC 3261 clause 10.3 step 8, RFC 3327 clause 5.3, RFC 3608
// clause 6.3.
#include "protocols/ims/registrar.hpp"
#include "protocols/sip/values.hpp"

namespace troupe::ims {

namespace {

std::string q_text(std::uint16_t thousandths) {
  if (thousandths >= 1000)
    return "1";
  auto text = std::to_string(1000 + thousandths).replace(0, 1, "0.");
  while (text.back() == '0')
    text.pop_back();
  return text.back() == '.' ? "0" : text;
}

std::string contact_value(const registration_answer::contact& c) {
  std::string out = c.display_name.empty() ? std::string() : sip::quote(c.display_name) + " ";
  out.append("<").append(c.uri).append(">");
  if (c.q != 1000)
    out.append(";q=").append(q_text(c.q));
  for (auto& p : c.parameters) {
    out.append(";").append(p.name);
    if (p.has_value)
      out.append("=").append(p.value);
  }
  return out.append(";expires=").append(std::to_string(c.expires));
}

} // namespace

void fill_response(sip::message& response, const registration_answer& answer, std::string_view service_route) {
  for (auto& c : answer.contacts)
    response.add(sip::hdr::contact, contact_value(c));
  for (auto& value : answer.path)
    response.add(sip::hdr::path, value);
  if (answer.outbound)
    response.add(sip::hdr::require, "outbound");
  if (!answer.charging.empty())
    response.set(sip::hdr::p_charging_function_addresses, to_string(answer.charging));
  if (!answer.registered)
    return;
  if (!service_route.empty())
    response.set(sip::hdr::service_route, service_route);
  if (auto associated = to_p_associated_uri(answer.associated); !associated.empty())
    response.set(sip::hdr::p_associated_uri, associated);
}

} // namespace troupe::ims
