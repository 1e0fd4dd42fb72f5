#include "actors/charging/export_queue.hpp"

namespace troupe {

const export_queue::flight* export_queue::take_off(instant now) {
  if (flying_)
    return nullptr;
  flight next;
  next.again = !settling_.empty() && settling_.front().due <= now;
  auto& from = next.again ? settling_ : waiting_;
  while (!from.empty() && next.records.size() < most_ && from.front().due <= now) {
    next.records.push_back(std::move(from.front()));
    from.pop_front();
  }
  if (next.records.empty())
    return nullptr;
  flying_ = std::move(next);
  return &*flying_;
}

std::vector<std::string> export_queue::land(store::outcome how, std::size_t added, instant now) {
  std::vector<std::string> done;
  if (!flying_)
    return done;
  auto landed = std::move(*flying_);
  flying_.reset();
  if (how == store::outcome::fenced)
    return done; // another node has them
  if (how == store::outcome::failed) {
    auto& back = landed.again ? settling_ : waiting_;
    for (auto each = landed.records.rbegin(); each != landed.records.rend(); ++each) {
      each->seen = true;
      back.push_front(std::move(*each));
    }
    return done;
  }
  for (auto& each : landed.records) {
    if (settles_.count() == 0 || (landed.again && added == 0)) {
      done.push_back(std::move(each.key));
      continue;
    }
    each.seen = true;
    each.due = now + settles_;
    settling_.push_back(std::move(each));
  }
  return done;
}

std::optional<instant> export_queue::next(instant now) const {
  if (flying_)
    return std::nullopt;
  if (!waiting_.empty())
    return now;
  return settling_.empty() ? std::nullopt : std::optional(settling_.front().due);
}

} // namespace troupe
