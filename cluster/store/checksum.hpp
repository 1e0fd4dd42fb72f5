// Over everything that a stored record says, so that a flipped bit anywhere is seen.
#pragma once

#include "cluster/store/store.hpp"

namespace troupe::store {

std::uint64_t checksum(entity_view id, const record& value);

} // namespace troupe::store
