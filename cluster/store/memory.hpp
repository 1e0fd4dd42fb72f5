// The store that ends with its process: every put is committed at once.
#pragma once

#include <memory>

#include "cluster/store/backend.hpp"

namespace troupe::store {

std::unique_ptr<backend> open_memory(const open_options& options);

} // namespace troupe::store
