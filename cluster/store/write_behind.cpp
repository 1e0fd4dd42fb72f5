#include "cluster/store/write_behind.hpp"

#include <algorithm>
#include <utility>

#include "cluster/store/packed.hpp"

namespace troupe::store {
namespace {

constexpr std::chrono::milliseconds first_back_off{10}, longest_back_off{1'000};
/// Beyond these a full disk makes the newest go without a trace but the count: they are evidence, not state.
constexpr std::size_t most_aside = 1'000;
/// A set that was large once, for want of a disk, is not kept.
constexpr std::size_t most_kept_buckets = 4'096;

} // namespace

outcome verdict::worst() const {
  auto out = rest;
  for (auto& [group, how] : groups)
    out = std::max(out, how);
  return out;
}

write_behind::write_behind(const siphash_key& key, surroundings around)
    : table_(key), around_(std::move(around)), dirty_(0, keyed_hash{key}), under_way_keys_(0, keyed_hash{key}) {}

void write_behind::mark(entity_view id, std::size_t octets) {
  auto& held = dirty_[packed(id)];
  dirty_octets_ += octets - held;
  held = octets;
}

void write_behind::put(entity_view id, instant deadline, std::string_view value) {
  auto octets = id.key.size() + value.size();
  mark(id, octets); // first, for `id` may view the record that is replaced
  table_.put(id, deadline, value);
}

void write_behind::erase(entity_view id) {
  if (!table_.find(id))
    return;
  mark(id, id.key.size());
  table_.erase(id);
}

void write_behind::quarantine(entity_view id, std::string_view reason) {
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

void write_behind::after_commit(std::function<void(outcome)> then) {
  if (dirty())
    for_next_.push_back(std::move(then));
  else if (under_way_)
    for_under_way_.push_back(std::move(then));
  else if (running_ || !ready_.empty())
    ready_.push_back({std::move(then), outcome::stored});
  else
    then(outcome::stored);
}

void write_behind::flush() {
  if (!dirty())
    return;
  if (under_way_) {
    flush_again_ = true;
    return;
  }
  if (backing_off()) {
    if (!for_next_.empty()) {
      release(for_next_, outcome::failed);
      around_.wake();
    }
    return;
  }
  auto next = collect();
  under_way_ = true;
  under_way_keys_.swap(dirty_);
  under_way_aside_.swap(quarantined_);
  under_way_octets_ = std::exchange(dirty_octets_, 0);
  for_under_way_.swap(for_next_);
  around_.submit(std::move(next));
}

batch write_behind::collect() {
  mark_again();
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
  for (auto& [group, state] : rewrites_)
    if (state.part == record_table::parts)
      out.rewritten.emplace(group, state.number);
  under_way_rewrites_ = out.rewritten;
  return out;
}

void write_behind::post(std::function<void()> work) {
  {
    std::lock_guard held(mutex_);
    inbox_.push_back(std::move(work));
  }
  around_.wake();
}

void write_behind::completed(verdict how) {
  post([this, how = std::move(how)] { settle(how); });
}

void write_behind::try_again() {
  post([this] { retry_at_ = {}; });
}

void write_behind::settle(const verdict& how) {
  under_way_ = false;
  under_way_octets_ = 0;
  keep_unless_stored(how);
  auto worst = how.worst();
  if (worst == outcome::failed) {
    retry_at_ = clock::now() + std::min(longest_back_off, first_back_off * (1u << std::min(failures_, 10u)));
    ++failures_;
  } else {
    failures_ = 0;
  }
  release(for_under_way_, worst);
}

void write_behind::keep_unless_stored(const verdict& how) {
  auto failed = [&](entity_view id) { return how.of(around_.group_of(id)) == outcome::failed; };
  for (auto& [key, octets] : under_way_keys_)
    if (failed(unpacked(key)) && dirty_.emplace(key, octets).second)
      dirty_octets_ += octets;
  std::erase_if(under_way_aside_, [&](const aside& each) { return !failed(each.id); });
  quarantined_.insert(quarantined_.begin(), std::make_move_iterator(under_way_aside_.begin()),
                      std::make_move_iterator(under_way_aside_.end()));
  for (auto& [group, number] : under_way_rewrites_)
    if (auto now = rewrites_.find(group); how.of(group) != outcome::failed && now != rewrites_.end())
      if (now->second.number == number)
        rewrites_.erase(now);
  if (under_way_keys_.bucket_count() > most_kept_buckets)
    under_way_keys_ = key_set(0, under_way_keys_.hash_function());
  under_way_keys_.clear();
  under_way_aside_.clear();
  under_way_rewrites_.clear();
}

void write_behind::release(waiting& from, outcome with) {
  for (auto& each : from)
    ready_.push_back({std::move(each), with});
  from.clear();
}

void write_behind::poll() {
  run_inbox();
  let_go();
  // What was not asked for by a put is not waited for by anyone: it goes on by itself.
  if (std::exchange(flush_again_, false) || !rewrites_.empty() || !leaving_.empty() || failures_ != 0)
    flush();
  run_ready();
}

void write_behind::run_inbox() {
  std::vector<std::function<void()>> work;
  {
    std::lock_guard held(mutex_);
    work.swap(inbox_);
  }
  for (auto& each : work)
    each();
}

/// A continuation that throws loses nobody else's turn: the next poll goes on behind it.
void write_behind::run_ready() {
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

std::size_t write_behind::memory() const {
  constexpr std::size_t node = sizeof(key_set::value_type) + 2 * sizeof(void*);
  auto waiting_keys = dirty_.size() + under_way_keys_.size();
  return table_.memory() + waiting_keys * node +
         (dirty_.bucket_count() + under_way_keys_.bucket_count()) * sizeof(void*);
}

batch write_behind::take_rest() {
  run_inbox();
  while (std::any_of(rewrites_.begin(), rewrites_.end(),
                     [](const auto& each) { return each.second.part < record_table::parts; }))
    mark_again();
  return collect();
}

void write_behind::abandon() {
  for_next_.clear();
  for_under_way_.clear();
  ready_.clear();
}

} // namespace troupe::store
