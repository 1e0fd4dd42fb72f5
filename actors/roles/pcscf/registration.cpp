#include <algorithm>

#include "actors/contracts/answer.hpp"
#include "actors/roles/pcscf/note.hpp"
#include "actors/roles/pcscf/steps.hpp"
#include "protocols/base/text.hpp"
#include "protocols/ims/access.hpp"
#include "protocols/ims/trust.hpp"
#include "protocols/sip/values.hpp"

namespace troupe::roles::pcscf {
namespace {

struct registrant {
  std::string impi;
  std::string aor;
  std::string contact; ///< URI; "*"; empty when the REGISTER only asks
  std::string instance;
  std::string reg_id;
  bool outbound = false; ///< RFC 5626 clause 5.1
};

std::optional<registrant> read_registrant(const sip::message& request) {
  auto aor = ims::canonical_identity_of_value(request.value(sip::hdr::to));
  if (!aor)
    return std::nullopt;
  registrant who;
  who.aor = *aor;
  who.impi = ims::auth_parameter(request.value(sip::hdr::authorization), "username");
  if (who.impi.empty())
    who.impi = ims::impi_from_impu(who.aor);
  auto first = sip::first_value(request, sip::hdr::contact);
  if (auto contact = sip::parse_name_addr(first); !first.empty() && contact) {
    who.contact = contact->uri;
    who.instance = sip::unquote(contact->params.find("+sip.instance").value_or(""));
    who.reg_id = contact->params.find("reg-id").value_or("");
  }
  who.outbound =
      !who.instance.empty() && !who.reg_id.empty() && sip::lists_token(request, sip::hdr::supported, "outbound");
  return who;
}

/// One binding for each contact of a user: it survives a new flow when instance and reg-id stay (RFC 5626 clause 4.2).
sip::entity_key key_of(const options& o, const registrant& who, const context& ctx) {
  auto& known = *ctx.facts->binding;
  if (who.contact == "*" && known)
    return known->key;
  auto name = who.impi + '\n' + who.aor + '\n';
  name += who.outbound ? who.instance + ';' + who.reg_id : who.contact;
  return {ctx.call.group, siphash(o.binding_secret, name)};
}

bool has_home_here(const options& o, std::string_view request_uri) {
  return ims::in_domain(request_uri, o.home_domain) ||
         std::any_of(o.trust_domain.begin(), o.trust_domain.end(),
                     [&](auto& domain) { return ims::in_domain(request_uri, domain); });
}

/// This REGISTER comes by the way by which the same user is registered already.
bool is_associated(const registrant& who, const context& ctx) {
  auto& known = *ctx.facts->binding;
  if (!known || !known->registered || known->impi != who.impi)
    return false;
  auto& set = known->associated;
  return std::any_of(set.begin(), set.end(), [&](auto& a) { return ims::same_identity(a.uri, who.aor); });
}

/// Clauses 5.2.2.3 and 5.2.2.4. AKA without IPsec is treated as SIP digest is: the response is what counts.
ims::protection protection_for(const options& o, const sip::message& request, const registrant& who,
                               const context& ctx) {
  auto associated = is_associated(who, ctx);
  if (ctx.from->transport == transport::tls)
    return associated ? ims::protection::tls_yes : ims::protection::tls_pending;
  if (associated && (is_reliable(ctx.from->transport) || o.believe_udp_source))
    return ims::protection::ip_assoc_yes;
  auto answers = !ims::auth_parameter(request.value(sip::hdr::authorization), "response").empty();
  return answers ? ims::protection::ip_assoc_pending : ims::protection::absent;
}

void write_path(sip::message& request, const registrant& who, const sip::entity_key& key, const context& ctx) {
  sip::token to_ue;
  to_ue.use = sip::token_use::path;
  to_ue.half = sip::half::terminating;
  to_ue.side = sip::side::core;
  to_ue.key = key;
  request.prepend(sip::hdr::path, "<" + ctx.make_uri(ctx, to_ue) + (who.outbound ? ";ob>" : ">"));
  if (!sip::lists_token(request, sip::hdr::require, "path"))
    request.add(sip::hdr::require, "path");
}

void write_charging(const options& o, sip::message& request, const context& ctx) {
  auto vector = ims::make_charging_vector(*ctx.random, ctx.now, o.host);
  vector.orig_ioi = ims::make_ioi(ims::ioi_type::visited_to_home, o.ioi);
  request.set(sip::hdr::p_charging_vector, ims::to_string(vector));
}

} // namespace

decision register_request(const options& o, sip::message& request, const context& ctx, hop& own) {
  if (auto refused = refuse_agreement(o, request, ctx))
    return std::move(*refused);
  if (!has_home_here(o, request.uri()))
    return refuse(request, ctx, 403, "not a home network of this access");
  if (!ctx.facts->binding) {
    auto contact = sip::parse_name_addr(sip::first_value(request, sip::hdr::contact));
    return ask{ask_binding{*ctx.from, contact ? std::string(contact->uri) : std::string(), std::nullopt}};
  }
  auto who = read_registrant(request);
  if (!who)
    return refuse(request, ctx, 400, "To is not usable");

  registration_note note{key_of(o, *who, ctx), *ctx.from, o.tls && offers_tls(request)};
  own.note = encode(note);
  vouch_for_access(o, request);
  end_agreement(request);
  request.remove(sip::hdr::route);
  if (request.has(sip::hdr::authorization))
    request.set(sip::hdr::authorization,
                ims::with_protection(request.value(sip::hdr::authorization), protection_for(o, request, *who, ctx)));
  write_path(request, *who, note.key, ctx);
  request.set(sip::hdr::p_visited_network_id, ims::to_p_visited_network_id(o.visited_network_id));
  write_charging(o, request, ctx);
  if (ims::in_domain(request.uri(), o.home_domain))
    return pass_on{{}, false, o.icscf};
  return pass_on{{}, false, {}};
}

decision register_response(sip::message& response, const sip::message& request, const context& ctx, const hop& own) {
  auto note = decode_registration_note(own.note);
  if (response.status() == 408 || response.status() == 503) // clause 5.2.2.1: the home network is not to be reached
    return refuse(request, ctx, 504);
  auto done = response.status() >= 200 && response.status() < 300;
  if (done && note && !ctx.facts->noted)
    return ask{note_registration{request, response, note->from, note->key}};
  if (response.has(sip::hdr::www_authenticate)) {
    std::vector<std::string> challenges;
    for (auto& f : response.fields())
      if (f.id == sip::hdr::www_authenticate)
        challenges.push_back(ims::without_keys(f.value));
    response.remove(sip::hdr::www_authenticate);
    for (auto& challenge : challenges)
      response.add(sip::hdr::www_authenticate, challenge);
    if (note && note->agrees_on_tls)
      offer_agreement(response);
  }
  ims::strip(response, ims::crossing::to_ue);
  return pass_back{};
}

} // namespace troupe::roles::pcscf
