// The services of an implicit registration set out of its TOML: a profile, or filter criteria.
#pragma once

#include "actors/roles/hss/provision_table.hpp"
#include "actors/roles/hss/services.hpp"

namespace troupe::hss {

services_ref read_services(table_reader& in, services_pool& pool);

} // namespace troupe::hss
