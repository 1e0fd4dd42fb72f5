// What everything that talks to Redis needs to know: read once, at opening.
#pragma once

#include "cluster/store/redis_loop.hpp"
#include "cluster/store/redis_seal.hpp"
#include "cluster/store/redis_spec.hpp"
#include "cluster/store/redis_stream.hpp"

namespace troupe::store {

struct redis_setup {
  redis_spec spec;
  redis_options options;
  key_ring keys;
  tls_context tls; ///< none: plain TCP

  /// Or a sentence that says what is missing.
  static result<redis_setup> read(const std::string& spec, const redis_options& options);
  /// AUTH, if the server is to know who we are.
  bool authenticates() const noexcept { return !spec.password.empty(); }
  std::vector<std::string> authentication() const;
};

} // namespace troupe::store
