#include "tests/cluster/store/support.hpp"

#include <cstdlib>

#include "tests/cluster/store/redis_servers.hpp"

namespace troupe::store::test {

temporary_folder::temporary_folder(const std::string& in) : path_(in + "/troupe-store-XXXXXX") {
  REQUIRE(mkdtemp(path_.data()) != nullptr);
}
temporary_folder::~temporary_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

bench::bench(std::string spec, std::size_t partitions, const open_options& more) : options_(more) {
  static int count = 0;
  options_.spec = std::move(spec);
  if (options_.spec == "file")
    options_.spec = "file:" + folder_.file("deep/er/state.sqlite");
  if (options_.spec.starts_with("redis") && options_.spec.find(':') == std::string::npos) {
    options_.spec = shared_spec(options_.spec);
    options_.redis.prefix = "test" + std::to_string(++count) + ':';
  }
  options_.shard_of = shard_of;
  options_.wake = [this](std::size_t index) {
    std::lock_guard held(mutex_);
    wanted_.insert(index);
    woken_.notify_one();
  };
  reopen(partitions);
}

void bench::reopen(std::size_t partitions) {
  store_.reset();
  wanted_.clear();
  options_.partitions = partitions;
  auto opened = open(options_);
  if (!opened)
    FAIL(opened.error().what);
  store_ = std::move(*opened);
}

bool bench::wait(std::chrono::milliseconds limit) {
  std::set<std::size_t> woken;
  {
    std::unique_lock held(mutex_);
    if (!woken_.wait_for(held, limit, [this] { return !wanted_.empty(); }))
      return false;
    woken.swap(wanted_);
  }
  for (auto index : woken)
    part(index).poll();
  return true;
}

bool bench::settle() {
  auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (std::chrono::steady_clock::now() < deadline) {
    wait(std::chrono::milliseconds(0)); // what the store wants of its own accord
    auto idle = true;
    for (std::size_t i = 0; i < partitions(); ++i) {
      part(i).flush();
      idle = idle && !part(i).dirty() && part(i).backlog() == 0;
    }
    if (idle)
      return true;
    wait(std::chrono::milliseconds(5));
  }
  return false;
}

std::size_t bench::shard_of(entity_view id) {
  return std::hash<std::string_view>{}(id.key) + static_cast<std::size_t>(id.type);
}

std::vector<std::string> every_store() {
  if (have_redis())
    return {"memory", "file", "redis", "redis-sentinel", "redis-cluster"};
  WARN("SKIPPED: redis-server is not installed: the Redis store is not tested");
  return {"memory", "file"};
}

std::string refusal(const std::string& spec) {
  open_options options;
  options.spec = spec;
  return refusal(options);
}

std::string refusal(const open_options& options) {
  auto opened = open(options);
  return opened ? "" : opened.error().what;
}

} // namespace troupe::store::test
