// From a configuration to what the shards are built with. The only place besides main() that knows config/schema.
#pragma once

#include "actors/dialog/call_settings.hpp"
#include "actors/resolver/resolver.hpp"
#include "actors/transport/transports.hpp"
#include "config/schema/config.hpp"

namespace troupe {

std::vector<listener> listeners_of(const config::node_config& config);
transport_limits transport_limits_of(const config::node_config& config);
resolver_options resolver_options_of(const config::node_config& config);
/// With the node's roles built in.
std::unique_ptr<call_settings> call_settings_of(const config::node_config& config, std::string_view secret);
/// The configured core peers that are numeric; names are resolved by the caller.
std::vector<address> peers_of(const config::node_config& config);

} // namespace troupe
