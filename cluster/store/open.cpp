#include <random>

#include "cluster/store/backend.hpp"
#include "cluster/store/file.hpp"
#include "cluster/store/memory.hpp"

namespace troupe::store {

siphash_key open_options::random_hash_key() {
  std::random_device entropy;
  auto word = [&] { return static_cast<std::uint64_t>(entropy()) << 32 | entropy(); };
  return {word(), word()};
}

result<std::unique_ptr<backend>> open(const open_options& options) {
  constexpr std::string_view file = "file:";
  if (options.partitions == 0)
    return fail("store: there must be a partition", 0, 0);
  if (options.spec == "memory")
    return open_memory(options);
  if (options.spec.starts_with(file) && options.spec.size() > file.size())
    return open_file(options.spec.substr(file.size()), options);
  return fail("store \"" + options.spec + "\" is neither \"memory\" nor \"file:PATH\"", 0, 0);
}

} // namespace troupe::store
