#include "protocols/ims/registrar.hpp"

#include <algorithm>

#include "protocols/ims/registrar_plan.hpp"
#include "protocols/ims/registrar_servers.hpp"

namespace troupe::ims {

namespace {

namespace event = registrar_event;
namespace effect = registrar_effect;

class machine {
public:
  machine(registrar_step& out, const registrar_policy& policy) : policy_(policy), out_(out) {}

  void operator()(const event::registering& e) {
    auto& request = *e.request;
    auto plan = plan_bindings(s(), request, policy_);
    out_.changed = false;
    if (!plan)
      return refuse(e.ticket, plan.error());
    if (auto type = assignment_for(request, *plan))
      return effect(effect::assign{*type, request.impi, {request.impu}, e.request, e.ticket});
    out_.changed = true;
    commit(request, e.ticket, std::move(*plan));
  }

  void operator()(const event::assigned& e) {
    auto& request = *e.request;
    auto plan = plan_bindings(s(), request, policy_);
    bool leaving = plan && !plan->adds;
    if (!e.success && !leaving)
      return effect(effect::refuse{e.ticket, e.status, 0, "the HSS did not assign this S-CSCF"});
    if (!plan)
      return refuse_late(e, plan.error());
    auto before = e.user ? watched_identities(s()) : std::vector<watched_identity>();
    if (e.success && !leaving) {
      take_profile(e.user_data, e.user, e.charging);
      s().associated_impis = e.associated_impis;
      if (!usable_for(request))
        return refuse_profile(request, e.ticket);
    }
    commit(request, e.ticket, std::move(*plan), gone_since(before));
  }

  void operator()(const event::served_unregistered& e) {
    if (s().state == registration_state::registered)
      return;
    take_profile(e.user_data, e.user, e.charging);
    s().state = registration_state::unregistered;
  }

  void operator()(const event::no_longer_served&) {
    if (s().state != registration_state::unregistered)
      return;
    effect(effect::assign{assignment::timeout_deregistration, {}, set_identity(), {}});
    forget();
  }

  void operator()(const event::profile_pushed& e) {
    auto before = watched_identities(s());
    take_profile(e.user_data, e.user, e.charging.empty() ? s().charging : e.charging);
    auto gone = gone_since(before);
    if (s().state == registration_state::registered && before != watched_identities(s()))
      effect(effect::changed{{e.at, watched_identities(s()), {}, std::move(gone), false}});
  }

  void operator()(const event::terminating& e) {
    bool whole = e.impis.empty() && e.contacts.empty();
    auto going = [&](const binding& b) {
      return whole || std::find(e.impis.begin(), e.impis.end(), b.contact.impi) != e.impis.end() ||
             std::find(e.contacts.begin(), e.contacts.end(), b.id) != e.contacts.end();
    };
    bool was_unregistered = s().state == registration_state::unregistered;
    drop(going, e.event, e.retry_after, e.at,
         e.by_hss ? std::nullopt : std::optional(assignment::administrative_deregistration));
    if (whole && was_unregistered)
      forget();
  }

  void operator()(const event::shortening& e) {
    std::vector<contact_change> changes;
    for (auto& b : s().bindings) {
      bool meant = e.contacts.empty() || std::find(e.contacts.begin(), e.contacts.end(), b.id) != e.contacts.end();
      auto until = e.at + seconds(e.expires);
      if (!meant || b.contact.expires_at <= until)
        continue;
      b.contact.expires_at = until;
      b.last_event = reginfo::contact_event::shortened;
      changes.push_back({b, b.last_event, std::nullopt});
    }
    if (!changes.empty())
      effect(effect::changed{{e.at, watched_identities(s()), std::move(changes), {}, false}});
  }

  void operator()(const event::time_passed& e) {
    drop([&](const binding& b) { return b.contact.expires_at <= e.at; }, reginfo::contact_event::expired, std::nullopt,
         e.at,
         policy_.keep_server_name ? assignment::timeout_deregistration_store_server_name
                                  : assignment::timeout_deregistration);
  }

private:
  registration_set& s() { return out_.next; }
  void effect(registrar_effect_type e) { out_.effects.push_back(std::move(e)); }

