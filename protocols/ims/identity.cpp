#include "protocols/ims/identity.hpp"

#include <algorithm>

#include "protocols/base/text.hpp"
#include "protocols/sip/values.hpp"

namespace troupe::ims {

namespace {

bool global_number(std::string_view text) {
  return text.size() > 1 && text.front() == '+' && std::all_of(text.begin() + 1, text.end(), [](char c) {
           return is_digit(c) || std::string_view("-.()").find(c) != std::string_view::npos;
         });
}

std::string digits_of(std::string_view number) {
  std::string out;
  for (char c : number)
    if (is_digit(c) || c == '+')
      out += c;
  return out;
}

std::string to_name_addr(const associated_uri& a) {
  return (a.display_name.empty() ? std::string() : sip::quote(a.display_name) + " ") + "<" + a.uri + ">";
}

std::string_view without_closing_dot(std::string_view host) {
  if (!host.empty() && host.back() == '.')
    host.remove_suffix(1);
  return host;
}

} // namespace

result<std::string> canonical_identity(std::string_view uri) {
  auto parsed = sip::parse_uri(uri);
  if (!parsed)
    return tl::unexpected(parsed.error());
  if (parsed->kind == sip::scheme::other)
    return fail("an identity is a SIP or tel URI", 0, 416);
  return sip::canonical_aor(*parsed);
}

result<std::string> canonical_identity_of_value(std::string_view value) {
  auto address = sip::parse_name_addr(value);
  if (!address)
    return tl::unexpected(address.error());
  return canonical_identity(address->uri);
}

bool same_identity(std::string_view a, std::string_view b) {
  auto one = canonical_identity(a);
  auto two = canonical_identity(b);
  if (!one || !two)
    return false;
  if (*one == *two)
    return true;
  return tel_of(a).value_or(*one) == tel_of(b).value_or(*two);
}

std::optional<std::string> tel_of(std::string_view sip_uri) {
  auto uri = sip::parse_uri(sip_uri);
  if (!uri || !uri->is_sip() || !equal_nocase(uri->params.find("user").value_or(""), "phone"))
    return std::nullopt;
  auto user = sip::unescape(uri->user);
  auto number = std::string_view(user).substr(0, user.find(';'));
  if (!global_number(number))
    return std::nullopt;
  return "tel:" + digits_of(number);
}

std::optional<std::string> sip_of(std::string_view tel_uri, std::string_view domain) {
  auto uri = sip::parse_uri(tel_uri);
  if (!uri || uri->kind != sip::scheme::tel || !global_number(uri->user))
    return std::nullopt;
  return "sip:" + digits_of(uri->user) + "@" + std::string(domain) + ";user=phone";
}

bool in_domain(std::string_view uri, std::string_view domain) {
  auto parsed = sip::parse_uri(uri);
  return parsed && parsed->is_sip() && equal_nocase(without_closing_dot(parsed->host), without_closing_dot(domain));
}

result<derived_identities> derive_from_imsi(std::string_view imsi, int mnc_digits) {
  if (imsi.size() < 6 || imsi.size() > 15 || !std::all_of(imsi.begin(), imsi.end(), is_digit))
    return fail("an IMSI has 6 to 15 digits");
  if (mnc_digits != 2 && mnc_digits != 3)
    return fail("a mobile network code has 2 or 3 digits");
  auto mcc = std::string(imsi.substr(0, 3));
  auto mnc = std::string(imsi.substr(3, static_cast<std::size_t>(mnc_digits)));
  if (mnc.size() == 2)
    mnc.insert(0, "0");
  derived_identities out;
  out.domain = "ims.mnc" + mnc + ".mcc" + mcc + ".3gppnetwork.org";
  out.impi = std::string(imsi) + "@" + out.domain;
  out.temporary_impu = "sip:" + out.impi;
  return out;
}

std::string impi_from_impu(std::string_view impu) {
  auto canonical = canonical_identity(impu).value_or(std::string(impu));
  auto colon = canonical.find(':');
  return colon == canonical.npos ? canonical : canonical.substr(colon + 1);
}

std::string to_p_associated_uri(const std::vector<associated_uri>& uris) {
  std::string out;
  for (auto& a : uris) {
    if (!out.empty())
      out += ", ";
    out += to_name_addr(a);
  }
  return out;
}

std::vector<associated_uri> associated_uris(const profile_snapshot& snapshot) {
  std::vector<associated_uri> out;
  for (auto id : snapshot.usable_identities())
    out.push_back({id->uri, id->display_name});
  return out;
}

std::vector<associated_uri> read_p_associated_uri(const sip::message& response) {
  std::vector<associated_uri> out;
  sip::for_each_value(response, sip::hdr::p_associated_uri, [&](std::string_view value) {
    auto address = sip::parse_name_addr(value);
    if (address && canonical_identity(address->uri))
      out.push_back({std::string(address->uri), sip::unquote(address->display)});
    return true;
  });
  return out;
}

std::vector<std::string> choose_asserted(const sip::message& request, const std::vector<associated_uri>& registered) {
  std::vector<std::string> out;
  if (registered.empty())
    return out;
  auto known = [&](std::string_view uri) {
    return std::find_if(registered.begin(), registered.end(),
                        [&](const associated_uri& a) { return same_identity(a.uri, uri); });
  };
  // RFC 3325 clause 9.2: one value, or one SIP and one tel. Further ones are not looked at.
  std::size_t seen = 0;
  sip::for_each_value(request, sip::hdr::p_preferred_identity, [&](std::string_view value) {
    auto address = sip::parse_name_addr(value);
    if (auto found = address ? known(address->uri) : registered.end(); found != registered.end()) {
      auto chosen = to_name_addr(*found);
      if (std::find(out.begin(), out.end(), chosen) == out.end())
        out.push_back(std::move(chosen));
    }
    return ++seen < 2;
  });
  if (out.empty())
    out.push_back(to_name_addr(registered.front()));
  return out;
}

void assert_identity(sip::message& request, const std::vector<std::string>& values) {
  request.remove(sip::hdr::p_preferred_identity);
  request.remove(sip::hdr::p_asserted_identity);
  for (auto& value : values)
    request.add(sip::hdr::p_asserted_identity, value);
}

std::vector<std::string> asserted_identities(const sip::message& m) {
  std::vector<std::string> out;
  sip::for_each_value(m, sip::hdr::p_asserted_identity, [&](std::string_view value) {
    if (auto address = sip::parse_name_addr(value))
      out.emplace_back(address->uri);
    return true;
  });
  return out;
}

std::string to_p_called_party_id(std::string_view request_uri) { return "<" + std::string(request_uri) + ">"; }

std::string to_p_served_user(std::string_view impu, session_case direction) {
  std::string out = "<" + std::string(impu) + ">";
  switch (direction) {
  case session_case::originating_registered: return out + ";sescase=orig;regstate=reg";
  case session_case::originating_unregistered: return out + ";sescase=orig;regstate=unreg";
  case session_case::terminating_registered: return out + ";sescase=term;regstate=reg";
  case session_case::terminating_unregistered: return out + ";sescase=term;regstate=unreg";
  case session_case::originating_cdiv: return out + ";orig-cdiv";
  }
  return out;
}

result<served_user> parse_p_served_user(std::string_view value) {
  auto address = sip::parse_name_addr(value);
  if (!address)
    return tl::unexpected(address.error());
  served_user out{std::string(address->uri), std::nullopt};
  auto direction = address->params.find("sescase").value_or("");
  bool unregistered = equal_nocase(address->params.find("regstate").value_or("reg"), "unreg");
  if (address->params.has("orig-cdiv"))
    out.direction = session_case::originating_cdiv;
  else if (equal_nocase(direction, "orig"))
    out.direction = unregistered ? session_case::originating_unregistered : session_case::originating_registered;
  else if (equal_nocase(direction, "term"))
    out.direction = unregistered ? session_case::terminating_unregistered : session_case::terminating_registered;
  return out;
}

} // namespace troupe::ims
