#include "config/schema/check.hpp"

#include <algorithm>
#include <fstream>
#include <map>
#include <thread>

#include "config/schema/check_diameter.hpp"
#include "config/schema/words.hpp"
#include "protocols/base/text.hpp"

namespace troupe::config {
namespace {

struct checker {
  node_config& config;
  reading& in;

  void wrong(std::string_view key, std::string what, std::string advice) {
    in.wrong_at(key, std::move(what), std::move(advice));
  }
  void warn(std::string_view key, std::string what, std::string advice) {
    auto at = in.places.find(key);
    auto where = at == in.places.end() ? place{} : at->second;
    config.warnings.push_back(
        {in.file, where.line, where.column, std::string(key), std::move(what), std::move(advice)});
  }
};

/// A list of listeners, and the key that names it.
struct listener_list {
  std::string_view key;
  std::vector<listener>& all;
};

std::vector<listener_list> listener_lists(node_config& config) {
  return {{"sip.access", config.sip.access},
          {"sip.core", config.sip.core},
          {"icscf.listen", config.icscf.listen},
          {"scscf.listen", config.scscf.listen}};
}

std::string element(std::string_view key, std::size_t index) {
  return std::string(key) + "[" + std::to_string(index) + "]";
}

void advertise(listener& at, const endpoint& as) {
  at.public_host = as.host;
  at.public_port = as.port == 0 ? at.port : as.port;
}

void apply_advertisements(node_config& config, reading& in) {
  for (auto& entry : config.sip.advertise) {
    auto wanted = read_listener(entry.listener);
    bool found = false;
    for (auto& [key, all] : listener_lists(config))
      for (auto& candidate : all)
        if (wanted && candidate.url() == wanted->url()) {
          advertise(candidate, entry.as);
          found = true;
        }
    if (!found)
      in.wrong_at("sip.advertise.\"" + entry.listener + "\"", "is none of the node's listeners",
                  "write one as it stands in sip.access, sip.core or a role's listen");
  }
}

/// A group's listeners stand in the node's lists as well.
void advertise_as(const std::vector<listener>& known, std::vector<listener>& to) {
  for (auto& each : to)
    for (auto& one : known)
      if (one.url() == each.url())
        advertise(each, {one.public_host, one.public_port});
}

void read_secret(reading& in, std::string_view file_key, const std::string& path, std::string& into) {
  if (path.empty())
    return;
  auto plain_key = file_key.substr(0, file_key.size() - 5); // without "_file"
  if (in.given(plain_key))
    return in.wrong_at(file_key, "stands beside " + std::string(plain_key), "keep one of the two");
  std::ifstream from(path);
  std::string line;
  if (!from || !std::getline(from, line))
    return in.wrong_at(file_key, "names a file that cannot be read: " + path, "make it, readable for the node's user");
  into = trim(line);
  if (into.size() < 16)
    in.wrong_at(file_key, "names a file whose first line has fewer than 16 characters", "put a longer secret into it");
}

void check_roles(checker& c) {
  auto& config = c.config;
  auto hss = config.has(role::hss);
  if (config.has(role::transit) && config.node.roles.size() > 1)
    c.wrong("node.roles", "has \"transit\" beside other roles", "run it in a process of its own");
  if (config.has(role::transit) && config.transit.next_hop.empty())
    c.wrong("transit.next_hop", "is missing: the role transit has nowhere to send to",
            "add to [transit]: next_hop = \"sip:127.0.0.1:5070\"");
  if (!config.has(role::transit) && c.in.given("transit.next_hop"))
    c.wrong("transit.next_hop", "is given, but node.roles has no \"transit\"", "take it out, or add the role");
  auto diameter = !config.diameter.identity.empty();
  if ((config.has(role::icscf) || config.has(role::scscf)) && !hss && !diameter)
    c.wrong("node.roles", "has an I- or S-CSCF without \"hss\"", "add \"hss\", or [diameter] with the HSS as a peer");
  if (hss && !config.has(role::icscf) && !config.has(role::scscf) && !diameter)
    c.wrong("node.roles", "has \"hss\" with no CSCF that could ask it",
            "add \"icscf\" and \"scscf\", or [diameter] with those of other nodes as peers");
  if (!config.has(role::transit) && config.node.home_domain.empty())
    c.wrong("node.home_domain", "is missing", "add to [node]: home_domain = \"ims.example\"");
}

/// Ports of one transport's address must differ; TCP and TLS share their ports' space.
void check_collisions(checker& c) {
  std::map<std::string, std::string> taken;
  for (auto& [key, all] : listener_lists(c.config))
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i].port == 0)
        continue;
      auto stream = all[i].transport == wire::udp ? "udp " : "tcp ";
      auto here = element(key, i);
      auto [at, first] = taken.emplace(stream + endpoint{all[i].address, all[i].port}.text(), here);
      if (!first)
        c.wrong(here, "takes the same address and port as " + at->second, "give each its own");
    }
}