  void refuse(std::uint64_t ticket, const error& why) {
    effect(effect::refuse{ticket, why.status, why.status == 423 ? policy_.min_expires : 0, why.what});
  }

  /// The SAR that this REGISTER needs first, if any: TS 29.228 clause 6.1.2.1, for each private identity on its own.
  std::optional<assignment> assignment_for(const register_request& request, const binding_plan& plan) {
    bool before = has_contact_of(s().bindings, request.impi);
    bool after = has_contact_of(plan.bindings, request.impi);
    if (!before && after)
      return assignment::registration;
    if (before && !after)
      return policy_.keep_server_name ? assignment::user_deregistration_store_server_name
                                      : assignment::user_deregistration;
    if (plan.adds && (policy_.assign_on_refresh || !s().user))
      return assignment::re_registration;
    return std::nullopt;
  }

  void take_profile(const std::shared_ptr<const std::string>& user_data,
                    const std::shared_ptr<const subscription>& user, const charging_addresses& charging) {
    if (user) {
      s().user_data = user_data;
      s().user = user;
    }
    s().charging = charging;
  }

  bool usable_for(const register_request& request) {
    profile_snapshot view;
    view.user = s().user;
    return view.default_identity() && view.find(request.impu);
  }

  /// Another REGISTER came first. Where the HSS now holds a private identity without a contact, it learns so.
  void refuse_late(const event::assigned& e, const error& why) {
    refuse(e.ticket, why);
    if (!has_contact_of(s().bindings, e.request->impi))
      effect(effect::assign{assignment::administrative_deregistration, e.request->impi, {e.request->impu}, {}});
  }

  /// The HSS assigned us a user whom we cannot serve: its record is set right again, and nothing here has changed.
  void refuse_profile(const register_request& request, std::uint64_t ticket) {
    effect(effect::refuse{ticket, 403, 0, "the profile has no identity that is not barred, or not this one"});
    effect(effect::assign{assignment::administrative_deregistration, request.impi, {request.impu}, {}});
    std::vector<contact_change> gone;
    for (auto& b : s().bindings)
      gone.push_back({b, reginfo::contact_event::deactivated, std::nullopt});
    s().bindings.clear();
    if (gone.empty())
      return forget();
    end(std::move(gone), watched_identities(s()), request.at);
  }

  std::vector<watched_identity> gone_since(const std::vector<watched_identity>& before) {
    std::vector<watched_identity> gone;
    if (before.empty())
      return gone;
    auto now = watched_identities(s());
    for (auto& id : before)
      if (std::find(now.begin(), now.end(), id) == now.end())
        gone.push_back(id);
    return gone;
  }

  void commit(const register_request& request, std::uint64_t ticket, binding_plan plan,
              std::vector<watched_identity> gone = {}) {
    bool before = !s().bindings.empty();
    s().bindings = std::move(plan.bindings);
    s().next_id = plan.next_id;
    bool after = !s().bindings.empty();
    if (after)
      s().state = registration_state::registered;
    effect(effect::answer{ticket, answer_to(request)});
    if (!after && before)
      return end(std::move(plan.changes), watched_identities(s()), request.at, request.message);
    if (!plan.changes.empty() || !gone.empty())
      effect(effect::changed{{request.at, watched_identities(s()), std::move(plan.changes), std::move(gone), false}});
    if (plan.adds && request.message)
      register_at_servers(request.message, request.impu,
                          before ? registration_type::re_registration : registration_type::initial, request.at);
  }

