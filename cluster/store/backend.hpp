// Opening a store: the partitions of one node's shards over memory or a file. One conformance suite holds for all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/store/store.hpp"
#include "protocols/base/result.hpp"
#include "protocols/base/siphash.hpp"

namespace troupe::store {

/// Counted since the store was opened.
struct statistics {
  std::uint64_t commits = 0;        ///< group commits that were stored
  std::uint64_t failed_commits = 0; ///< disk full, I/O error; their values were tried again
  std::uint64_t records = 0;        ///< puts and erases that were stored
  std::uint64_t recovered = 0;      ///< records found at opening
  std::uint64_t quarantined = 0;    ///< records set aside, at opening or since
  std::uint64_t commit_us = 0;      ///< time spent in commits, in all
  std::string last_failure;         ///< the latest, in words
};

class backend {
public:
  virtual ~backend() = default;

  virtual std::size_t partitions() const noexcept = 0;
  virtual partition& at(std::size_t index) = 0;
  /// From any thread.
  virtual statistics stats() const = 0;
  /// What opening had to repair, in sentences for the log; mostly none.
  virtual const std::vector<std::string>& notes() const noexcept = 0;
};

struct open_options {
  /// "memory", or "file:PATH": an SQLite database, made when absent, folders too.
  std::string spec = "memory";
  std::size_t partitions = 1;
  /// Arranges that poll() of partition `index` is called on its thread, soon, but not within this call. Called from the
  /// store's own thread or the partition's; it must outlive the store. Memory never calls it.
  std::function<void(std::size_t index)> wake = [](std::size_t) {};
  /// The partition of a record; taken modulo the number of partitions, which may have changed since it was written.
  std::function<std::size_t(entity_view)> shard_of = [](entity_view) { return std::size_t{0}; };
  /// Keys the tables' hash. Keys of records come from outside, so: random, but in simulations.
  siphash_key hash_key = random_hash_key();

  static siphash_key random_hash_key();
};

/// The store; or a sentence that says why not: another process has it, not a store, written by a newer version.
/// Destroying the store commits what is dirty (the partitions' threads must have let go of them); continuations that
/// have not run by then never do.
result<std::unique_ptr<backend>> open(const open_options& options);

} // namespace troupe::store