void check_public_names(checker& c) {
  for (auto& [key, all] : listener_lists(c.config))
    for (std::size_t i = 0; i < all.size(); ++i)
      if (is_wildcard(all[i].public_host))
        c.wrong(element(key, i), "listens on every address, so peers cannot be told which",
                "add to [sip.advertise]: \"" + all[i].url() + "\" = \"the host's name or address\"");
}

void check_role_listeners(checker& c, role which, std::string_view key, const std::vector<listener>& all) {
  auto needed = c.config.has(which) && !c.config.sip.fuse;
  if (needed && all.empty())
    c.wrong(key, "is missing: with sip.fuse = false the role has listeners of its own",
            "add to [" + std::string(to_string(which)) + "]: listen = [\"udp://127.0.0.1:5060\"]");
  if (!needed && !all.empty())
    c.wrong(key,
            c.config.has(which) ? "is given, but the node's roles are fused"
                                : "is given, but the node has no such role",
            "take it out, or set sip.fuse = false and node.roles accordingly");
}

void check_listeners(checker& c) {
  auto& sip = c.config.sip;
  auto lists = listener_lists(c.config);
  auto any = std::any_of(lists.begin(), lists.end(), [](const listener_list& each) { return !each.all.empty(); });
  auto only_hss = c.config.node.roles == std::vector{role::hss}; // asked by Diameter alone
  if (!any && !only_hss)
    c.wrong("sip.access", "is missing, and there is no other listener",
            "add to [sip]: access = [\"udp://127.0.0.1:5060\", \"tcp://127.0.0.1:5060\"]");
  if (c.config.has(role::pcscf) && sip.access.empty())
    c.wrong("sip.access", "is missing: phones reach the P-CSCF by it",
            "add to [sip]: access = [\"udp://127.0.0.1:5060\"]");
  check_role_listeners(c, role::icscf, "icscf.listen", c.config.icscf.listen);
  check_role_listeners(c, role::scscf, "scscf.listen", c.config.scscf.listen);
  auto core = !sip.core.empty() || !c.config.icscf.listen.empty() || !c.config.scscf.listen.empty();
  if (core && sip.peers.empty() && c.config.cluster.groups.empty()) // groups are each other's peers
    c.warn("sip.peers", "is empty: the core listeners will refuse every request",
           "name the CSCFs and application servers");
  check_collisions(c);
  check_public_names(c);
}

void check_file(checker& c, std::string_view key, const std::string& path) {
  if (!path.empty() && !std::ifstream(path))
    c.wrong(key, "names a file that cannot be read: " + path,
            "paths that do not begin with / are taken from the working directory");
}

