#include <algorithm>
#include <random>
#include <utility>

#include "cluster/store/backend.hpp"
#include "cluster/store/file.hpp"
#include "cluster/store/memory.hpp"
#include "cluster/store/redis.hpp"
#include "cluster/store/redis_spec.hpp"

namespace troupe::store {

siphash_key open_options::random_hash_key() {
  std::random_device entropy;
  auto word = [&] { return static_cast<std::uint64_t>(entropy()) << 32 | entropy(); };
  return {word(), word()};
}

void backend::take(group_number, const token&, std::function<void(const taking&)> done) {
  auto then = std::move(done);
  then({{}, "store: only Redis has groups to take"});
}
void backend::renew(group_number group, const token& as, std::function<void(const taking&)> done) {
  take(group, as, std::move(done));
}
void backend::give_up(group_number, std::function<void()> done) {
  auto then = std::move(done);
  then();
}

void backend::publish(group_number, std::vector<publication>&&, std::vector<std::string>&&, std::size_t,
                      std::function<void(outcome, std::size_t)> done) {
  auto then = std::move(done);
  then(outcome::failed, 0);
}

result<std::unique_ptr<backend>> open(const open_options& options) {
  constexpr std::string_view file = "file:";
  if (options.partitions == 0)
    return fail("store: there must be a partition", 0, 0);
  if (options.spec == "memory")
    return open_memory(options);
  if (options.spec.starts_with(file) && options.spec.size() > file.size())
    return open_file(options.spec.substr(file.size()), options);
  if (is_redis(options.spec))
    return open_redis(options);
  return fail("store \"" + without_password(options.spec) +
                  "\" is neither \"memory\" nor \"file:PATH\" nor redis://, redis-sentinel:// or redis-cluster://",
              0, 0);
}

std::string without_password(std::string_view spec) {
  auto scheme = spec.find("://"), at = spec.rfind('@');
  if (scheme == spec.npos || at == spec.npos)
    return std::string(spec);
  auto colon = spec.find(':', scheme + 3);
  return std::string(spec.substr(0, std::min(colon, at))) + std::string(spec.substr(at));
}

} // namespace troupe::store
