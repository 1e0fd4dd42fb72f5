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