void check_tls(checker& c) {
  auto& sip = c.config.sip;
  auto used = false;
  for (auto& [key, all] : listener_lists(c.config))
    used =
        used || std::any_of(all.begin(), all.end(), [](const listener& each) { return each.transport == wire::tls; });
  if (used && sip.tls_certificate.empty())
    c.wrong("sip.tls_certificate", "is missing, but there is a tls:// listener", "name a PEM file");
  if (used && sip.tls_key.empty())
    c.wrong("sip.tls_key", "is missing, but there is a tls:// listener", "name a PEM file");
  if (sip.tls_verify_client && sip.tls_ca.empty())
    c.wrong("sip.tls_ca", "is missing, but sip.tls_verify_client is true", "name the authorities' PEM file");
  check_file(c, "sip.tls_certificate", sip.tls_certificate);
  check_file(c, "sip.tls_key", sip.tls_key);
  check_file(c, "sip.tls_ca", sip.tls_ca);
}

/// `low` must not be above `high`; said at whichever of the two the file sets.
template <class T>
void check_order(checker& c, std::string_view low_key, T low, std::string_view high_key, T high) {
  if (low <= high)
    return;
  auto lower_given = c.in.given(low_key);
  auto at = lower_given ? low_key : high_key;
  auto other = lower_given ? high_key : low_key;
  c.wrong(at, std::string("is ") + (lower_given ? "greater" : "less") + " than " + std::string(other),
          "change one of the two");
}

void check_orders(checker& c) {
  auto& sip = c.config.sip;
  auto& registration = c.config.registration;
  auto& session = c.config.session;
  check_order(c, "sip.t1", sip.t1, "sip.t2", sip.t2);
  check_order(c, "sip.max_connections_per_source", sip.max_connections_per_source, "sip.max_connections",
              sip.max_connections);
  check_order(c, "registration.min_expires", registration.min_expires, "registration.default_expires",
              registration.default_expires);
  check_order(c, "registration.default_expires", registration.default_expires, "registration.max_expires",
              registration.max_expires);
  check_order(c, "session.min_se", session.min_se, "session.session_expires", session.session_expires);
  check_order(c, "session.session_expires", session.session_expires, "session.session_expires_max",
              session.session_expires_max);
  if (sip.timer_c <= seconds(180))
    c.warn("sip.timer_c", "is not more than 180 s, as RFC 3261 clause 16.6 wants it", "raise it unless this is a test");
}

void check_charging(checker& c) {
  auto& records = c.config.charging.records;
  for (std::size_t i = 0; i < records.size(); ++i)
    if (records[i] != role::pcscf && records[i] != role::scscf)
      c.wrong(c.in.given("charging.records") ? element("charging.records", i) : "charging.records",
              "is a role that charges nobody", "there are \"pcscf\" and \"scscf\"");
}

void check_admin(checker& c) {
  auto& admin = c.config.admin;
  if (admin.listen.host.empty())
    return;
  auto& host = admin.listen.host;
  if (!is_ipv4(host) && !is_ipv6(host))
    c.wrong("admin.listen", "has a name where a numeric address is wanted",
            "write for example: listen = \"127.0.0.1:8080\"");
  else if (!c.in.given("admin.listen") || is_loopback(host))
    return;
  else if (admin.token.empty())
    c.wrong("admin.listen", "is not a loopback address, and admin.token is missing",
            "set one: whoever reaches it rules the node");
}

void check_dns(checker& c) {
  for (std::size_t i = 0; i < c.config.dns.servers.size(); ++i)
    if (auto& host = c.config.dns.servers[i].host; !is_ipv4(host) && !is_ipv6(host))
      c.wrong(element("dns.servers", i), "has a name where a numeric address is wanted",
              "a resolver cannot be looked up by itself");
}

void check_state(checker& c) {
  if (c.config.node.secret.empty())
    c.warn("node.secret", "is missing: tokens will not survive a restart, phones will have to register anew",
           "set node.secret or node.secret_file");
  if (c.config.has(role::hss))
    check_file(c, "hss.provision", c.config.hss.provision);
  if (!c.config.has(role::hss) && c.in.given("hss.provision"))
    c.wrong("hss.provision", "is given, but node.roles has no \"hss\"", "take it out, or add the role");
  for (auto key : {"hss.realm", "hss.host"})
    if (c.config.has(role::hss) && c.in.given(key))
      c.wrong(key, "is given, but the HSS is on this node", "take it out, or the role \"hss\"");
  auto& cluster = c.config.cluster;
  check_file(c, "cluster.redis_key_file", cluster.redis_key_file);
  check_file(c, "cluster.redis_password_file", cluster.redis_password_file);
  check_file(c, "cluster.redis_ca", cluster.redis_ca);
  check_file(c, "cluster.redis_certificate", cluster.redis_certificate);
  check_file(c, "cluster.redis_private_key", cluster.redis_private_key);
}

