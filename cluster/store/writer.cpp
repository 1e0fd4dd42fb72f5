#include "cluster/store/writer.hpp"

#include <chrono>

#include "cluster/store/thread.hpp"

namespace troupe::store {
database_writer::database_writer(database file, std::function<void(std::size_t, bool)> done)
    : file_(std::move(file)), done_(std::move(done)) {
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

void database_writer::run() {
  std::vector<job> jobs;
  std::vector<const batch*> batches;
  while (true) {
    {
      std::unique_lock held(mutex_);
      wake_.wait(held, [&] { return ending_ || !submitted_.empty(); });
      if (submitted_.empty())
        return;
      jobs.swap(submitted_);
    }
    for (auto& each : jobs)
      batches.push_back(&each.what);
    auto stored = write(batches);
    for (auto& each : jobs)
      done_(each.partition, stored);
    batches.clear();
    jobs.clear();
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
