// From a configuration to what the shards are built with. The only place besides main() that knows config/schema.
#pragma once

#include "actors/dialog/call_settings.hpp"
#include "actors/registration/environment.hpp"
#include "actors/resolver/resolver.hpp"
#include "actors/transport/transports.hpp"
#include "cluster/store/backend.hpp"
#include "config/schema/config.hpp"

namespace troupe {

/// What of a cluster's node one group is served with.
config::node_config site_config(const config::node_config& config, std::uint32_t group);
std::vector<listener> listeners_of(const config::node_config& config);
transport_limits transport_limits_of(const config::node_config& config);
resolver_options resolver_options_of(const config::node_config& config);
/// With the node's roles built in.
std::unique_ptr<call_settings> call_settings_of(const config::node_config& config, std::string_view secret);
std::unique_ptr<registration_settings> registration_settings_of(const config::node_config& config,
                                                                std::string_view secret);
/// Null pointers where no listener is TLS. Throws std::runtime_error, naming the file that is wrong.
struct tls_contexts {
  std::shared_ptr<asio::ssl::context> server, client;
};
tls_contexts tls_contexts_of(const config::node_config& config);
/// Where and how the store is; who is woken and asked is the node's to add.
store::open_options store_options_of(const config::node_config& config);
/// The configured core peers that are numeric; names are resolved by the caller.
std::vector<address> peers_of(const config::node_config& config);

} // namespace troupe
