// The store of a single node that restarts: an SQLite file, written by one thread.
#pragma once

#include <memory>
#include <string>

#include "cluster/store/backend.hpp"

namespace troupe::store {

result<std::unique_ptr<backend>> open_file(const std::string& path, const open_options& options);

} // namespace troupe::store
