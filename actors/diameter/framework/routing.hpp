// Which peer a request goes to: realm routes with backups, load sharing among equals, and a breaker for peers that do not
// answer: RFC 6733 clause 6.1, RFC 3539 clause 3.4. On top of the framework's own rules, which know Destination-Host,
// the peers' realms, and who takes which application.
#pragma once

#include <string_view>

#include "actors/diameter/channel/settings.hpp"

namespace troupe::diameter_framework::routing {

/// A realm that no route is for: requests for it come back at once.
inline constexpr std::string_view nowhere = "nowhere.invalid";

/// Before the framework starts.
void install(const diameter_channel::settings& how);

/// What the breaker learns: a request to that peer got an answer, or none in time.
void answered(std::string_view peer);
void silent(std::string_view peer);

} // namespace troupe::diameter_framework::routing
