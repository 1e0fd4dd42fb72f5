#include "actors/console/views.hpp"

#include "actors/console/log_line.hpp"

namespace troupe::console {
namespace {

json time_of(const std::optional<instant>& at) { return at ? json(log::time_text(at->ms)) : json(); }

json view(const contact_facts& c) {
  json out{{"uri", c.uri}, {"impi", c.impi}, {"q", c.q}, {"path", c.path}};
  if (!c.instance_id.empty())
    out["instance_id"] = c.instance_id;
  if (c.reg_id != 0)
    out["reg_id"] = c.reg_id;
  if (!c.user_agent.empty())
    out["user_agent"] = c.user_agent;
  out["registered_at"] = time_of(c.registered_at);
  out["expires_at"] = time_of(c.expires_at);
  return out;
}

json view(const dialog_facts& d) {
  return {{"kind", d.kind},
          {"state", d.state},
          {"caller", {{"address", d.caller}, {"tag", d.caller_tag}, {"target", d.caller_target}}},
          {"callee", {{"address", d.callee}, {"tag", d.callee_tag}, {"target", d.callee_target}}},
          {"roles", d.roles},
          {"deadline", time_of(d.deadline)}};
}

std::uint64_t sum_of(const scrape& of, metric m) {
  std::uint64_t sum = 0;
  for (auto& shard : of.shards)
    sum += shard->get(m);
  return sum;
}

json view(const store_facts& s) {
  json out{{"spec", s.spec},       {"commits", s.commits},     {"failed_commits", s.failed_commits},
           {"records", s.records}, {"recovered", s.recovered}, {"quarantined", s.quarantined}};
  if (!s.last_failure.empty())
    out["last_failure"] = s.last_failure;
  return out;
}

json view(const std::vector<std::optional<milliseconds>>& delays) {
  auto out = json::array();
  for (auto& d : delays)
    out.push_back({{"answers", d.has_value()}, {"delay_ms", d ? json(d->count()) : json()}});
  return out;
}

void append_value(std::string& out, const json& value) {
  if (value.is_object()) {
    out += '{';
    for (auto& [key, member] : value.items()) {
      (out += out.back() == '{' ? " " : ", ") += toml_text(key) + " = ";
      append_value(out, member);
    }
    out += " }";
  } else if (value.is_array()) {
    out += '[';
    for (std::size_t i = 0; i < value.size(); ++i) {
      out += i == 0 ? "" : ", ";
      append_value(out, value[i]);
    }
    out += ']';
  } else if (value.is_string()) {
    out += toml_text(value.get<std::string>());
  } else if (value.is_boolean() || value.is_number()) {
    out += value.dump();
  } else {
    throw std::invalid_argument("null is no value here: leave the key out");
  }
}

} // namespace

json view(const scrape& of, instant now) {
  json out{{"node", of.node.name},
           {"state", to_string(of.state)},
           {"version", of.node.version},
           {"home_domain", of.node.home_domain},
           {"roles", of.node.roles},
           {"listeners", of.node.listeners},
           {"started_at", time_of(of.node.started_at)},
           {"uptime_s", (now - of.node.started_at).count() / 1000}};
  out["registrations"] = sum_of(of, metric::registrations_now);
  out["bindings"] = sum_of(of, metric::bindings_now);
  out["calls"] = {{"live", sum_of(of, metric::calls_live_now)}, {"stored", sum_of(of, metric::calls_stored_now)}};
  out["transactions"] = sum_of(of, metric::transactions_now);
  out["connections"] = sum_of(of, metric::connections_now);
  out["restarts"] = sum_of(of, metric::restarts_transaction) + sum_of(of, metric::restarts_call) +
                    sum_of(of, metric::restarts_registration) + sum_of(of, metric::restarts_other);
  out["store"] = view(of.store);
  if (of.hss)
    out["hss"] = {{"subscribers", of.hss->subscribers},
                  {"unwritten", of.hss->unwritten},
                  {"disk_failures", of.hss->disk_failures}};
  out["shards"] = view(of.delays);
  out["process"] = {{"resident_octets", of.process.resident_octets},
                    {"cpu_seconds", of.process.cpu_seconds},
                    {"descriptors", of.process.open_descriptors},
                    {"threads", of.process.threads}};
  return out;
}

json view(const registration_facts& r) {
  json out{{"id", r.id}, {"state", r.state}, {"impis", r.impis}, {"impus", r.impus}, {"barred", r.barred}};
  out["contacts"] = json::array();
  for (auto& c : r.contacts)
    out["contacts"].push_back(view(c));
  out["expires_at"] = time_of(r.expires_at);
  return out;
}

json view(const call_facts& c) {
  json out{
      {"id", c.id}, {"call_id", c.call_id}, {"half", c.half}, {"state", c.state}, {"open_invites", c.open_invites}};
  out["dialogs"] = json::array();
  for (auto& d : c.dialogs)
    out["dialogs"].push_back(view(d));
  return out;
}

json view(const peer_facts& p) { return {{"name", p.name}, {"kind", p.kind}}; }

json view(const cluster_facts& c) {
  auto groups = json::array();
  for (auto& g : c.groups)
    groups.push_back({{"group", g.number},
                      {"owner", g.owner.empty() ? json() : json(g.owner)},
                      {"epoch", g.epoch},
                      {"here", g.here.empty() ? json() : json(g.here)},
                      {"addresses", g.addresses}});
  json replicas;
  if (c.replicas) {
    replicas = json::array();
    for (auto& r : *c.replicas)
      replicas.push_back(
          {{"address", r.address}, {"online", r.online}, {"behind_octets", r.behind}, {"silent_s", r.silent}});
  }
  return {{"lease", c.lease}, {"life", c.life},         {"generation", c.generation}, {"map_version", c.map_version},
          {"live", c.live},   {"draining", c.draining}, {"groups", groups},           {"replicas", replicas}};
}

json view(const link_facts& l) {
  using at = cluster::node_link::phase;
  auto connecting = l.at == at::connecting || l.at == at::greeting;
  return {{"name", l.name},
          {"id", static_cast<unsigned>(l.node)},
          {"state", l.at == at::open ? (l.suspected ? "silent" : "linked")
                    : connecting     ? "connecting"
                                     : "not linked"},
          {"this", false},
          {"address", l.address},
          {"incarnation", l.life == 0 ? json() : json(l.life)},
          {"open_since", time_of(l.open_since)},
          {"round_trip_ms", l.round_trip ? json(l.round_trip->count()) : json()},
          {"queue", {{"messages", l.queued_messages}, {"octets", l.queued_octets}}}};
}

json view(const subscriber_facts& s) {
  json out{{"privates", json::array()}, {"sets", json::array()}};
  for (auto& p : s.privates)
    out["privates"].push_back({{"impi", p.impi}, {"algorithm", p.algorithm}, {"seq", p.seq}});
  for (auto& set : s.sets) {
    json one{{"state", set.state}, {"identities", json::array()}};
    for (auto& i : set.identities) {
      one["identities"].push_back({{"uri", i.uri}, {"barred", i.barred}});
      if (!i.display_name.empty())
        one["identities"].back()["display_name"] = i.display_name;
    }
    if (!set.services.empty())
      one["services"] = set.services;
    out["sets"].push_back(std::move(one));
  }
  out["visited_networks"] = s.visited_networks;
  out["ccf"] = s.ccf;
  out["ecf"] = s.ecf;
  out["server_name"] = s.server_name.empty() ? json() : json(s.server_name);
  return out;
}

json view(const import_facts& i) { return {{"added", i.added}, {"changed", i.changed}, {"unchanged", i.unchanged}}; }

std::string text_of(const json& value) { return value.dump(2, ' ', false, json::error_handler_t::replace) + '\n'; }

std::string toml_text(const std::string& text) {
  std::string out;
  for (char c : json(text).dump(-1, ' ', false, json::error_handler_t::replace))
    if (c == '\x7f') // the only one that JSON takes and TOML does not
      out += "\\u007f";
    else
      out += c;
  return out;
}

std::string subscriber_toml(json value, const std::string& impi) {
  if (!value.is_object())
    throw std::invalid_argument("a subscriber is a JSON object");
  if (!value.contains("impi"))
    value["impi"] = impi;
  if (value["impi"] != impi)
    throw std::invalid_argument("impi is not the one of the path");
  std::string out = "[[subscriber]]\n";
  for (auto& [key, member] : value.items()) {
    out += toml_text(key) + " = ";
    append_value(out, member);
    out += '\n';
  }
  return out;
}

} // namespace troupe::console
