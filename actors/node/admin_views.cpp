#include "actors/node/admin_views.hpp"

#include "actors/node/cluster_host.hpp"

#include <algorithm>

#include "actors/dialog/call_table.hpp"
#include "actors/dialog/call_value.hpp"
#include "protocols/base/cursor.hpp"
#include "protocols/base/text.hpp"
#include "protocols/ims/registration.hpp"

namespace troupe {
namespace {

std::string_view name_of(ims::registration_state s) noexcept {
  switch (s) {
  case ims::registration_state::registered: return "registered";
  case ims::registration_state::unregistered: return "unregistered";
  default: return "not_registered";
  }
}

std::string_view name_of(sip::half h) noexcept {
  return h == sip::half::originating ? "originating" : h == sip::half::terminating ? "terminating" : "none";
}

std::string_view name_of(roles::role_id r) noexcept {
  switch (r) {
  case roles::role_id::transit: return "transit";
  case roles::role_id::pcscf: return "pcscf";
  case roles::role_id::icscf: return "icscf";
  case roles::role_id::scscf: return "scscf";
  }
  return "unknown";
}

std::string_view name_of(sip::dialog::state s) noexcept {
  return s == sip::dialog::state::early ? "early" : s == sip::dialog::state::confirmed ? "confirmed" : "ended";
}

console::contact_facts contact_of(const ims::binding& b) {
  auto& c = b.contact;
  return {c.uri, c.impi, c.instance_id, b.user_agent, c.reg_id, c.q / 1000.0, c.path, b.registered_at, c.expires_at};
}

console::dialog_facts dialog_of(const dialog_record& from) {
  auto& d = from.state;
  auto& caller = d.end(sip::leg::caller);
  auto& callee = d.end(sip::leg::callee);
  console::dialog_facts out;
  out.kind = d.subscription ? "subscription" : "session";
  out.state = name_of(d.at);
  out.caller = caller.address;
  out.caller_tag = caller.tag;
  out.caller_target = caller.target;
  out.callee = callee.address;
  out.callee_tag = callee.tag;
  out.callee_target = callee.target;
  out.deadline = d.deadline;
  for (auto& hop : from.hops)
    out.roles.emplace_back(name_of(hop.role));
  return out;
}

std::string state_of(const call_value& value) {
  for (auto& d : value.dialogs)
    if (d.state.at == sip::dialog::state::confirmed)
      return "established";
  return value.open.empty() ? "ended" : "ringing";
}

/// An INVITE that rings has no dialog yet: it stands in its request.
std::vector<console::dialog_facts> ringing(const call_value& value, std::string& call_id) {
  std::vector<console::dialog_facts> out;
  for (auto& open : value.open) {
    if (!open.request)
      continue;
    auto request = sip::parse(open.request->octets);
    if (!request.msg)
      continue;
    dialog_record record;
    record.state = sip::begin_dialog(*request.msg);
    record.hops = open.hops;
    record.record_routed = false;
    call_id = record.state.call_id;
    out.push_back(dialog_of(record));
  }
  return out;
}

} // namespace

std::optional<console::registration_facts> registration_of(const std::string& key, std::string_view stored) {
  auto set = ims::decode_registration_set(reader(stored).text());
  if (!set)
    return std::nullopt;
  console::registration_facts out;
  out.id = key;
  out.state = name_of(set->state);
  out.impis = set->associated_impis;
  out.expires_at = ims::deadline_of(*set);
  for (auto& b : set->bindings)
    out.contacts.push_back(contact_of(b));
  if (!set->user)
    return out;
  if (auto& impi = set->user->private_id; std::find(out.impis.begin(), out.impis.end(), impi) == out.impis.end())
    out.impis.insert(out.impis.begin(), impi);
  for (auto& profile : set->user->profiles)
    for (auto& identity : profile.identities)
      (identity.barred ? out.barred : out.impus).push_back(identity.uri);
  return out;
}

std::optional<console::call_facts> call_of(const std::string& key, std::string_view stored) {
  auto id = call_table::call_of(key);
  call_value value;
  if (!id || !decode(stored, value))
    return std::nullopt;
  console::call_facts out;
  out.id = to_hex(as_bytes(key));
  out.half = name_of(id->half);
  out.state = state_of(value);
  out.open_invites = value.open.size();
  if (value.dialogs.empty())
    out.dialogs = ringing(value, out.call_id);
  else
    out.call_id = value.dialogs.front().state.call_id;
  for (auto& d : value.dialogs)
    out.dialogs.push_back(dialog_of(d));
  return out;
}

console::cluster_facts cluster_facts_of(const config::node_config& c, const cluster::authority::snapshot& seen) {
  using phase = cluster::membership::phase;
  auto name = [&](cluster::node_id id) {
    for (auto& each : c.cluster.nodes)
      if (static_cast<cluster::node_id>(each.id) == id)
        return each.name;
    return std::string();
  };
  auto& [member, owner, replication] = seen;
  console::cluster_facts out;
  out.lease = member.at == phase::serving ? "serving" : member.at == phase::joining ? "joining" : "stopped";
  out.life = member.life;
  out.generation = member.generation;
  out.map_version = owner.map.version;
  for (auto id : owner.live)
    out.live.push_back(name(id));
  for (auto& each : owner.map.members)
    if (each.draining)
      out.draining.push_back(name(each.node));
  if (replication) {
    out.replicas.emplace();
    for (auto& r : replication->replicas)
      out.replicas->push_back({r.address, r.online, r.behind, r.silent});
  }
  auto addresses = service_addresses_of(c);
  for (std::size_t i = 0; i < std::min(owner.map.groups.size(), owner.groups.size()); ++i) {
    using at = cluster::holding::phase;
    auto& entry = owner.map.groups[i];
    auto& held = owner.groups[i];
    auto& group = out.groups.emplace_back();
    group.number = static_cast<std::uint32_t>(i);
    group.owner = name(entry.owner);
    group.epoch = entry.by.epoch;
    if (held.out.at != cluster::handover_source::phase::none)
      group.here = "handing over";
    else if (held.at == at::owned || held.at == at::renewing)
      group.here = "serving";
    else if (held.at != at::none)
      group.here = "taking up";
    for (auto& each : addresses)
      if (cluster::index_of(each.group) == i)
        group.addresses.push_back(cluster::to_string(each.ip));
  }
  return out;
}

console::subscriber_facts subscriber_of(const hss::description& from) {
  console::subscriber_facts out;
  for (auto& p : from.privates)
    out.privates.push_back({p.impi, p.algorithm, p.seq});
  for (auto& set : from.sets) {
    auto& one = out.sets.emplace_back();
    one.state = set.state == hss::registration_state::registered     ? "registered"
                : set.state == hss::registration_state::unregistered ? "unregistered"
                                                                     : "not_registered";
    for (auto& i : set.identities)
      one.identities.push_back({i.uri, i.display_name, i.barred});
    one.services = set.services;
  }
  out.visited_networks = from.visited_networks;
  for (auto* a : {&from.charging.primary_ccf, &from.charging.secondary_ccf})
    if (!a->empty())
      out.ccf.push_back(*a);
  for (auto* a : {&from.charging.primary_ecf, &from.charging.secondary_ecf})
    if (!a->empty())
      out.ecf.push_back(*a);
  out.server_name = from.server_name;
  return out;
}

} // namespace troupe
