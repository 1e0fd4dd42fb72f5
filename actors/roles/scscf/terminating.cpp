#include "actors/contracts/answer.hpp"
#include "actors/roles/scscf/preference.hpp"
#include "actors/roles/scscf/steps.hpp"
#include "protocols/ims/access.hpp"
#include "protocols/ims/identity.hpp"
#include "protocols/sip/values.hpp"

namespace troupe::roles::scscf {
namespace {

std::string in_brackets(const std::string& value) { return value.starts_with('<') ? value : "<" + value + ">"; }

/// Clause 5.4.3.3: the contact into the Request-URI, its Path into Route.
target target_for(const choice& chosen, const sip::message& request) {
  target t{request, std::nullopt, chosen.group, {}};
  t.request.remove(sip::hdr::route);
  auto& path = chosen.contact->path;
  for (auto hop = path.rbegin(); hop != path.rend(); ++hop)
    t.request.prepend(sip::hdr::route, in_brackets(*hop));
  t.request.set_uri(chosen.contact->uri);
  return t;
}

pass_on to_all(const std::vector<choice>& chosen, const sip::message& request, note& n) {
  pass_on out;
  for (auto& c : chosen) {
    n.tried.push_back(fingerprint(*c.contact));
    out.targets.push_back(target_for(c, request));
  }
  return out;
}

} // namespace

decision reach_contacts(passage& p, sip::message& request) {
  p.own.note = encode(p.remembered); // also of who cannot be reached there is a charging record
  if (p.profile.state != ims::registration_state::registered)
    return refuse(request, p.ctx, 480);
  auto chosen = choose_contacts(p.profile, request, p.ctx.now, p.o.gruu_secret);
  if (chosen.empty())
    return refuse(request, p.ctx, 480);
  if (auto alias = p.profile.alias_of(*p.served.identity))
    p.remembered.alias = alias->uri;
  p.remembered.foreign =
      p.who.came_from == origin::network && p.remembered.orig_ioi != p.o.ioi && !is_trusted(p.o, p.remembered.orig_ioi);
  request.set(sip::hdr::p_called_party_id, ims::to_p_called_party_id(request.uri()));
  for (auto id : {sip::hdr::p_served_user, sip::hdr::p_profile_key, sip::hdr::p_user_database,
                  sip::hdr::p_charging_function_addresses})
    request.remove(id);
  ims::remove_access_network_info(request);
  write_charging(p.o, request, p.remembered, ims::ioi_type::visited_to_home);
  auto out = to_all(chosen, request, p.remembered);
  p.own.note = encode(p.remembered);
  return out;
}

decision try_other_flow(const options& o, const sip::message& request, const context& ctx, hop& own, note n) {
  if (!ctx.facts->profile)
    return ask{ask_profile{n.served, false}};
  auto* profile = ctx.facts->profile->get();
  if (!profile)
    return refuse(request, ctx, 480);
  auto chosen = choose_contacts(*profile, request, ctx.now, o.gruu_secret, n.tried);
  if (chosen.empty())
    return refuse(request, ctx, 480);
  auto out = to_all(chosen, request, n);
  own.note = encode(n);
  return out;
}

} // namespace troupe::roles::scscf
