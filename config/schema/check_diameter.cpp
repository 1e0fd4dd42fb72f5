// What holds between the options of [diameter].
#include "config/schema/check_diameter.hpp"

#include <fstream>
#include <set>

#include "config/schema/words.hpp"

namespace troupe::config {

namespace {

std::string element(std::string_view key, std::size_t at) { return std::string(key) + "[" + std::to_string(at) + "]"; }

bool known(const diameter_options& diameter, const std::string& identity) {
  for (auto& each : diameter.peers)
    if (each.identity == identity)
      return true;
  return false;
}

void check_peers(const diameter_options& diameter, reading& in) {
  std::set<std::string> taken{diameter.identity};
  for (std::size_t i = 0; i < diameter.peers.size(); ++i) {
    auto& each = diameter.peers[i];
    auto key = element("diameter.peers", i);
    if (auto what = wrong_host(each.identity); !what.empty())
      in.wrong_at(key, "has an identity that " + what, "it is the peer's Origin-Host, a host name");
    if (!taken.insert(each.identity).second)
      in.wrong_at(key, "has an identity that this node or another peer has", "give each its own");
    if (each.address.host.empty() && diameter.listen.empty())
      in.wrong_at(key, "has no address, and there is no diameter.listen: neither end can connect",
                  "give one of the two");
    if (each.tls && diameter.tls_certificate.empty())
      in.wrong_at(key, "wants TLS, but diameter.tls_certificate is missing", "name PEM files");
  }
}

void check_routes(const diameter_options& diameter, reading& in) {
  for (std::size_t i = 0; i < diameter.routes.size(); ++i) {
    auto& each = diameter.routes[i];
    auto key = element("diameter.routes", i);
    if (auto what = each.realm == "*" ? std::string() : wrong_host(each.realm); !what.empty())
      in.wrong_at(key, "has a realm that " + what, "write a realm, or \"*\" for all others");
    for (auto* names : {&each.peers, &each.backup})
      for (auto& name : *names)
        if (!known(diameter, name))
          in.wrong_at(key, "names \"" + name + "\", which is not in diameter.peers", "add it there");
  }
}

void check_tls(const diameter_options& diameter, reading& in) {
  const std::pair<std::string_view, const std::string*> files[] = {
      {"diameter.tls_certificate", &diameter.tls_certificate},
      {"diameter.tls_key", &diameter.tls_key},
      {"diameter.tls_ca", &diameter.tls_ca}};
  bool any = diameter.tls_port != 0;
  for (auto& [key, path] : files)
    any = any || !path->empty();
  for (auto& [key, path] : files) {
    if (any && path->empty())
      in.wrong_at(key, "is missing: TLS needs a certificate, its key, and the authorities", "name a PEM file");
    else if (!path->empty() && !std::ifstream(*path))
      in.wrong_at(key, "names a file that cannot be read: " + *path,
                  "paths that do not begin with / are taken from the working directory");
  }
}

} // namespace

void check_diameter(const node_config& config, reading& in) {
  auto& diameter = config.diameter;
  if (diameter.identity.empty()) {
    for (auto key : {"diameter.realm", "diameter.listen", "diameter.peers", "diameter.routes", "diameter.applications"})
      if (in.given(key))
        in.wrong_at(key, "is given, but there is no diameter.identity", "name this node's Origin-Host");
    return;
  }
  for (std::size_t i = 0; i < diameter.listen.size(); ++i)
    if (auto& host = diameter.listen[i]; !is_ipv4(host) && !is_ipv6(host))
      in.wrong_at(element("diameter.listen", i), "is no numeric address",
                  "write for example: listen = [\"127.0.0.1\"]");
  if (diameter.peers.empty())
    in.wrong_at("diameter.peers", "is empty: nobody may connect, and nobody is asked", "name the peers");
  check_peers(diameter, in);
  check_routes(diameter, in);
  check_tls(diameter, in);
}

} // namespace troupe::config
