// The store of a cluster, or of a node whose host may be lost: Redis, alone, behind Sentinels or as a Redis Cluster.
// docs/decisions/redis-data-model.md.
#pragma once

#include <memory>

#include "cluster/store/backend.hpp"

namespace troupe::store {

/// Waits until the groups asked for are held and read, for as long as the options allow.
result<std::unique_ptr<backend>> open_redis(const open_options& options);

} // namespace troupe::store
