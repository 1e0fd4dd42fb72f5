// Where entities' encoded values live: one interface over memory, a file, and (in a cluster) Redis.
// cluster.md 14 to 18: nothing that stops a peer's retransmission leaves before the value is stored.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "protocols/base/time.hpp"

namespace troupe::store {

/// What kind of entity a value belongs to. The numbers are written into stores: never reuse one.
enum class kind : std::uint8_t {
  call = 1,             ///< one half of a call: its transactions, forks and dialogs
  registration_set = 2, ///< S-CSCF: an implicit registration set
  access_binding = 3,   ///< P-CSCF: one UE's contact
  subscription = 4,     ///< a subscription that this node serves or holds
  index = 5,            ///< IMPU or IMPI -> key of a set; idempotent, verified on reading
};

struct entity_id {
  kind type{};
  std::string key; ///< octets, at most 512

  friend bool operator==(const entity_id&, const entity_id&) = default;
};

/// A stored value as the partition keeps it. The views live until the next put, erase or flush.
struct record {
  std::uint64_t version = 0; ///< 1 with the first put of a key, then one more with each
  instant deadline;          ///< when the owner must look at it again; absolute
  std::string_view value;    ///< at most 64 KiB
};

enum class outcome : std::uint8_t {
  stored,
  failed, ///< disk full, store unreachable: the value is kept in memory, marked dirty and tried again
};

/// One shard's part of a store. Used by that shard's thread alone.
class partition {
public:
  virtual ~partition() = default;

  /// The newest value, also when it is not committed yet. Nothing if there is none.
  virtual const record* find(const entity_id& id) = 0;
  /// Replaces the value. It is part of the next group commit; a later put of the same key replaces an uncommitted one.
  virtual void put(const entity_id& id, instant deadline, std::string_view value) = 0;
  virtual void erase(const entity_id& id) = 0;

  /// Runs `then` once all that was put or erased before this call is stored, or has failed to be. A store that
  /// commits at once (memory) runs it within the call; others run it from within poll().
  virtual void after_commit(std::function<void(outcome)> then) = 0;

  /// Starts a group commit of what is dirty. The shard calls it every 2 ms while dirty() holds.
  virtual void flush() = 0;
  virtual bool dirty() const = 0;
  /// Runs the continuations of commits that have ended. The shard calls it when the store has woken it.
  virtual void poll() = 0;

  /// All records of a kind, for recovery; `visit` must not change the partition.
  virtual void for_each(kind type, const std::function<void(std::string_view key, const record&)>& visit) = 0;
  virtual std::size_t size() const = 0;
  /// Octets held for keys, values and bookkeeping.
  virtual std::size_t memory() const = 0;
};

} // namespace troupe::store
