#include "tests/cluster/store/support.hpp"

#include <cstdlib>

namespace troupe::store::test {

temporary_folder::temporary_folder() { REQUIRE(mkdtemp(path_.data()) != nullptr); }
temporary_folder::~temporary_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

bench::bench(std::string spec, std::size_t partitions)
    : spec_(spec == "file" ? "file:" + folder_.file("deep/er/state.sqlite") : std::move(spec)) {
  reopen(partitions);
}

void bench::reopen(std::size_t partitions) {
  store_.reset();
  wanted_.clear();
  open_options options;
  options.spec = spec_;
  options.partitions = partitions;
  options.shard_of = shard_of;
  options.wake = [this](std::size_t index) {
    std::lock_guard held(mutex_);
    wanted_.insert(index);
    woken_.notify_one();
  };
  auto opened = open(options);
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

std::string refusal(const std::string& spec) {
  open_options options;
  options.spec = spec;
  auto opened = open(options);
  return opened ? "" : opened.error().what;
}

} // namespace troupe::store::test
