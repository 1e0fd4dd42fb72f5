#include "actors/supervision/wheel.hpp"

#include <algorithm>

namespace troupe {

wheel::anchor::anchor() noexcept { next_ = previous_ = this; }

wheel::anchor::~anchor() {
  next_ = previous_ = nullptr; // entry's destructor has nothing to cancel
}

void wheel::entry::cancel() noexcept {
  if (!next_)
    return;
  next_->previous_ = previous_;
  previous_->next_ = next_;
  next_ = previous_ = nullptr;
  if (owner_)
    --owner_->size_;
}

wheel::wheel(instant now) noexcept : start_(now) {}

wheel::~wheel() {
  for (auto& level : slots_)
    for (auto& slot : level)
      while (slot.next_ != &slot)
        slot.next_->cancel();
}

std::uint64_t wheel::tick_of(instant at) const noexcept {
  auto since = std::max<std::int64_t>(0, (at - start_).count());
  return static_cast<std::uint64_t>((since + tick.count() - 1) / tick.count());
}

void wheel::arm(entry& e, instant deadline) noexcept {
  e.cancel();
  e.at_ = deadline;
  e.owner_ = this;
  ++size_;
  place(e);
}

void wheel::place(entry& e) noexcept {
  auto due = std::max(tick_of(e.at_), now_);
  auto ahead = due - now_;
  int level = 0;
  while (level < levels - 1 && ahead >= std::uint64_t{1} << (8 * (level + 1)))
    ++level;
  if (level == levels - 1)
    due = std::min(due, now_ + (std::uint64_t{255} << 24));
  auto& slot = slots_[static_cast<std::size_t>(level)][due >> (8 * level) & (slots - 1)];
  e.previous_ = slot.previous_;
  e.next_ = &slot;
  slot.previous_->next_ = &e;
  slot.previous_ = &e;
}

void wheel::cascade(int level) noexcept {
  auto& slot = slots_[static_cast<std::size_t>(level)][now_ >> (8 * level) & (slots - 1)];
  // Take the ring away first: place() may put an entry back into this very slot.
  auto* first = slot.next_;
  if (first == &slot)
    return;
  slot.previous_->next_ = nullptr;
  slot.next_ = slot.previous_ = &slot;
  while (first) {
    auto* after = first->next_;
    place(*first);
    first = after;
  }
}

std::size_t wheel::advance(instant now) {
  auto until = static_cast<std::uint64_t>(std::max<std::int64_t>(0, (now - start_).count()) / tick.count());
  std::size_t fired = 0;
  while (now_ <= until) {
    if (size_ == 0) {
      now_ = until + 1;
      break;
    }
    for (int level = 1; level < levels && (now_ & ((std::uint64_t{1} << (8 * level)) - 1)) == 0; ++level)
      cascade(level);
    auto& slot = slots_[0][now_ & (slots - 1)];
    ++now_; // what is armed from within fire() comes at the earliest with the next tick
    // Entries that are armed for 256 ticks on land in this slot again: fire only those that were there.
    anchor due;
    if (slot.next_ != &slot) {
      due.next_ = slot.next_;
      due.previous_ = slot.previous_;
      due.next_->previous_ = &due;
      due.previous_->next_ = &due;
      slot.next_ = slot.previous_ = &slot;
    }
    while (due.next_ != &due) {
      auto* e = due.next_;
      e->cancel();
      if (e->at_ > now) {
        arm(*e, e->at_); // was beyond the last level
        continue;
      }
      ++fired;
      e->fire();
    }
  }
  return fired;
}

std::optional<instant> wheel::next_due() const noexcept {
  if (size_ == 0)
    return std::nullopt;
  // Within the lowest level, up to the next cascade; else the cascade itself, which may be what comes next.
  if ((now_ & (slots - 1)) == 0)
    return start_ + tick * static_cast<std::int64_t>(now_);
  auto turn = (now_ | (slots - 1)) + 1;
  for (auto at = now_; at < turn; ++at) {
    auto& slot = slots_[0][at & (slots - 1)];
    if (slot.next_ != &slot)
      return start_ + tick * static_cast<std::int64_t>(at);
  }
  return start_ + tick * static_cast<std::int64_t>(turn);
}

} // namespace troupe