  template <class Going>
  void drop(Going going, reginfo::contact_event why, std::optional<std::uint32_t> retry_after, instant at,
            std::optional<assignment> sar) {
    std::vector<contact_change> changes;
    std::vector<std::string> impis;
    std::erase_if(s().bindings, [&](const binding& b) {
      if (!going(b))
        return false;
      changes.push_back({b, why, retry_after});
      if (std::find(impis.begin(), impis.end(), b.contact.impi) == impis.end())
        impis.push_back(b.contact.impi);
      return true;
    });
    if (changes.empty())
      return;
    for (auto& impi : impis)
      if (sar && !has_contact_of(s().bindings, impi))
        effect(effect::assign{*sar, impi, set_identity(), {}});
    if (s().bindings.empty())
      return end(std::move(changes), watched_identities(s()), at);
    effect(effect::changed{{at, watched_identities(s()), std::move(changes), {}, false}});
  }

  /// The last contact went: watchers, application servers and calls learn of it (clauses 5.4.1.4 and 5.4.1.5).
  void end(std::vector<contact_change> changes, std::vector<watched_identity> identities, instant at,
           const sip::message_ref& request = {}) {
    effect(effect::changed{{at, std::move(identities), std::move(changes), {}, true}});
    if (s().state == registration_state::registered) {
      register_at_servers(request, {}, registration_type::de_registration, at);
      effect(effect::release_calls{all_identities()});
    }
    if (policy_.keep_server_name)
      s().state = registration_state::unregistered;
    else
      forget();
  }

  void forget() {
    s().state = registration_state::not_registered;
    effect(effect::forget{});
  }

  std::vector<std::string> all_identities() {
    std::vector<std::string> all;
    if (s().user)
      for (auto& profile : s().user->profiles)
        for (auto& id : profile.identities)
          all.push_back(id.canonical);
    return all;
  }

  std::vector<std::string> set_identity() {
    auto impu = default_impu(s());
    return impu.empty() ? std::vector<std::string>() : std::vector{impu};
  }

  void register_at_servers(const sip::message_ref& heard, const std::string& named, registration_type type,
                           instant at) {
    auto out = servers_to_register_at(s(), heard ? *heard : network_de_registration(s()), named, type, at);
    if (!out.empty())
      effect(effect::register_at_servers{std::move(out), heard});
  }

  registration_answer answer_to(const register_request& request) {
    registration_answer out;
    for (auto& b : s().bindings) {
      registration_answer::contact c{b.contact.uri, b.display_name, b.contact.parameters, b.contact.q,
                                     seconds_left(b.contact.expires_at, request.at)};
      if (!b.contact.pub_gruu.empty())
        c.parameters.push_back({"pub-gruu", sip_quote(b.contact.pub_gruu), true});
      if (!b.temp_gruu.empty())
        c.parameters.push_back({"temp-gruu", sip_quote(b.temp_gruu), true});
      out.contacts.push_back(std::move(c));
      out.outbound = out.outbound || (b.outbound && b.call_id == request.call_id);
    }
    out.registered = !s().bindings.empty();
    if (out.registered) {
      profile_snapshot view;
      view.user = s().user;
      out.associated = associated_uris(view);
    }
    out.path = request.path;
    out.charging = s().charging;
    return out;
  }

  static std::string sip_quote(const std::string& text) { return "\"" + text + "\""; }

  const registrar_policy& policy_;
  registrar_step& out_;
};

} // namespace

registrar_step on(registration_set set, const registrar_event_type& event, const registrar_policy& policy) {
  registrar_step out{std::move(set), {}};
  std::visit(machine(out, policy), event);
  return out;
}

reginfo::contact_event event_for_rtr(std::uint32_t reason_code) noexcept {
  // PERMANENT_TERMINATION: the UE is not to come back; with a new or changed S-CSCF it is to register at once.
  return reason_code == 0 ? reginfo::contact_event::rejected : reginfo::contact_event::deactivated;
}

std::vector<watched_identity> watched_identities(const registration_set& set) {
  std::vector<watched_identity> out;
  if (!set.user)
    return out;
  for (auto& profile : set.user->profiles)
    for (auto& id : profile.identities)
      if (!id.barred && (id.type == identity_type::public_user_identity || id.type == identity_type::wildcarded_impu))
        out.push_back({id.uri, id.type == identity_type::wildcarded_impu ? id.wildcard : std::string()});
  return out;
}

} // namespace troupe::ims
