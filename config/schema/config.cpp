#include "config/schema/config.hpp"

#include <algorithm>

namespace troupe::config {
namespace {

std::string host_and_port(const std::string& host, std::uint16_t port) {
  auto bracketed = host.find(':') == host.npos ? host : "[" + host + "]";
  return bracketed + ":" + std::to_string(port);
}

} // namespace

std::string_view to_string(role value) noexcept {
  constexpr std::string_view names[] = {"pcscf", "icscf", "scscf", "hss", "transit"};
  return names[static_cast<std::size_t>(value)];
}

std::string_view to_string(wire value) noexcept {
  constexpr std::string_view names[] = {"udp", "tcp", "tls"};
  return names[static_cast<std::size_t>(value)];
}

std::string_view to_string(auth_scheme value) noexcept {
  constexpr std::string_view names[] = {"akav1-md5", "akav2-md5", "akav2-sha-256", "digest-md5", "digest-sha-256"};
  return names[static_cast<std::size_t>(value)];
}

std::string_view to_string(log_level value) noexcept {
  constexpr std::string_view names[] = {"trace", "debug", "info", "warn", "error"};
  return names[static_cast<std::size_t>(value)];
}

std::string_view to_string(log_format value) noexcept {
  constexpr std::string_view names[] = {"text", "json"};
  return names[static_cast<std::size_t>(value)];
}

std::string listener::url() const { return std::string(to_string(transport)) + "://" + host_and_port(address, port); }

std::string endpoint::text() const { return port == 0 ? host : host_and_port(host, port); }

std::string problem::text() const {
  auto out = file;
  if (line != 0)
    out += ":" + std::to_string(line) + ":" + std::to_string(column);
  out += ": ";
  if (!key.empty())
    out += key + " ";
  return out + what + (advice.empty() ? "" : "; " + advice);
}

bool node_config::has(role wanted) const noexcept {
  return std::find(node.roles.begin(), node.roles.end(), wanted) != node.roles.end();
}

} // namespace troupe::config
