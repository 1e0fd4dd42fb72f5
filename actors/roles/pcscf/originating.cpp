#include "actors/contracts/answer.hpp"
#include "actors/roles/pcscf/note.hpp"
#include "actors/roles/pcscf/steps.hpp"
#include "protocols/ims/trust.hpp"
#include "protocols/sip/values.hpp"

namespace troupe::roles::pcscf {
namespace {

/// URIs compared as URIs: a UE may write them otherwise than it got them.
bool same_uri(std::string_view a, std::string_view b) {
  if (a == b)
    return true;
  auto one = sip::parse_uri(a), two = sip::parse_uri(b);
  return one && two && sip::equivalent(*one, *two);
}

bool is_service_route(const sip::message& request, const std::vector<std::string>& stored) {
  std::size_t n = 0;
  bool same = true;
  sip::for_each_value(request, sip::hdr::route, [&](std::string_view value) {
    auto route = sip::parse_name_addr(value);
    same = route && n < stored.size() && same_uri(route->uri, stored[n++]);
    return same;
  });
  return same && n == stored.size();
}

void write_route(sip::message& request, const std::vector<std::string>& uris) {
  request.remove(sip::hdr::route);
  for (auto uri = uris.rbegin(); uri != uris.rend(); ++uri)
    request.prepend(sip::hdr::route, "<" + *uri + ">");
}

std::string type_1(const options& o) { return ims::make_ioi(ims::ioi_type::visited_to_home, o.ioi); }

void write_charging(const options& o, sip::message& request, const dialog_note& note) {
  ims::charging_vector vector;
  vector.icid = note.icid;
  vector.generated_at = o.host;
  vector.orig_ioi = type_1(o);
  request.set(sip::hdr::p_charging_vector, ims::to_string(vector));
}

/// By the flow; where users share one, by what the request says of its sender.
ask_binding who_sends(const sip::message& request, const context& ctx) {
  ask_binding asked{*ctx.from, {}, std::nullopt};
  if (auto contact = sip::parse_name_addr(sip::first_value(request, sip::hdr::contact)))
    asked.contact_uri = contact->uri;
  auto named = request.has(sip::hdr::p_preferred_identity) ? sip::hdr::p_preferred_identity : sip::hdr::from;
  asked.identity = ims::canonical_identity_of_value(sip::first_value(request, named)).value_or(std::string());
  return asked;
}

/// Clauses 5.2.6.3.5 and 5.2.6.3.9. What comes by another flow than before must still be the same UE's.
decision inside_dialog(const options& o, sip::message& request, const context& ctx, const hop& own) {
  auto note = decode_dialog_note(own.note);
  if (!note || fingerprint(*ctx.from, o.binding_secret) != note->flow_print) {
    if (!ctx.facts->binding)
      return ask{who_sends(request, ctx)};
    auto& binding = *ctx.facts->binding;
    if (!binding || !binding->registered || (note && binding->key != note->binding))
      return refuse(request, ctx, 403, "not a dialog of this user");
  }
  if (request.method() == sip::method::ack) {
    ims::strip(request, ims::crossing::from_ue);
    return pass_on{};
  }
  if (auto refused = refuse_agreement(o, request, ctx))
    return std::move(*refused);
  end_agreement(request);
  vouch_for_access(o, request);
  request.remove(sip::hdr::p_preferred_identity);
  write_charging(o, request,
                 note ? *note : dialog_note{{}, 0, ims::make_charging_vector(*ctx.random, ctx.now, {}).icid, {}, {}});
  return pass_on{};
}

/// Clauses 5.2.6.3.3, 5.2.6.3.7 and 5.2.6.3.11.
decision begin(const options& o, sip::message& request, const context& ctx, const ims::access_snapshot& binding,
               hop& own) {
  auto asserted = ims::choose_asserted(request, binding.associated);
  if (asserted.empty() || binding.service_route.empty())
    return refuse(request, ctx, 403, "no identity or no service route");
  if (!is_service_route(request, binding.service_route)) {
    if (o.on_foreign_route == foreign_route::refuse && request.has(sip::hdr::route))
      return refuse(request, ctx, 400, "Route is not the service route");
    write_route(request, binding.service_route);
  }
  dialog_note note;
  note.binding = binding.key;
  note.flow_print = fingerprint(*ctx.from, o.binding_secret);
  note.icid = ims::make_charging_vector(*ctx.random, ctx.now, o.host).icid;
  note.orig_ioi = type_1(o);
  own.note = encode(note);
  vouch_for_access(o, request);
  ims::assert_identity(request, asserted);
  write_charging(o, request, note);
  return pass_on{};
}

} // namespace

decision request_from_ue(const options& o, sip::message& request, const context& ctx, hop& own) {
  if (ctx.in_dialog)
    return inside_dialog(o, request, ctx, own);
  auto inside = !sip::to_tag(request).empty();
  auto by_our_route = ctx.token && ctx.token->use == sip::token_use::record_route;
  if (inside && !by_our_route)
    return refuse(request, ctx, 403, "not a dialog of this user");
  if (inside) // its record is lost; the token is ours, and so the way (cluster design, point 19)
    return inside_dialog(o, request, ctx, hop{});
  if (request.method() == sip::method::ack)
    return drop{"ack_not_for_a_dialog"};
  if (!ctx.facts->binding)
    return ask{who_sends(request, ctx)};
  auto& binding = *ctx.facts->binding;
  auto registered = binding && binding->registered;
  if (is_emergency(o, request.uri()))
    return refer_to_another_domain(request, ctx, registered ? binding.get() : nullptr);
  if (!registered)
    return refuse(request, ctx, 403, "not registered");
  if (auto refused = refuse_agreement(o, request, ctx))
    return std::move(*refused);
  end_agreement(request);
  return begin(o, request, ctx, *binding, own);
}

decision response_to_ue(sip::message& response) {
  ims::strip(response, ims::crossing::to_ue);
  ims::apply_privacy(response, ims::crossing::to_ue);
  return pass_back{};
}

} // namespace troupe::roles::pcscf
