#include "cluster/store/file_partition.hpp"

#include <algorithm>
#include <utility>

namespace troupe::store {
namespace {

constexpr std::chrono::milliseconds first_back_off{10}, longest_back_off{1'000};
/// Beyond these a full disk makes the newest go without a trace but the count: they are evidence, not state.
constexpr std::size_t most_aside = 1'000;
/// A set that was large once, for want of a disk, is not kept.
constexpr std::size_t most_kept_buckets = 4'096;

std::string packed(entity_view id) {
  std::string out(1, static_cast<char>(id.type));
  return out += id.key;
}

entity_view unpacked(const std::string& text) noexcept {
  return {static_cast<kind>(text.front()), std::string_view(text).substr(1)};
}

} // namespace

file_partition::file_partition(const siphash_key& key, std::function<void(batch)> submit, std::function<void()> wake)
    : table_(key),
      submit_(std::move(submit)),
      wake_(std::move(wake)),
      dirty_(0, keyed_hash{key}),
      under_way_keys_(0, keyed_hash{key}) {}

void file_partition::mark(entity_view id, std::size_t octets) {
  auto& held = dirty_[packed(id)];
  dirty_octets_ += octets - held;
  held = octets;
}

void file_partition::put(entity_view id, instant deadline, std::string_view value) {
  auto octets = id.key.size() + value.size();
  mark(id, octets); // first, for `id` may view the record that is replaced
  table_.put(id, deadline, value);
}

void file_partition::erase(entity_view id) {
  if (!table_.find(id))
    return;
  mark(id, id.key.size());
  table_.erase(id);
}

void file_partition::quarantine(entity_view id, std::string_view reason) {
  auto found = table_.find(id);
  if (!found)
    return;
  if (quarantined_.size() + under_way_aside_.size() < most_aside)
    quarantined_.push_back({{id.type, std::string(id.key)},
                            found->version,
                            found->deadline,
                            std::string(found->value),
                            std::string(reason)});
  erase(id);
}

void file_partition::after_commit(std::function<void(outcome)> then) {
  if (dirty())
    for_next_.push_back(std::move(then));
  else if (under_way_)
    for_under_way_.push_back(std::move(then));
  else if (running_ || !ready_.empty())
    ready_.push_back({std::move(then), outcome::stored});
  else
    then(outcome::stored);
}

void file_partition::flush() {
  if (!dirty())
    return;
  if (under_way_) {
    flush_again_ = true;
    return;
  }
  if (backing_off()) {
    if (!for_next_.empty()) {
      release(for_next_, outcome::failed);
      wake_();
    }
    return;
  }
  auto next = collect();
  under_way_ = true;
  under_way_keys_.swap(dirty_);
  under_way_aside_.swap(quarantined_);
  under_way_octets_ = std::exchange(dirty_octets_, 0);
  for_under_way_.swap(for_next_);
  submit_(std::move(next));
}

batch file_partition::collect() {
  batch out;
  for (auto& [key, octets] : dirty_) {
    auto id = unpacked(key);
    if (auto found = table_.find(id))
      out.put(id, *found);
    else
      out.erase(id);
  }
  for (auto& each : quarantined_)
    out.quarantine(each.id, {each.version, each.deadline, each.value}, each.reason);
  return out;
}

void file_partition::completed(bool stored) {
  {
    std::lock_guard held(mutex_);
    answer_ = stored;
  }
  wake_();
}

void file_partition::settle(bool stored) {
  under_way_ = false;
  under_way_octets_ = 0;
  if (stored) {
    failures_ = 0;
  } else {
    for (auto& [key, octets] : under_way_keys_)
      if (dirty_.emplace(key, octets).second)
        dirty_octets_ += octets;
    quarantined_.insert(quarantined_.begin(), std::make_move_iterator(under_way_aside_.begin()),
                        std::make_move_iterator(under_way_aside_.end()));
    retry_at_ = clock::now() + std::min(longest_back_off, first_back_off * (1u << std::min(failures_, 10u)));
    ++failures_;
  }
  if (under_way_keys_.bucket_count() > most_kept_buckets)
    under_way_keys_ = key_set(0, under_way_keys_.hash_function());
  under_way_keys_.clear();
  under_way_aside_.clear();
  release(for_under_way_, stored ? outcome::stored : outcome::failed);
}

void file_partition::release(waiting& from, outcome with) {
  for (auto& each : from)
    ready_.push_back({std::move(each), with});
  from.clear();
}

void file_partition::poll() {
  std::optional<bool> answer;
  {
    std::lock_guard held(mutex_);
    answer = std::exchange(answer_, std::nullopt);
  }
  if (answer) {
    settle(*answer);
    if (std::exchange(flush_again_, false))
      flush();
  }
  run_ready();
}

/// A continuation that throws loses nobody else's turn: the next poll goes on behind it.
void file_partition::run_ready() {
  if (running_)
    return;
  struct running_scope {
    bool& flag;
    explicit running_scope(bool& of) : flag(of) { flag = true; }
    ~running_scope() { flag = false; }
  } scope(running_);
  while (!ready_.empty()) {
    auto next = std::move(ready_.front());
    ready_.pop_front();
    next.then(next.with);
  }
}

std::size_t file_partition::memory() const {
  constexpr std::size_t node = sizeof(key_set::value_type) + 2 * sizeof(void*);
  auto waiting_keys = dirty_.size() + under_way_keys_.size();
  return table_.memory() + waiting_keys * node +
         (dirty_.bucket_count() + under_way_keys_.bucket_count()) * sizeof(void*);
}

void file_partition::mark_all() {
  table_.for_each([this](entity_view id, const record& found) { mark(id, id.key.size() + found.value.size()); });
}

batch file_partition::take_rest() {
  if (auto answer = std::exchange(answer_, std::nullopt))
    settle(*answer);
  return collect();
}

} // namespace troupe::store
