#include "protocols/ims/registrar_servers.hpp"

#include <algorithm>

namespace troupe::ims {

namespace {

std::string identity_of(const service_profile& profile, std::string_view named) {
  std::string first;
  for (auto& id : profile.identities) {
    if (id.barred || id.type != identity_type::public_user_identity)
      continue;
    if (id.canonical == named)
      return id.uri;
    if (first.empty())
      first = id.uri;
  }
  return first;
}

struct body_part {
  std::string_view type;
  std::string octets;
};

std::vector<body_part> bodies_of(const third_party_register& what, const third_party_source& from) {
  std::vector<body_part> out;
  if (!what.service_info.empty())
    out.push_back({"application/3gpp-ims+xml",
                   "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ims-3gpp version=\"1\"><service-info>" +
                       what.service_info + "</service-info></ims-3gpp>"});
  if (what.include_request && from.heard)
    out.push_back({"message/sip", from.heard->to_string()});
  if (what.include_response && from.answered)
    out.push_back({"message/sip", from.answered->to_string()});
  return out;
}

/// RFC 2046 clause 5.1.
void set_bodies(sip::message& m, const std::vector<body_part>& parts, std::string_view boundary) {
  if (parts.empty())
    return;
  if (parts.size() == 1)
    return m.set_body(parts.front().type, parts.front().octets);
  std::string body;
  for (auto& part : parts)
    body.append("--")
        .append(boundary)
        .append("\r\nContent-Type: ")
        .append(part.type)
        .append("\r\n\r\n")
        .append(part.octets + "\r\n");
  body.append("--").append(boundary).append("--\r\n");
  m.set_body("multipart/mixed;boundary=" + std::string(boundary), body);
}

std::uint32_t longest(const registration_set& set, instant at) {
  std::uint32_t out = 0;
  for (auto& b : set.bindings)
    out = std::max(out, seconds_left(b.contact.expires_at, at));
  return out;
}

} // namespace

std::uint32_t seconds_left(instant until, instant now) noexcept {
  auto left = (until - now).count();
  return left <= 0 ? 0 : static_cast<std::uint32_t>((left + 999) / 1000);
}

std::vector<third_party_register> servers_to_register_at(const registration_set& set, const sip::message& request,
                                                         std::string_view named, registration_type type, instant at) {
  std::vector<third_party_register> out;
  if (!set.user)
    return out;
  auto expires = type == registration_type::de_registration ? 0 : longest(set, at);
  for (auto& profile : set.user->profiles) {
    auto impu = identity_of(profile, named);
    if (impu.empty())
      continue;
    for (auto c : chain(profile, request, {session_case::originating_registered, true, type})) {
      auto& as = c->server;
      bool known =
          std::any_of(out.begin(), out.end(), [&](auto& t) { return t.server_name == as.name && t.impu == impu; });
      if (!known)
        out.push_back({as.name, impu, type, expires, as.handling, as.service_info, as.include_register_request,
                       as.include_register_response});
    }
  }
  return out;
}

sip::message make_third_party_register(const third_party_register& what, const third_party_source& from,
                                       std::string_view boundary) {
  auto self = "<" + std::string(from.scscf_name) + ">";
  auto m = sip::message::request("REGISTER", what.server_name);
  m.add(sip::hdr::from, self);
  m.add(sip::hdr::to, "<" + what.impu + ">");
  m.add(sip::hdr::contact, self);
  m.add(sip::hdr::expires, std::to_string(what.expires));
  if (from.heard) {
    if (auto vector = parse_charging_vector(from.heard->value(sip::hdr::p_charging_vector))) {
      vector->orig_ioi = make_ioi(ioi_type::home_to_service, from.ioi);
      vector->term_ioi.clear();
      m.add(sip::hdr::p_charging_vector, to_string(*vector));
    }
    for (auto id : {sip::hdr::p_access_network_info, sip::hdr::p_visited_network_id})
      for (auto& f : from.heard->fields())
        if (f.id == id)
          m.add(id, f.value);
  }
  if (!from.charging.empty())
    m.add(sip::hdr::p_charging_function_addresses, to_string(from.charging));
  set_bodies(m, bodies_of(what, from), boundary);
  return m;
}

sip::message network_de_registration(const registration_set& set) {
  auto impu = default_impu(set);
  auto m = sip::message::request("REGISTER", impu);
  m.add(sip::hdr::from, "<" + impu + ">");
  m.add(sip::hdr::to, "<" + impu + ">");
  m.add(sip::hdr::contact, "*");
  m.add(sip::hdr::expires, "0");
  return m;
}

} // namespace troupe::ims
