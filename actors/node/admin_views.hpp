// Stored values and the HSS's answers as the console shows them.
#pragma once

#include <optional>
#include <string_view>

#include "actors/console/source.hpp"
#include "actors/roles/hss/server.hpp"
#include "cluster/authority/authority.hpp"
#include "config/schema/config.hpp"

namespace troupe {

/// Nothing when the value cannot be read.
std::optional<console::registration_facts> registration_of(const std::string& key, std::string_view stored);
std::optional<console::call_facts> call_of(const std::string& key, std::string_view stored);
console::cluster_facts cluster_facts_of(const config::node_config& config, const cluster::authority::snapshot& seen);
console::subscriber_facts subscriber_of(const hss::description& from);

} // namespace troupe
