#include "actors/contracts/answer.hpp"
#include "actors/roles/pcscf/note.hpp"
#include "actors/roles/pcscf/steps.hpp"
#include "protocols/ims/trust.hpp"
#include "protocols/sip/values.hpp"

namespace troupe::roles::pcscf {
namespace {

/// The UE's flow carries it; without one it goes to the contact that stands in the Request-URI.
pass_on over_the_flow(const sip::message& request, const ims::access_snapshot& binding) {
  pass_on out;
  out.targets.push_back({request, decode_flow(binding.flow), 0, {}});
  return out;
}

/// RFC 3323 clause 5: "critical" privacy that we cannot give ends the request.
bool make_fit_for_ue(sip::message& request) {
  ims::strip(request, ims::crossing::to_ue);
  return ims::apply_privacy(request, ims::crossing::to_ue);
}

/// Clauses 5.2.6.4.5 and 5.2.6.4.9.
decision inside_dialog(sip::message& request, const context& ctx, const hop& own) {
  auto note = decode_dialog_note(own.note);
  if (!ctx.facts->binding)
    return note ? ask{ask_binding{std::nullopt, {}, note->binding}}
                : ask{ask_binding{std::nullopt, std::string(request.uri()),
                                  std::nullopt}}; // a subscription's: not stored
  make_fit_for_ue(request);
  if (!*ctx.facts->binding)
    return pass_on{}; // to its Route or contact, as the UE gave it in the dialog
  return over_the_flow(request, **ctx.facts->binding);
}

dialog_note read_note(const sip::message& request, const ims::access_snapshot& binding, const options& o) {
  dialog_note note;
  note.binding = binding.key;
  if (auto flow = decode_flow(binding.flow))
    note.flow_print = fingerprint(*flow, o.binding_secret);
  if (auto vector = ims::parse_charging_vector(request.value(sip::hdr::p_charging_vector))) {
    note.icid = vector->icid;
    note.orig_ioi = vector->orig_ioi;
  }
  note.called_party = request.value(sip::hdr::p_called_party_id);
  return note;
}

} // namespace

decision request_to_ue(const options& o, sip::message& request, const context& ctx, hop& own) {
  if (ctx.in_dialog || (!sip::to_tag(request).empty() && ctx.token && ctx.token->use == sip::token_use::record_route))
    return inside_dialog(request, ctx, own);
  if (request.method() == sip::method::ack)
    return drop{"ack_not_for_a_dialog"};
  if (!ctx.token || ctx.token->use != sip::token_use::path)
    return refuse(request, ctx, 404);
  if (!ctx.facts->binding)
    return ask{ask_binding{std::nullopt, {}, ctx.token->key}};
  auto& binding = *ctx.facts->binding;
  if (!binding || !binding->registered)
    return refuse(request, ctx, 430); // RFC 5626 clause 5.3.1
  auto note = read_note(request, *binding, o);
  if (!make_fit_for_ue(request))
    return refuse(request, ctx, 500, "privacy is critical and cannot be given");
  own.note = encode(note);
  return over_the_flow(request, *binding);
}

/// Clauses 5.2.6.4.4, 5.2.6.4.6, 5.2.6.4.8 and 5.2.6.4.10: the UE is the called party, unless it prefers another identity of its own.
decision response_from_ue(const options& o, sip::message& response, const sip::message& request, const context& ctx,
                          const hop& own) {
  auto note = decode_dialog_note(own.note);
  auto initial = sip::to_tag(request).empty();
  auto prefers = initial && response.has(sip::hdr::p_preferred_identity);
  if (note && prefers && !ctx.facts->binding)
    return ask{ask_binding{std::nullopt, {}, note->binding}};
  vouch_for_access(o, response);
  if (!note) {
    response.remove(sip::hdr::p_preferred_identity);
    return pass_back{};
  }
  std::vector<std::string> asserted;
  if (initial && !note->called_party.empty())
    asserted.push_back(note->called_party);
  if (prefers && *ctx.facts->binding) {
    auto preferred = ims::choose_asserted(response, (*ctx.facts->binding)->associated);
    auto known = ims::canonical_identity_of_value(response.value(sip::hdr::p_preferred_identity));
    auto chosen = preferred.empty() ? fail("") : ims::canonical_identity_of_value(preferred.front());
    if (known && chosen && *known == *chosen) // else it is only the default: the called party is nearer
      asserted = preferred;
  }
  ims::assert_identity(response, asserted);
  if (!note->icid.empty()) {
    ims::charging_vector vector;
    vector.icid = note->icid;
    vector.orig_ioi = note->orig_ioi;
    vector.term_ioi = ims::make_ioi(ims::ioi_type::visited_to_home, o.ioi);
    response.set(sip::hdr::p_charging_vector, ims::to_string(vector));
  }
  return pass_back{};
}

} // namespace troupe::roles::pcscf
