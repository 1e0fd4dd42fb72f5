#include "actors/charging/stream_sink.hpp"

#include <utility>

namespace troupe {
namespace {

/// A script's arguments have bounds, and it holds Redis for as long as it runs. What is not forgotten runs out by itself.
constexpr std::size_t most_forgotten = 1'024;

} // namespace

void stream_sink::write(std::vector<item> records, written done) {
  std::vector<store::publication> what;
  what.reserve(records.size());
  for (auto& each : records)
    what.push_back({each.record.id, ims::to_json(each.record)});
  std::vector<std::string> gone;
  {
    std::lock_guard held(mutex_);
    gone = std::exchange(forgotten_, {});
  }
  to_.publish(how_.group, std::move(what), std::move(gone), how_.most, std::move(done));
}

void stream_sink::forget(std::vector<std::string> ids) {
  std::lock_guard held(mutex_);
  for (auto& id : ids)
    if (forgotten_.size() < most_forgotten)
      forgotten_.push_back(std::move(id));
}

} // namespace troupe