const cluster_node* own_node(const cluster_options& cluster) {
  auto at = std::find_if(cluster.nodes.begin(), cluster.nodes.end(),
                         [&](const cluster_node& each) { return each.id == cluster.node_id; });
  return at == cluster.nodes.end() ? nullptr : &*at;
}

void check_link_address(checker& c, const std::string& key, const endpoint& at) {
  if (!is_ipv4(at.host) && !is_ipv6(at.host))
    c.wrong(key, "has a name where a numeric address is wanted", "write for example: \"192.0.2.1:4500\"");
  else if (at.port == 0)
    c.wrong(key, "has no port", "write for example: \"" + endpoint{at.host, 4500}.text() + "\"");
}

/// Plain links are for trying out, on one machine.
void check_link_tls(checker& c) {
  auto& cluster = c.config.cluster;
  auto leaves = [](const endpoint& at) { return (is_ipv4(at.host) || is_ipv6(at.host)) && !is_loopback(at.host); };
  auto outside = leaves(cluster.link) || std::any_of(cluster.nodes.begin(), cluster.nodes.end(),
                                                     [&](const cluster_node& each) { return leaves(each.link); });
  auto any = !cluster.tls_certificate.empty() || !cluster.tls_key.empty() || !cluster.tls_ca.empty();
  if (!outside && !any)
    return;
  for (auto [key, path] :
       {std::pair{"cluster.tls_certificate", &cluster.tls_certificate}, std::pair{"cluster.tls_key", &cluster.tls_key},
        std::pair{"cluster.tls_ca", &cluster.tls_ca}})
    if (path->empty())
      c.wrong(key, any ? "is missing beside the others" : "is missing: links that leave the loopback need TLS",
              "name a PEM file");
    else
      check_file(c, key, *path);
}

/// With groups the nodes are one; without, they are linked, and each serves for itself.
void check_groups(checker& c) {
  auto& cluster = c.config.cluster;
  if (cluster.groups.empty())
    return;
  for (auto key : {"sip.access", "sip.core", "icscf.listen", "scscf.listen"})
    if (c.in.given(key))
      c.wrong(key, "is given beside cluster.groups", "give the listeners to groups");
  if (!cluster.store.starts_with("redis"))
    c.wrong(
        "cluster.store", "is no Redis: nodes that take over from each other need one that all of them reach",
        "write for example: store = \"redis-sentinel://192.0.2.51:26379,192.0.2.52:26379,192.0.2.53:26379/mymaster\"");
  if (c.config.node.secret.empty())
    c.wrong("node.secret_file", "is missing: nodes must understand each other's tokens",
            "give all nodes the same secret (`openssl rand -hex 32`)");
  if (!c.config.sip.fuse)
    c.wrong("sip.fuse", "is false beside cluster.groups", "take it out");
  if (cluster.nodes.size() == 2)
    c.warn("cluster.nodes", "are two: while Redis is away neither may take over from the other", "use three or more");
}

