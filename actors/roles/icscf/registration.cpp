#include "actors/contracts/answer.hpp"
#include "actors/roles/icscf/steps.hpp"
#include "protocols/ims/access.hpp"
#include "protocols/ims/identity.hpp"
#include "protocols/ims/trust.hpp"
#include "protocols/sip/values.hpp"

namespace troupe::roles::icscf {
namespace {

struct identities {
  std::string impi, impu;
};

/// Clause 5.3.1.2: without a private identity in the request it is the public one without scheme, port and parameters.
std::optional<identities> who_registers(const sip::message& request) {
  auto impu = ims::canonical_identity_of_value(request.value(sip::hdr::to));
  if (!impu)
    return std::nullopt;
  identities who{ims::auth_parameter(request.value(sip::hdr::authorization), "username"), *impu};
  if (who.impi.empty())
    who.impi = ims::impi_from_impu(who.impu);
  return who;
}

struct contacts {
  bool de_register = false; ///< none is left with an interval other than zero: TS 29.228 clause 6.1.1.1
  bool emergency = false;   ///< the first has the "sos" URI parameter (clause 5.3.1.2)
};

contacts read_contacts(const sip::message& request) {
  contacts out;
  bool any = false, all_zero = true, first = true;
  sip::for_each_value(request, sip::hdr::contact, [&](std::string_view value) {
    auto contact = sip::parse_name_addr(value);
    if (std::exchange(first, false) && contact) {
      auto uri = sip::parse_uri(contact->uri);
      out.emergency = uri && uri->params.has("sos");
    }
    if (!contact)
      return true;
    any = true;
    all_zero = all_zero && sip::contact_expires(request, *contact) == 0u;
    return all_zero;
  });
  out.de_register = any && all_zero;
  return out;
}

cx::uar query(const sip::message& request, const identities& who) {
  cx::uar asked;
  asked.impi = who.impi;
  asked.impu = who.impu;
  asked.visited_network = ims::read_p_visited_network_id(request);
  auto bound = read_contacts(request);
  asked.type = bound.de_register ? cx::authorization_type::de_registration : cx::authorization_type::registration;
  asked.emergency = bound.emergency;
  return asked;
}

/// Clause 5.3.1.3: a refusal by the HSS is a 403; what could not be found out is a 480.
int status_of(cx::result_code code) {
  constexpr cx::result_code refusals[] = {cx::user_unknown,           cx::identities_dont_match,
                                          cx::roaming_not_allowed,    cx::identity_already_registered,
                                          cx::authorization_rejected, {5003, true}};
  for (auto refusal : refusals)
    if (code == refusal)
      return 403;
  return 480;
}

bool wants_another(int status) {
  return (status >= 300 && status < 400) || status == 480 || status == 408 || status == 503;
}

} // namespace

decision register_request(const options& o, sip::message& request, const context& ctx, hop& own) {
  if (!ctx.facts->uaa) {
    auto who = who_registers(request);
    if (!who)
      return refuse(request, ctx, 400, "To is not usable");
    return ask{query(request, *who)};
  }
  auto& answered = *ctx.facts->uaa;
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
  request.set_uri(name);
  return pass_on{{}, false, {}, true};
}

decision register_response(const options& o, const sip::message& response, const sip::message& request,
                           const context& ctx, hop& own) {
  if (!wants_another(response.status()))
    return pass_back{};
  auto chosen = decode_selection(own.note);
  if (!chosen.by_capabilities) {
    if (!ctx.facts->uaa) {
      auto who = who_registers(request);
      if (!who)
        return pass_back{};
      auto asked = query(request, *who);
      asked.type = cx::authorization_type::registration_and_capabilities;
      return ask{std::move(asked)};
    }
    if (!ctx.facts->uaa->result.is_success() || !ctx.facts->uaa->capabilities)
      return refuse(request, ctx, 504);
    chosen.by_capabilities = true;
    chosen.wanted = *ctx.facts->uaa->capabilities;
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
  next.targets.back().request.set_uri(*name);
  return next;
}

} // namespace troupe::roles::icscf
