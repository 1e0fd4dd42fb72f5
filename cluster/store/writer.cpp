#include "cluster/store/writer.hpp"

#include <chrono>
#include <utility>

#include "cluster/store/thread.hpp"

namespace troupe::store {
namespace {

constexpr std::chrono::seconds remind_after{1};

} // namespace

database_writer::database_writer(database file, callbacks on) : file_(std::move(file)), on_(std::move(on)) {
  thread_ = start_thread("store", [this] { run(); });
}

void database_writer::end() {
  {
    std::lock_guard held(mutex_);
    ending_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable())
    thread_.join();
}

void database_writer::submit(std::size_t partition, batch what) {
  {
    std::lock_guard held(mutex_);
    submitted_.push_back({partition, std::move(what)});
  }
  wake_.notify_one();
}

std::optional<std::vector<database_writer::job>> database_writer::next_jobs(bool failing) {
  std::unique_lock held(mutex_);
  auto something = [&] { return ending_ || !submitted_.empty(); };
  if (!failing)
    wake_.wait(held, something);
  else if (!wake_.wait_for(held, remind_after, something))
    return std::vector<job>{};
  if (submitted_.empty())
    return std::nullopt;
  return std::exchange(submitted_, {});
}

void database_writer::run() {
  bool failing = false;
  while (auto jobs = next_jobs(failing)) {
    std::vector<const batch*> batches;
    for (auto& each : *jobs)
      batches.push_back(&each.what);
    auto was_failing = failing;
    if (!batches.empty())
      failing = !write(batches);
    if (was_failing && (batches.empty() || !failing))
      on_.try_again();
    for (auto& each : *jobs)
      on_.done(each.partition, !failing);
  }
}

bool database_writer::write(const std::vector<const batch*>& batches) {
  std::uint64_t records = 0, quarantined = 0;
  for (auto* each : batches) {
    records += each->size() - each->quarantines();
    quarantined += each->quarantines();
  }
  auto start = std::chrono::steady_clock::now();
  auto written = file_.write(batches);
  auto spent = std::chrono::steady_clock::now() - start;
  std::lock_guard held(mutex_);
  counts_.commit_us += static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::microseconds>(spent).count());
  if (written) {
    ++counts_.commits;
    counts_.records += records;
    counts_.quarantined += quarantined;
  } else {
    ++counts_.failed_commits;
    counts_.last_failure = written.error().what;
  }
  return written.has_value();
}

void database_writer::add_to(statistics& counts) const {
  std::lock_guard held(mutex_);
  counts.commits += counts_.commits;
  counts.failed_commits += counts_.failed_commits;
  counts.records += counts_.records;
  counts.quarantined += counts_.quarantined;
  counts.commit_us += counts_.commit_us;
  counts.last_failure = counts_.last_failure;
}

} // namespace troupe::store
