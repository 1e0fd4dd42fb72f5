// A partition whose records are in memory and, a group commit later, in a file. What is not stored yet is a dirty set
// by key (cluster.md 17): nothing is queued twice, and a slow disk makes batches larger instead of queues longer.
#pragma once

#include <chrono>
#include <deque>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "cluster/store/batch.hpp"
#include "cluster/store/table.hpp"

namespace troupe::store {

class file_partition final : public partition {
public:
  using clock = std::chrono::steady_clock;

  /// `submit` hands a batch to the writer; `wake` asks for a poll() soon, on this partition's thread.
  file_partition(const siphash_key& key, std::function<void(batch)> submit, std::function<void()> wake);

  std::optional<record> find(entity_view id) override { return table_.find(id); }
  void put(entity_view id, instant deadline, std::string_view value) override;
  void erase(entity_view id) override;
  void quarantine(entity_view id, std::string_view reason) override;
  void after_commit(std::function<void(outcome)> then) override;
  bool settled() const override { return !dirty() && !under_way_ && !running_ && ready_.empty(); }
  void flush() override;
  bool dirty() const override { return !dirty_.empty() || !quarantined_.empty(); }
  std::size_t backlog() const override { return dirty_octets_ + under_way_octets_; }
  void poll() override;
  void for_each(kind type, const std::function<void(std::string_view, const record&)>& visit) override {
    table_.for_each(type, visit);
  }
  std::size_t size() const override { return table_.size(); }
  std::size_t memory() const override;

  /// A record that the file has. Before the partition is used.
  void restore(entity_view id, const record& from) { table_.restore(id, from); }
  /// The file that the records came from is to be written anew.
  void mark_all();
  /// The writer's answer to the batch under way. From the writer's thread.
  void completed(bool stored);
  /// At the end, when the writer has given its last answer: runs nothing, and gives what is still dirty.
  batch take_rest();

private:
  struct keyed_hash {
    siphash_key key;
    std::size_t operator()(const std::string& text) const noexcept { return siphash(key, text); }
  };
  /// The kind's octet and the key -> octets that a commit would carry.
  using key_set = std::unordered_map<std::string, std::size_t, keyed_hash>;
  struct aside {
    entity_id id;
    std::uint64_t version;
    instant deadline;
    std::string value, reason;
  };
  struct continuation {
    std::function<void(outcome)> then;
    outcome with;
  };
  using waiting = std::vector<std::function<void(outcome)>>;

  void mark(entity_view id, std::size_t octets);
  batch collect();
  void settle(bool stored);
  void release(waiting& from, outcome with);
  void run_ready();
  bool backing_off() const { return failures_ != 0 && clock::now() < retry_at_; }

  record_table table_;
  std::function<void(batch)> submit_;
  std::function<void()> wake_;
  key_set dirty_, under_way_keys_;
  std::vector<aside> quarantined_, under_way_aside_;
  std::size_t dirty_octets_ = 0, under_way_octets_ = 0;
  waiting for_next_, for_under_way_;
  std::deque<continuation> ready_;
  bool under_way_ = false, flush_again_ = false, running_ = false;
  unsigned failures_ = 0; ///< in a row
  clock::time_point retry_at_{};

  std::mutex mutex_;
  std::optional<bool> answer_; ///< under the mutex
};

} // namespace troupe::store
