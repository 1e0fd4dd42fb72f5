// Stored values and the HSS's answers as the console shows them.
#pragma once

#include <optional>
#include <string_view>

#include "actors/console/source.hpp"
#include "actors/roles/hss/server.hpp"

namespace troupe {

/// Nothing when the value cannot be read.
std::optional<console::registration_facts> registration_of(const std::string& key, std::string_view stored);
std::optional<console::call_facts> call_of(const std::string& key, std::string_view stored);
console::subscriber_facts subscriber_of(const hss::description& from);

} // namespace troupe
