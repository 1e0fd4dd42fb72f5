#include "protocols/ims/registration.hpp"

#include <algorithm>

#include "protocols/base/text.hpp"
#include "protocols/ims/access.hpp"
#include "protocols/ims/identity.hpp"
#include "protocols/sip/values.hpp"

namespace troupe::ims {

namespace {

constexpr std::size_t most_contacts_in_a_request = 64;
constexpr std::size_t most_path_values = 32;

/// qvalue in thousandths; what is none counts as 1 (RFC 3261 clause 20.10).
std::uint16_t read_q(std::string_view text) {
  if (text.empty() || text.front() != '0')
    return 1000;
  std::uint16_t q = 0;
  std::uint16_t unit = 100;
  for (char c : text.substr(std::min<std::size_t>(2, text.size()))) {
    if (!is_digit(c) || unit == 0)
      break;
    q = static_cast<std::uint16_t>(q + unit * (c - '0'));
    unit /= 10;
  }
  return q;
}

/// "\"<urn:uuid:1>\"" without its quotes and brackets: RFC 5626 clause 4.1.
std::string read_instance(std::string_view value) {
  auto text = sip::unquote(value);
  if (text.size() > 2 && text.front() == '<' && text.back() == '>')
    return text.substr(1, text.size() - 2);
  return text;
}

result<contact_request> read_contact(std::string_view value, const sip::message& request) {
  auto address = sip::parse_name_addr(value);
  if (!address)
    return tl::unexpected(address.error());
  contact_request c;
  c.uri = address->uri;
  c.display_name = sip::unquote(address->display);
  c.expires = sip::contact_expires(request, *address);
  if (auto uri = sip::parse_uri(address->uri); c.uri != "*" && (!uri || !uri->is_sip()))
    return fail("a Contact of a REGISTER that is no SIP URI");
  for (auto& p : address->params) {
    if (equal_nocase(p.name, "expires") || p.name.empty())
      continue;
    if (equal_nocase(p.name, "q")) {
      c.q = read_q(p.value);
      continue;
    }
    if (equal_nocase(p.name, "+sip.instance"))
      c.instance_id = read_instance(p.value);
    if (equal_nocase(p.name, "reg-id"))
      c.reg_id = to_number<std::uint32_t>(p.value).value_or(0);
    c.parameters.push_back({std::string(p.name), std::string(p.value), p.has_value});
  }
  return c;
}

std::optional<error> read_contacts(register_request& out, const sip::message& request) {
  std::optional<error> fault;
  sip::for_each_value(request, sip::hdr::contact, [&](std::string_view value) {
    auto c = read_contact(value, request);
    if (!c)
      fault = c.error();
    else if (out.contacts.size() == most_contacts_in_a_request)
      fault = error{403, 0, "more contacts than allowed"};
    else
      out.contacts.push_back(std::move(*c));
    return !fault;
  });
  if (fault)
    return fault;
  out.all_contacts = std::any_of(out.contacts.begin(), out.contacts.end(), [](auto& c) { return c.uri == "*"; });
  // RFC 3261 clause 10.3 step 6.
  if (out.all_contacts && (out.contacts.size() != 1 || out.expires != 0u))
    return error{400, 0, "Contact: * stands alone and with Expires: 0"};
  if (out.all_contacts)
    out.contacts.clear();
  return std::nullopt;
}

bool first_hop_keeps_flows(const std::vector<std::string>& path) {
  auto address = path.empty() ? result<sip::name_addr>(fail("")) : sip::parse_name_addr(path.back());
  auto uri = address ? sip::parse_uri(address->uri) : result<sip::uri>(fail(""));
  return uri && uri->params.has("ob");
}

} // namespace

result<register_request> read_register(const sip::message_ref& request, std::string_view impi, instant at) {
  register_request out;
  out.at = at;
  out.impi = impi;
  out.message = request;
  auto impu = canonical_identity_of_value(request->value(sip::hdr::to));
  if (!impu)
    return tl::unexpected(impu.error());
  out.impu = std::move(*impu);
  auto cseq = sip::cseq_of(*request);
  if (!cseq)
    return tl::unexpected(cseq.error());
  out.cseq = cseq->number;
  out.call_id = request->value(sip::hdr::call_id);
  out.expires = sip::number_of(*request, sip::hdr::expires);
  if (auto fault = read_contacts(out, *request))
    return tl::unexpected(*fault);
  for (auto value : sip::values(*request, sip::hdr::path))
    out.path.emplace_back(value);
  if (out.path.size() > most_path_values)
    return fail("more Path values than allowed");
  out.supports_path = sip::lists_token(*request, sip::hdr::supported, "path");
  out.supports_gruu = sip::lists_token(*request, sip::hdr::supported, "gruu");
  out.supports_outbound =
      sip::lists_token(*request, sip::hdr::supported, "outbound") && first_hop_keeps_flows(out.path);
  out.user_agent = request->value(sip::hdr::user_agent);
  out.access_info = request->value(sip::hdr::p_access_network_info);
  out.visited_network = read_p_visited_network_id(*request);
  return out;
}

bool operator==(const registration_set& a, const registration_set& b) { return encode(a) == encode(b); }

std::string default_impu(const registration_set& set) {
  auto snapshot = profile_snapshot{};
  snapshot.user = set.user;
  auto id = snapshot.default_identity();
  return id ? id->canonical : std::string();
}

profile_snapshot snapshot_of(const registration_set& set) {
  profile_snapshot out;
  out.state = set.state;
  out.user = set.user;
  out.user_data = set.user_data;
  out.charging = set.charging;
  for (auto& b : set.bindings)
    out.contacts.push_back(b.contact);
  std::stable_sort(out.contacts.begin(), out.contacts.end(), [](auto& a, auto& b) { return a.q > b.q; });
  return out;
}

std::optional<instant> deadline_of(const registration_set& set) noexcept {
  std::optional<instant> out;
  for (auto& b : set.bindings)
    if (!out || b.contact.expires_at < *out)
      out = b.contact.expires_at;
  return out;
}

} // namespace troupe::ims
