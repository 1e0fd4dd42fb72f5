// Opening a store: the partitions of one node's shards over memory, a file or Redis. One conformance suite holds for all.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/membership/names.hpp"
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

/// What a fence holds. A higher generation, or of one generation a higher epoch, wins (cluster.md 13).
using cluster::token;

/// What is given to readers outside: a line under a name that no other line has.
struct publication {
  std::string id, text;
};

/// What became of taking a group.
struct taking {
  token fence;       ///< the group's, if it is known: where another owner has it, that one's
  std::string fault; ///< a sentence that says why it was not taken; empty: it was
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

  /// Makes this process the owner of `group`: raises its fence to `as`, then reads its records into their partitions, in
  /// pieces, while other groups are served; until `done` none of its records may be used. `done` runs once: on the thread
  /// of the partition that was last to get its records, or, with a fault, on the store's. From any thread. Also a group
  /// that was fenced, or could not be taken, is to be given up before it is taken again. Stores that have one owner anyway
  /// refuse.
  virtual void take(group_number group, const token& as, std::function<void(const taking&)> done);
  /// Goes on owning a group that was taken, under a newer token: raises its fence to `as` and writes all its records
  /// anew, while they are served. `done` runs once, on the store's thread, when the new ones are in the old ones' place.
  /// From any thread. Only a group that the map never granted raises its generation by itself (redis-data-model.md).
  virtual void renew(group_number group, const token& as, std::function<void(const taking&)> done);
  /// Stores what is dirty of `group`, then drops its records from memory, on each partition's thread; on the store's
  /// thread, `done`. None of its records may be put after the call. From any thread.
  virtual void give_up(group_number group, std::function<void()> done);

  /// Appends to the stream of `group` those of `what` whose id it does not remember, keeping about the newest `most`; it
  /// forgets `forget`. Fenced as commits are. `done` runs once, on the store's thread: `added` were new. Some hundred a call.
  /// From any thread. Stores without streams fail it.
  virtual void publish(group_number group, std::vector<publication>&& what, std::vector<std::string>&& forget,
                       std::size_t most, std::function<void(outcome how, std::size_t added)> done);
};

/// How a Redis store is reached and kept; the spec says where it is. docs/decisions/redis-data-model.md.
struct redis_options {
  std::string prefix = "troupe:"; ///< of all keys
  std::string key_file; ///< lines of 64 hexadecimal digits: the first encrypts, all decrypt. A must beyond loopback
  std::string password_file;                      ///< its first line, instead of a password in the spec
  std::string ca;                                 ///< PEM file; empty: the system's
  std::string certificate, private_key;           ///< PEM files, where the server asks for them
  std::chrono::milliseconds timeout{1'000};       ///< of each command, and of connecting
  std::chrono::milliseconds open_timeout{10'000}; ///< how long opening waits for Redis
  std::chrono::seconds keep{7 * 24 * 3'600};      ///< how long records outlive their owner and their deadline
  std::uint32_t replicas = 2; ///< that Sentinel's master must have at opening; 0 also lets it write alone
};

struct open_options {
  /// "memory"; "file:PATH": an SQLite database, made when absent, folders too; redis://[user[:password]@]host[:port][/db],
  /// redis-sentinel://[user[:password]@]host:port,.../MASTER, redis-cluster://[user[:password]@]host:port,...; rediss
  /// instead of redis: TLS.
  std::string spec = "memory";
  std::size_t partitions = 1;
  /// Arranges that poll() of partition `index` is called on its thread, soon, but not within this call. Called from the
  /// store's own thread or the partition's; it must outlive the store. Memory never calls it.
  std::function<void(std::size_t index)> wake = [](std::size_t) {};
  /// The partition of a record; taken modulo the number of partitions, which may have changed since it was written.
  std::function<std::size_t(entity_view)> shard_of = [](entity_view) { return std::size_t{0}; };
  /// The group of a record. Called from the store's thread and the partitions'.
  std::function<group_number(entity_view)> group_of = [](entity_view) { return group_number{0}; };
  /// Groups to own from the opening on, each under the epoch after the one found.
  std::vector<group_number> groups = {0};
  /// Under this token instead: a map has granted it. Should a newer fence stand, on_fenced tells it, and opening fails.
  std::optional<token> as;
  /// Another owner has the group, by this fence; once for each loss. What was not stored of it never will be. From the store's thread.
  std::function<void(group_number, const token& fence)> on_fenced = [](group_number, const token&) {};
  redis_options redis;
  /// Keys the tables' hash. Keys of records come from outside, so: random, but in simulations.
  siphash_key hash_key = random_hash_key();

  static siphash_key random_hash_key();
};

/// The store; or a sentence that says why not: another process has it, not a store, written by a newer version.
/// Destroying the store commits what is dirty (the partitions' threads must have let go of them); continuations that
/// have not run by then never do.
result<std::unique_ptr<backend>> open(const open_options& options);

/// A spec as it may be shown: without a password.
std::string without_password(std::string_view spec);

} // namespace troupe::store
