#include "actors/node/settings.hpp"

#include <algorithm>
#include <asio/ssl/context.hpp>

#include "actors/roles/icscf/icscf.hpp"
#include "actors/roles/pcscf/pcscf.hpp"
#include "actors/roles/scscf/scscf.hpp"
#include "actors/roles/transit/transit.hpp"
#include "config/schema/words.hpp"
#include "protocols/base/text.hpp"
#include "protocols/sip/uri.hpp"

namespace troupe {
namespace {

transport transport_of(config::wire w) {
  switch (w) {
  case config::wire::tcp: return transport::tcp;
  case config::wire::tls: return transport::tls;
  case config::wire::udp: break;
  }
  return transport::udp;
}

listener listener_of(const config::listener& from, sip::side side) {
  auto local = parse_address(from.address, from.port);
  listener out{
      transport_of(from.transport), side, local.value_or(address{}), from.public_host, from.public_port, false};
  if (out.public_host.find(':') != std::string::npos)
    out.public_host = '[' + out.public_host + ']';
  return out;
}

/// Where no listener of the core side is: only this node's roles meet it.
std::string local_host_of(const config::node_config& c) {
  return c.node.name.empty() ? "node.invalid" : to_lower(c.node.name) + ".invalid";
}

std::string host_of(const std::string& uri_text) {
  auto u = sip::parse_uri(uri_text);
  return u ? to_lower(u->host) : std::string();
}

/// "sip:g3.scscf.ims.example": each group's S-CSCF has a name of its own, by which its users' calls find it.
std::string group_name(const std::string& scscf, std::size_t group) {
  auto u = sip::parse_uri(scscf);
  if (!u)
    return scscf;
  auto at = static_cast<std::size_t>(u->host.data() - u->text.data());
  return scscf.substr(0, at) + 'g' + std::to_string(group) + '.' + scscf.substr(at);
}

std::string scscf_name_of(const config::node_config& c) {
  return c.cluster.group ? group_name(c.scscf.name, *c.cluster.group) : c.scscf.name;
}

void add_roles(role_set& set, const config::node_config& c, const siphash_key& secret) {
  if (c.has(config::role::transit))
    set.add(
        std::make_unique<roles::transit::role>(roles::transit::options{c.transit.next_hop, c.transit.record_route}));
  if (c.has(config::role::pcscf)) {
    roles::pcscf::options o;
    o.home_domain = c.node.home_domain;
    o.visited_network_id = c.pcscf.visited_network_id;
    o.icscf = c.pcscf.icscf;
    o.ioi = c.charging.ioi;
    o.host = c.node.name;
    o.trust_domain = c.pcscf.trust_domain;
    o.access_network_info = c.pcscf.access_network_info;
    o.binding_secret = secret;
    o.tls = std::any_of(c.sip.access.begin(), c.sip.access.end(),
                        [](const config::listener& l) { return l.transport == config::wire::tls; });
    set.add(std::make_unique<roles::pcscf::role>(std::move(o)));
  }
  if (c.has(config::role::icscf)) {
    roles::icscf::options o;
    o.home_domain = c.node.home_domain;
    if (!c.cluster.group || std::binary_search(c.given.begin(), c.given.end(), "icscf.scscfs"))
      for (auto& s : c.icscf.scscfs)
        o.scscfs.push_back({s.name, s.capabilities});
    if (o.scscfs.empty() && c.has(config::role::scscf))
      o.scscfs.push_back({scscf_name_of(c), {}});
    o.gruu_secret = secret;
    if (c.sip.fuse && c.has(config::role::scscf))
      o.fused_with = scscf_name_of(c);
    if (!o.scscfs.empty())
      o.gruu_server = o.scscfs.front().name;
    set.add(std::make_unique<roles::icscf::role>(std::move(o)));
  }
  if (c.has(config::role::scscf)) {
    roles::scscf::options o;
    o.name = scscf_name_of(c);
    o.home_domain = c.node.home_domain;
    o.icscf = c.scscf.icscf;
    o.ioi = c.charging.ioi;
    o.host = c.node.name;
    o.trust_domain = c.pcscf.trust_domain;
    o.gruu_secret = secret;
    set.add(std::make_unique<roles::scscf::role>(std::move(o)));
  }
}

/// host:port of the first listener, as peers know it; else `otherwise`.
std::string host_of(const std::vector<config::listener>& from, const std::string& otherwise) {
  if (from.empty())
    return otherwise;
  auto l = listener_of(from.front(), sip::side::core);
  auto text = l.public_host + ':' + std::to_string(l.public_port);
  return l.transport == transport::udp ? text
                                       : text + (l.transport == transport::tcp ? ";transport=tcp" : ";transport=tls");
}

/// The scheme to ask the HSS for: the one that is configured, or the subscriber's own where there are several.
std::string scheme_of(const config::node_config& c) {
  if (c.scscf.auth.size() != 1)
    return cx::scheme::unknown;
  switch (c.scscf.auth.front()) {
  case config::auth_scheme::akav1_md5: return cx::scheme::aka_v1_md5;
  case config::auth_scheme::akav2_md5: return cx::scheme::aka_v2_md5;
  case config::auth_scheme::akav2_sha_256: return cx::scheme::aka_v2_sha256;
  default: return cx::scheme::sip_digest;
  }
}

} // namespace

std::vector<listener> listeners_of(const config::node_config& c) {
  std::vector<listener> out;
  for (auto& l : c.sip.access)
    out.push_back(listener_of(l, sip::side::access));
  for (auto& l : c.sip.core)
    out.push_back(listener_of(l, sip::side::core));
  if (!c.sip.fuse) {
    for (auto& l : c.icscf.listen)
      out.push_back(listener_of(l, sip::side::core));
    for (auto& l : c.scscf.listen)
      out.push_back(listener_of(l, sip::side::core));
  }
  for (auto& l : out)
    l.moves = c.cluster.group.has_value();
  return out;
}

/// Where the other groups' requests come from: from their core addresses, or from the nodes' own.
void add_group_peers(config::node_config& to) {
  auto add = [&](const std::string& host) {
    if (config::endpoint peer{host, 0}; std::find(to.sip.peers.begin(), to.sip.peers.end(), peer) == to.sip.peers.end())
      to.sip.peers.push_back(peer);
  };
  for (auto& group : to.cluster.groups)
    for (auto& l : group.core)
      if (!config::is_wildcard(l.address))
        add(l.address);
      else
        for (auto& node : to.cluster.nodes)
          add(node.link.host);
}

/// The part of group `group`: its listeners, its S-CSCF's name; the other groups' core sides are its peers.
config::node_config site_config(const config::node_config& c, std::uint32_t group) {
  auto out = c;
  out.cluster.group = group;
  out.node.name = c.cluster.name + "-g" + std::to_string(group); // the same on whatever node it is
  auto& mine = c.cluster.groups[group];
  auto keep = [](std::vector<config::listener>& all, const std::vector<config::listener>& own) {
    std::erase_if(all, [&](const config::listener& l) {
      return std::none_of(own.begin(), own.end(), [&](const config::listener& o) { return o.url() == l.url(); });
    });
  };
  keep(out.sip.access, mine.access);
  keep(out.sip.core, mine.core);
  add_group_peers(out);
  return out;
}

transport_limits transport_limits_of(const config::node_config& c) {
  transport_limits out;
  out.max_message = c.sip.max_message;
  out.max_connections = c.sip.max_connections;
  out.max_connections_per_source = c.sip.max_connections_per_source;
  out.idle_timeout = c.sip.idle_timeout;
  out.connect_timeout = c.sip.connect_timeout;
  out.messages_per_second_per_source = c.sip.messages_per_second_per_source;
  return out;
}

resolver_options resolver_options_of(const config::node_config& c) {
  resolver_options out;
  for (auto& s : c.dns.servers)
    out.servers.push_back(s.text());
  out.timeout = c.dns.timeout;
  out.attempts = static_cast<int>(c.dns.attempts);
  out.rules.large = c.sip.udp_mtu;
  out.rules.udp = out.rules.tcp = out.rules.tls = out.rules.v4 = out.rules.v6 = false;
  for (auto& l : listeners_of(c)) {
    (l.transport == transport::udp   ? out.rules.udp
     : l.transport == transport::tcp ? out.rules.tcp
                                     : out.rules.tls) = true;
    (l.local.v6 ? out.rules.v6 : out.rules.v4) = true;
  }
  for (std::size_t i = 0; c.cluster.group && i < c.cluster.groups.size(); ++i) {
    auto l = listener_of(c.cluster.groups[i].core.front(), sip::side::core);
    out.hosts[host_of(group_name(c.scscf.name, i))] = {l.public_host, l.public_port};
  }
  return out;
}

std::unique_ptr<call_settings> call_settings_of(const config::node_config& c, std::string_view secret) {
  auto out = std::make_unique<call_settings>();
  out->secret = make_siphash_key(secret);
  out->times = {c.sip.t1, c.sip.t2, c.sip.t4};
  out->timer_c = std::chrono::duration_cast<milliseconds>(c.sip.timer_c);
  out->put_away_after = c.node.put_away_after;
  out->longest_call = c.session.longest;
  out->session_timers = {static_cast<std::uint32_t>(c.session.min_se.count()),
                         c.has(config::role::transit) ? 0
                                                      : static_cast<std::uint32_t>(c.session.session_expires.count()),
                         static_cast<std::uint32_t>(c.session.session_expires_max.count())};
  out->max_transactions = c.overload.max_transactions;
  out->retry_after = c.overload.retry_after;
  out->goes_on_unstored = c.cluster.group.has_value();
  out->udp_mtu = c.sip.udp_mtu;
  out->home_domain = c.node.home_domain;
  if (c.has(config::role::scscf))
    out->scscf_host = host_of(scscf_name_of(c));
  for (auto& l : listeners_of(c)) {
    out->own_hosts.push_back({to_lower(l.public_host), l.public_port});
    out->own_hosts.push_back({host_text(l.local), l.local.port});
  }
  out->local_host = local_host_of(c);
  out->fused = c.sip.fuse;
  if (!c.sip.fuse) {
    auto add = [&](std::size_t count, roles::role_id role) {
      out->role_of_listener.insert(out->role_of_listener.end(), count, role);
    };
    add(c.sip.access.size() + c.sip.core.size(), roles::role_id::pcscf);
    add(c.icscf.listen.size(), roles::role_id::icscf);
    add(c.scscf.listen.size(), roles::role_id::scscf);
  }
  out->name = c.node.name;
  for (auto each : c.charging.records)
    out->charged.push_back(each == config::role::pcscf ? roles::role_id::pcscf : roles::role_id::scscf);
  out->record_route = !c.has(config::role::transit) || c.transit.record_route;
  add_roles(out->roles, c, out->secret);
  return out;
}

std::unique_ptr<registration_settings> registration_settings_of(const config::node_config& c, std::string_view secret) {
  auto out = std::make_unique<registration_settings>();
  out->home_domain = c.node.home_domain;
  out->realm = c.scscf.realm;
  out->ioi = c.charging.ioi;
  out->scscf_name = scscf_name_of(c);
  out->scscf_host = host_of(c.sip.fuse ? c.sip.core : c.scscf.listen, host_of(scscf_name_of(c)));
  out->pcscf_host = host_of(c.sip.core, local_host_of(c)); // as in its Path
  out->auth_scheme = scheme_of(c);
  for (auto scheme : c.scscf.auth)
    if (scheme == config::auth_scheme::digest_md5 || scheme == config::auth_scheme::digest_sha_256)
      out->digest_algorithms.emplace_back(scheme == config::auth_scheme::digest_md5 ? "MD5" : "SHA-256");
  out->secret = make_siphash_key(secret);
  out->registrar.min_expires = static_cast<std::uint32_t>(c.registration.min_expires.count());
  out->registrar.default_expires = static_cast<std::uint32_t>(c.registration.default_expires.count());
  out->registrar.max_expires = static_cast<std::uint32_t>(c.registration.max_expires.count());
  out->registrar.max_contacts = c.registration.max_contacts;
  out->registrar.gruu_secret = out->secret;
  out->authentication.reg_await_auth = c.registration.reg_await_auth;
  out->access.subscribe = c.pcscf.subscribe_reg_event;
  out->retry_after = c.overload.retry_after;
  out->put_away_after = c.node.put_away_after;
  return out;
}

tls_contexts tls_contexts_of(const config::node_config& c) {
  auto all = listeners_of(c);
  if (std::none_of(all.begin(), all.end(), [](const listener& l) { return l.transport == transport::tls; }))
    return {};
  tls_contexts out{std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server),
                   std::make_shared<asio::ssl::context>(asio::ssl::context::tls_client)};
  auto load = [](const std::string& file, auto&& use) {
    try {
      use();
    } catch (const std::exception& e) {
      throw std::runtime_error(file + ": " + e.what());
    }
  };
  for (auto* x : {out.server.get(), out.client.get()}) {
    x->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                   asio::ssl::context::no_tlsv1_1);
    load(c.sip.tls_certificate, [&] { x->use_certificate_chain_file(c.sip.tls_certificate); });
    load(c.sip.tls_key, [&] { x->use_private_key_file(c.sip.tls_key, asio::ssl::context::pem); });
    if (!c.sip.tls_ca.empty())
      load(c.sip.tls_ca, [&] { x->load_verify_file(c.sip.tls_ca); });
    else
      x->set_default_verify_paths();
  }
  out.client->set_verify_mode(asio::ssl::verify_peer);
  if (c.sip.tls_verify_client)
    out.server->set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert);
  return out;
}

store::open_options store_options_of(const config::node_config& c) {
  store::open_options out;
  out.spec = c.cluster.store;
  out.partitions = c.node.shards;
  out.redis.prefix = c.cluster.redis_prefix;
  out.redis.key_file = c.cluster.redis_key_file;
  out.redis.password_file = c.cluster.redis_password_file;
  out.redis.ca = c.cluster.redis_ca;
  out.redis.certificate = c.cluster.redis_certificate;
  out.redis.private_key = c.cluster.redis_private_key;
  out.redis.timeout = c.cluster.redis_timeout;
  out.redis.open_timeout = c.cluster.redis_open_timeout;
  out.redis.keep = c.cluster.redis_keep;
  out.redis.replicas = c.cluster.redis_replicas;
  return out;
}

std::vector<address> peers_of(const config::node_config& c) {
  std::vector<address> out;
  for (auto& p : c.sip.peers)
    if (auto a = parse_address(p.host, p.port))
      out.push_back(*a);
  return out;
}

} // namespace troupe
