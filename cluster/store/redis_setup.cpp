#include "cluster/store/redis_setup.hpp"

#include <fstream>

namespace troupe::store {

result<redis_setup> redis_setup::read(const std::string& spec, const redis_options& options) {
  auto where = read_redis_spec(spec);
  if (!where)
    return tl::unexpected(where.error());
  redis_setup out{std::move(*where), options, {}, {}};
  if (!options.password_file.empty()) {
    std::ifstream from(options.password_file);
    if (!std::getline(from, out.spec.password) || out.spec.password.empty())
      return fail("store: password file " + options.password_file + " cannot be read or is empty", 0, 0);
  }
  if (!options.key_file.empty()) {
    auto keys = key_ring::load(options.key_file);
    if (!keys)
      return fail("store: " + keys.error().what, 0, 0);
    out.keys = std::move(*keys);
  } else if (!out.spec.loopback()) {
    return fail("store \"" + without_password(spec) +
                    "\" is not on loopback, and subscribers' keys would stand in it in clear: make a key with"
                    " `openssl rand -hex 32` and name its file in cluster.redis_key_file",
                0, 0);
  }
  if (out.spec.tls) {
    auto tls = make_tls_context(options);
    if (!tls)
      return tl::unexpected(tls.error());
    out.tls = std::move(*tls);
  }
  return out;
}

std::vector<std::string> redis_setup::authentication() const {
  if (spec.user.empty())
    return {"AUTH", spec.password};
  return {"AUTH", spec.user, spec.password};
}

} // namespace troupe::store
