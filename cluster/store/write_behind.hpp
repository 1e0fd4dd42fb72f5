// A partition whose records are in memory and, a group commit later, somewhere that lasts: a file or Redis. What is not
// stored yet is a dirty set by key (cluster.md 17): nothing is queued twice, and a slow disk makes batches larger
// instead of queues longer.
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "cluster/store/backend.hpp"
#include "cluster/store/batch.hpp"
#include "cluster/store/table.hpp"

namespace troupe::store {

/// How a batch went: group by group, since each is fenced apart and may stand on another server.
struct verdict {
  outcome rest = outcome::stored;              ///< of the groups that are not named
  std::map<group_number, outcome> groups = {}; ///< where it differs

  outcome of(group_number group) const {
    auto found = groups.find(group);
    return found == groups.end() ? rest : found->second;
  }
  outcome worst() const;
};

class write_behind final : public partition {
public:
  using clock = std::chrono::steady_clock;

  struct surroundings {
    std::function<void(batch)> submit; ///< hands a batch to the writer; completed() answers
    std::function<void()> wake;        ///< asks for a poll() soon, on this partition's thread
    std::function<group_number(entity_view)> group_of;
  };
  write_behind(const siphash_key& key, surroundings around);

  std::optional<record> find(entity_view id) override { return table_.find(id); }
  void put(entity_view id, instant deadline, std::string_view value) override;
  void erase(entity_view id) override;
  void quarantine(entity_view id, std::string_view reason) override;
  void after_commit(std::function<void(outcome)> then) override;
  bool settled() const override { return !dirty() && !under_way_ && !running_ && ready_.empty(); }
  void flush() override;
  bool dirty() const override { return !dirty_.empty() || !quarantined_.empty() || !rewrites_.empty(); }
  std::size_t backlog() const override { return dirty_octets_ + under_way_octets_; }
  void poll() override;
  void for_each(kind type, const std::function<void(std::string_view, const record&)>& visit) override {
    table_.for_each(type, visit);
  }
  std::size_t size() const override { return table_.size(); }
  std::size_t memory() const override;

  /// A record that is stored. Ignored where the key is known here: what is here is newer.
  void restore(entity_view id, const record& from);
  /// What the store has of `group` is lost or not to be trusted: every record goes again, some with each batch. The
  /// batch with the last of them says so, under `number`; a call meanwhile starts over.
  void rewrite(group_number group, std::uint64_t number);
  /// Drops the records of `group` once nothing of it is on its way, then runs `then`.
  void leave(group_number group, std::function<void()> then);

  /// From any thread: runs `work` within poll(), in the order of the posts.
  void post(std::function<void()> work);
  /// From any thread: the answer to the batch under way.
  void completed(verdict how);
  /// From any thread: what made batches fail may be over. Who backs off tries again at the next poll().
  void try_again();
  /// At the end, when the writer has given its last answer: runs nothing, and gives what is still dirty.
  batch take_rest();
  /// At the end: the continuations never run.
  void abandon();

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
  struct rewriting {
    std::uint64_t number;
    std::size_t part; ///< of the table: marked up to here
  };
  struct parting {
    group_number group;
    std::function<void()> then;
    std::size_t part; ///< of the table: dropped up to here
  };
  using waiting = std::vector<std::function<void(outcome)>>;

  void mark(entity_view id, std::size_t octets);
  void mark_again();
  batch collect();
  void settle(const verdict& how);
  void keep_unless_stored(const verdict& how);
  void let_go();
  void drop_part(parting& of);
  bool on_its_way(group_number group) const;
  void run_inbox();
  void release(waiting& from, outcome with);
  void run_ready();
  bool backing_off() const { return failures_ != 0 && clock::now() < retry_at_; }

  record_table table_;
  surroundings around_;
  key_set dirty_, under_way_keys_;
  std::vector<aside> quarantined_, under_way_aside_;
  std::map<group_number, rewriting> rewrites_; ///< whose end no stored batch has told
  std::vector<parting> leaving_;
  std::map<group_number, std::uint64_t> under_way_rewrites_;
  std::size_t dirty_octets_ = 0, under_way_octets_ = 0;
  waiting for_next_, for_under_way_;
  std::deque<continuation> ready_;
  bool under_way_ = false, flush_again_ = false, running_ = false;
  unsigned failures_ = 0; ///< in a row
  clock::time_point retry_at_{};

  std::mutex mutex_;
  std::vector<std::function<void()>> inbox_; ///< under the mutex
};

} // namespace troupe::store
