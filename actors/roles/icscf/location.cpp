#include "actors/contracts/answer.hpp"
#include "actors/roles/icscf/steps.hpp"
#include "protocols/ims/access.hpp"
#include "protocols/ims/identity.hpp"
#include "protocols/ims/trust.hpp"
#include "protocols/sip/gruu.hpp"
#include "protocols/sip/values.hpp"

namespace troupe::roles::icscf {
namespace {

bool is_originating(const context& ctx) {
  auto own = sip::parse_uri(ctx.own_route);
  return own && own->params.has("orig");
}

/// Clause 5.3.2.1: "sip:+1234@domain;user=phone" is looked for as "tel:+1234", and goes on so. Else the URI as it is.
std::string located_uri(std::string_view request_uri) {
  return ims::tel_of(request_uri).value_or(std::string(request_uri));
}

/// Whom an AS acts for: P-Served-User (RFC 5502), else the asserted identity. Canonical; empty when there is none.
std::string served_user(const sip::message& request) {
  auto text = sip::first_value(request, sip::hdr::p_served_user);
  if (text.empty())
    text = sip::first_value(request, sip::hdr::p_asserted_identity);
  return ims::canonical_identity_of_value(text).value_or(std::string());
}

std::optional<cx::lir> query(const sip::message& request, const context& ctx) {
  cx::lir asked;
  asked.originating = is_originating(ctx);
  if (asked.originating) {
    asked.impu = served_user(request);
    return asked.impu.empty() ? std::nullopt : std::optional(asked);
  }
  auto called = ims::canonical_identity(located_uri(request.uri()));
  if (!called)
    return std::nullopt;
  asked.impu = *called;
  return asked;
}

/// Clause 5.3.2.2.
int status_of(cx::result_code code) { return code == cx::user_unknown ? 404 : 480; }

/// The S-CSCF as topmost Route; for an AS that originates with "orig", so that it knows the session case.
std::string route_to(std::string_view name, bool originating) {
  return "<" + std::string(name) + (name.find(";lr") == name.npos ? ";lr" : "") + (originating ? ";orig>" : ">");
}

void make_fit_for_core(sip::message& request, bool trusted) {
  if (trusted)
    return;
  ims::strip(request, ims::crossing::from_ue);
  ims::remove_access_network_info(request);
}

/// A temporary GRUU tells nobody whose it is, the HSS included; but that it is one of ours is seen (TS 24.229 clause 5.4.7A.3).
bool leads_to_own_server(const options& o, const sip::message& request) {
  auto called = sip::parse_uri(request.uri());
  return called && !o.gruu_server.empty() && sip::read_temporary_gruu(*called, o.gruu_secret);
}

} // namespace

decision initial_request(const options& o, sip::message& request, const context& ctx, hop& own) {
  auto trusted = ctx.from == nullptr || ctx.side == sip::side::core;
  if (is_originating(ctx) && !trusted)
    return refuse(request, ctx, 403);
  if (!is_originating(ctx) && leads_to_own_server(o, request)) {
    make_fit_for_core(request, trusted);
    request.prepend(sip::hdr::route, route_to(o.gruu_server, false));
    return pass_on{{}, false, {}};
  }
  auto asked = query(request, ctx);
  if (!asked)
    return refuse(request, ctx, is_originating(ctx) ? 403 : 404);
  if (!ctx.facts->lia)
    return ask{std::move(*asked)};
  auto& answered = *ctx.facts->lia;
  if (!answered.result.is_success())
    return refuse(request, ctx, status_of(answered.result));
  selection chosen;
  auto name = answered.server_name;
  if (name.empty()) {
    chosen.by_capabilities = true;
    chosen.wanted = answered.capabilities.value_or(cx::server_capabilities{});
    auto best = choose(o.scscfs, chosen);
    if (!best)
      return refuse(request, ctx, 600);
    name = *best;
  }
  chosen.tried.push_back(name);
  own.note = encode(chosen);
  make_fit_for_core(request, trusted);
  if (!asked->originating)
    request.set_uri(located_uri(request.uri()));
  if (!answered.wildcarded_impu.empty())
    request.set(sip::hdr::p_profile_key, "<" + answered.wildcarded_impu + ">");
  request.prepend(sip::hdr::route, route_to(name, asked->originating));
  return pass_on{{}, false, {}, true};
}

/// An S-CSCF that is not there (503, also when the transport says so: RFC 3261 clause 16.9) is replaced by another; a
/// 408 is not taken for that, since it may be the called user's; nor is the 503 of a hop behind an S-CSCF of our own.
/// TS 24.229 clause 5.3.2.2, TS 23.380 clause 4.3.
decision initial_response(const options& o, const sip::message& response, const sip::message& request,
                          const context& ctx, hop& own) {
  if (response.status() != 503 || own.note.empty()) // without a note no S-CSCF was chosen
    return pass_back{};
  auto chosen = decode_selection(own.note);
  if (!o.fused_with.empty() && !chosen.tried.empty() && chosen.tried.back() == o.fused_with)
    return pass_back{};
  if (!chosen.by_capabilities) {
    if (!ctx.facts->lia) {
      auto asked = query(request, ctx);
      if (!asked)
        return pass_back{};
      asked->capabilities = true;
      return ask{std::move(*asked)};
    }
    if (!ctx.facts->lia->result.is_success() || !ctx.facts->lia->capabilities)
      return refuse(request, ctx, 504);
    chosen.by_capabilities = true;
    chosen.wanted = *ctx.facts->lia->capabilities;
  }
  auto name = choose(o.scscfs, chosen);
  if (!name)
    return refuse(request, ctx, 600);
  chosen.tried.push_back(*name);
  own.note = encode(chosen);
  pass_on next;
  next.stay = false;
  next.has_alternative = true;
  next.targets.push_back({request, std::nullopt, 0, {}});
  auto& again = next.targets.back().request;
  again.replace_first_value(sip::hdr::route, route_to(*name, is_originating(ctx)));
  return next;
}

} // namespace troupe::roles::icscf