void check_cluster(checker& c) {
  auto& cluster = c.config.cluster;
  if (cluster.nodes.empty()) {
    if (!cluster.link.host.empty())
      c.warn("cluster.link", "is given, but there are no cluster.nodes: nothing is opened", "name the nodes");
    for (auto key : {"cluster.name", "cluster.node_id", "cluster.groups", "cluster.tls_certificate", "cluster.tls_key",
                     "cluster.tls_ca"})
      if (c.in.given(key))
        c.wrong(key, "is given, but there are no cluster.nodes", "name the nodes, or take it out");
    return;
  }
  std::map<std::string, std::string> taken;
  for (std::size_t i = 0; i < cluster.nodes.size(); ++i) {
    auto& each = cluster.nodes[i];
    auto here = element("cluster.nodes", i);
    check_link_address(c, here, each.link);
    for (auto& what : {"id " + std::to_string(each.id), "name " + each.name, "link " + each.link.text()})
      if (auto [at, first] = taken.emplace(what, here); !first)
        c.wrong(here, "has the same " + what.substr(0, what.find(' ')) + " as " + at->second, "give each its own");
  }
  auto* own = own_node(cluster);
  if (own == nullptr)
    return c.wrong(c.in.given("cluster.node_id") ? "cluster.node_id" : "cluster.nodes", "does not name this node",
                   "add a table with its id and the name \"" + c.config.node.name + "\"");
  if (own->name != c.config.node.name)
    c.wrong("cluster.node_id", "is that of \"" + own->name + "\", but node.name is \"" + c.config.node.name + "\"",
            "change one of the two");
  check_link_address(c, "cluster.link", cluster.link);
  check_link_tls(c);
  check_groups(c);
}

} // namespace

void complete(node_config& config, reading& in) {
  config.node.home_domain = to_lower(config.node.home_domain);
  auto& domain = config.node.home_domain;
  auto unless_given = [&](std::string_view key, auto& field, auto by_default) {
    if (!in.given(key))
      field = by_default;
  };
  unless_given("node.shards", config.node.shards,
               std::max(2u, std::thread::hardware_concurrency()) - 1); // docs/decisions/shards-and-cores.md
  unless_given("node.instance_id", config.node.instance_id, config.node.name);
  unless_given("pcscf.visited_network_id", config.pcscf.visited_network_id, domain);
  unless_given("pcscf.trust_domain", config.pcscf.trust_domain, std::vector<std::string>{domain});
  unless_given("scscf.name", config.scscf.name, "sip:scscf." + domain);
  unless_given("scscf.realm", config.scscf.realm, domain);
  unless_given("charging.ioi", config.charging.ioi, domain);
  unless_given("diameter.realm", config.diameter.realm, domain);
  unless_given("hss.realm", config.hss.realm, domain);
  unless_given("cluster.name", config.cluster.name, domain.empty() ? std::string("troupe") : domain);
  for (auto& each : config.cluster.nodes)
    if (each.name == config.node.name)
      unless_given("cluster.node_id", config.cluster.node_id, each.id);
  if (auto* own = own_node(config.cluster))
    unless_given("cluster.link", config.cluster.link, own->link);
  unless_given("cluster.life_file", config.cluster.life_file, "var/" + config.node.name + ".life");
  for (auto& group : config.cluster.groups) { // all of them, to be checked as any; a group's own part is cut out later
    config.sip.access.insert(config.sip.access.end(), group.access.begin(), group.access.end());
    config.sip.core.insert(config.sip.core.end(), group.core.begin(), group.core.end());
  }
  unless_given("icscf.scscfs", config.icscf.scscfs, std::vector<scscf_choice>{{config.scscf.name, {}}});
  for (auto& [key, all] : listener_lists(config))
    for (auto& each : all)
      advertise(each, {each.address, each.port});
  apply_advertisements(config, in);
  for (auto& group : config.cluster.groups) {
    advertise_as(config.sip.access, group.access);
    advertise_as(config.sip.core, group.core);
  }
  read_secret(in, "node.secret_file", config.node.secret_file, config.node.secret);
  read_secret(in, "admin.token_file", config.admin.token_file, config.admin.token);
}

void check(node_config& config, reading& in) {
  checker c{config, in};
  check_roles(c);
  check_listeners(c);
  check_tls(c);
  check_orders(c);
  check_charging(c);
  check_admin(c);
  check_dns(c);
  check_state(c);
  check_cluster(c);
  check_diameter(config, in);
}

} // namespace troupe::config
