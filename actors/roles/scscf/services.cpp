#include "actors/contracts/answer.hpp"
#include "actors/roles/scscf/steps.hpp"
#include "protocols/ims/gruu.hpp"
#include "protocols/ims/identity.hpp"
#include "protocols/ims/ifc.hpp"
#include "protocols/sip/values.hpp"

namespace troupe::roles::scscf {
namespace {

bool is_registered(const ims::profile_snapshot& profile) {
  return profile.state == ims::registration_state::registered;
}

/// Clause 5.4.3.2: after a restart nothing is known of a user whose UE still thinks that it is registered (TS 23.380 clause 4.4.2): the body
/// of clause 7.6 makes it register again.
decision ask_to_register_again(const sip::message& request, const context& ctx) {
  auto response = answer(request, ctx, 504);
  response.set_body("application/3gpp-ims+xml", R"(<?xml version="1.0" encoding="UTF-8"?>
<ims-3gpp version="1"><alternative-service><type>restoration</type><reason>the registration is not known here</reason><action>initial-registration</action></alternative-service></ims-3gpp>
)");
  return reply{std::move(response)};
}

/// What stands in the way of serving this user; nothing if all is well. Barring: clause 5.4.3.2 step 1, 5.4.3.3 step 1.
std::optional<decision> refusal(const session& who, const sip::message& request, const context& ctx,
                                const ims::profile_snapshot* profile, const ims::profile_snapshot::hit& served) {
  if (!who.originates()) {
    if (!profile || !served || served.identity->barred)
      return refuse(request, ctx, 404);
    return std::nullopt;
  }
  if (!profile)
    return who.came_from == origin::pcscf ? ask_to_register_again(request, ctx) : refuse(request, ctx, 404);
  if (!served || served.identity->barred)
    return refuse(request, ctx, 403, "this identity may not be used");
  if (who.came_from == origin::pcscf && !is_registered(*profile))
    return refuse(request, ctx, 403, "not registered");
  return std::nullopt;
}

/// Whom a temporary GRUU stands for (TS 24.229 clause 5.4.7A.3).
const ims::public_identity* named_by_gruu(const options& o, const sip::message& request,
                                          const ims::profile_snapshot& profile) {
  auto called = sip::parse_uri(request.uri());
  return called ? ims::identity_of_temp_gruu(profile, *called, o.gruu_secret) : nullptr;
}

/// Clause 5.4.3.3: an AS has changed whom the call is for. It goes on in the name of who was called before.
bool is_diverted(const options& o, const session& who, const sip::message& request,
                 const ims::profile_snapshot& profile, const ims::profile_snapshot::hit& served) {
  if (who.kind != side_served::terminating || who.came_from != origin::server || named_by_gruu(o, request, profile))
    return false;
  auto now = ims::canonical_identity(request.uri());
  if (!now)
    return true;
  if (*now == who.served)
    return false;
  auto alias = profile.alias_of(*served.identity);
  return !alias || alias->canonical != *now;
}

void write_server_route(sip::message& request, const ims::application_server& server, const session& who,
                        std::size_t next, const context& ctx) {
  request.prepend(sip::hdr::route, way_back(who, next, ctx));
  auto uri = sip::parse_uri(server.name);
  request.prepend(sip::hdr::route, "<" + server.name + (uri && uri->loose_route() ? ">" : ";lr>"));
}

decision to_server(passage& p, sip::message& request, std::size_t at) {
  auto& server = p.served.profile->criteria[at].server;
  auto direction = case_of(p.who, is_registered(p.profile));
  p.remembered.direction = direction;
  p.remembered.criterion = static_cast<std::uint32_t>(at + 1);
  p.remembered.terminates = server.handling == ims::default_handling::session_terminated;
  p.remembered.answers = false;
  p.own.note = encode(p.remembered);
  write_server_route(request, server, p.who, at + 1, p.ctx);
  request.set(
      sip::hdr::p_served_user,
      ims::to_p_served_user(p.served.identity->is_wildcard() ? p.who.served : p.served.identity->uri, direction));
  write_charging(p.o, request, p.remembered, ims::ioi_type::home_to_service);
  if (!p.profile.charging.empty())
    request.set(sip::hdr::p_charging_function_addresses, ims::to_string(p.profile.charging));
  return pass_on{};
}

/// The request as it was before it was given to the AS.
sip::message without_server(const sip::message& request) {
  auto again = request;
  again.remove_first_value(sip::hdr::route);
  again.remove_first_value(sip::hdr::route);
  return again;
}

side_served kind_of(ims::session_case direction) noexcept {
  switch (direction) {
  case ims::session_case::originating_registered:
  case ims::session_case::originating_unregistered: return side_served::originating;
  case ims::session_case::originating_cdiv: return side_served::diverted;
  default: return side_served::terminating;
  }
}

} // namespace

decision initial_request(const options& o, sip::message& request, const context& ctx, hop& own) {
  auto who = read_session(request, ctx);
  if (!who)
    return refuse(request, ctx, ctx.half == sip::half::originating ? 403 : 404);
  if (!ctx.facts->profile)
    return ask{ask_profile{who->served, who->came_from != origin::pcscf}};
  auto* profile = ctx.facts->profile->get();
  if (auto* named = profile && !who->originates() ? named_by_gruu(o, request, *profile) : nullptr)
    who->served = named->canonical;
  auto served = profile ? profile->find(who->served) : ims::profile_snapshot::hit{};
  if (auto why = refusal(*who, request, ctx, profile, served))
    return std::move(*why);
  // The user's own registration, or one that is asked for here: we are its notifier.
  auto called = ims::canonical_identity(request.uri());
  if (is_reg_event(request) && called && profile->find(*called))
    return subscribe_request(request, ctx);
  if (is_diverted(o, *who, request, *profile, served)) {
    who->kind = side_served::diverted;
    who->first = 0;
  }
  passage p{o, ctx, own, *who, begin_note(o, *who, request, ctx), *profile, served};
  return run_services(p, request);
}

decision run_services(passage& p, sip::message& request) {
  auto registered = is_registered(p.profile);
  ims::trigger_context trigger{case_of(p.who, registered), registered, {}};
  if (auto at = ims::next_match(*p.served.profile, request, trigger, p.who.first))
    return to_server(p, request, *at);
  p.remembered.direction = trigger.direction;
  p.remembered.criterion = 0;
  return p.who.originates() ? leave_network(p, request) : reach_contacts(p, request);
}

bool is_server_failure(const note& n, int status) noexcept {
  return !n.answers && !n.terminates && (status == 408 || (status >= 500 && status < 600));
}

decision continue_without_server(const options& o, const sip::message& request, const context& ctx, hop& own, note n) {
  session who{kind_of(n.direction), n.served, n.criterion, n.came_from};
  if (!ctx.facts->profile)
    return ask{ask_profile{who.served, who.came_from != origin::pcscf}};
  auto* profile = ctx.facts->profile->get();
  auto served = profile ? profile->find(who.served) : ims::profile_snapshot::hit{};
  if (!served)
    return pass_back{};
  auto again = without_server(request);
  passage p{o, ctx, own, who, std::move(n), *profile, served};
  auto decided = run_services(p, again);
  auto* onward = std::get_if<pass_on>(&decided);
  if (onward && onward->targets.empty()) {
    onward->targets.push_back({std::move(again), std::nullopt, 0, std::string(onward->next_hop)});
    onward->next_hop = {};
  }
  return decided;
}

} // namespace troupe::roles::scscf
