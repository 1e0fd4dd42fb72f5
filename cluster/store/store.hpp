// Where entities' encoded values live: one interface over memory, a file, and (in a cluster) Redis.
// cluster.md 14 to 18: nothing that stops a peer's retransmission leaves before the value is stored.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
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
  authentication = 6,   ///< S-CSCF: a private identity's challenge
  charging_record = 7,  ///< one that is finished and not known to be exported
  index = 5,            ///< IMPU or IMPI -> key of a set; idempotent, verified on reading
  hss_subscriber = 10,  ///< HSS: a subscription as provisioned, with its keys
  hss_state = 11,       ///< HSS: which S-CSCF serves a subscription, and who is registered
  hss_sequence = 12,    ///< HSS: the highest SEQ that a private identity may have been given; never erased
};

/// Keys of charging records begin with so many octets: their call's key. A call and its records are never in two commits
/// that could part.
inline constexpr std::size_t call_key_octets = 11;
inline constexpr std::size_t longest_key = 512;
inline constexpr std::size_t largest_value = 64 * 1024;

/// What names an entity, viewing another's octets: for look-ups without a copy.
struct entity_view {
  kind type{};
  std::string_view key;
};

struct entity_id {
  kind type{};
  std::string key; ///< octets, at most `longest_key`

  operator entity_view() const noexcept { return {type, key}; }
  friend bool operator==(const entity_id&, const entity_id&) = default;
};

/// A stored value as the partition keeps it. `value` lives until the partition's next put, erase or quarantine.
struct record {
  std::uint64_t version = 0; ///< 1 with the first put of a key, then one more with each; an erase starts anew
  instant deadline;          ///< when the owner must look at it again; absolute
  std::string_view value;    ///< at most `largest_value`
};

/// Which group an entity belongs to: what is granted, moved, taken over and fenced as one (cluster.md 1).
using group_number = std::uint32_t;

/// From good to bad. Who waits hears the worst of all that was in the same commit.
enum class outcome : std::uint8_t {
  stored,
  failed, ///< disk full, store unreachable: the value is kept in memory, marked dirty and tried again
  fenced, ///< another owner has the group: the value was not written and never will be from here
};

/// One shard's part of a store. Used by that shard's thread alone.
class partition {
public:
  virtual ~partition() = default;

  /// The newest value, also when it is not committed yet. Nothing if there is none.
  virtual std::optional<record> find(entity_view id) = 0;
  /// Replaces the value. It is part of the next group commit; a later put of the same key replaces an uncommitted one.
  /// Throws std::length_error for a key or value that is too long.
  virtual void put(entity_view id, instant deadline, std::string_view value) = 0;
  virtual void erase(entity_view id) = 0;
  /// Erases a value that cannot be used (it does not decode, it kills whoever serves it), keeping it aside for people
  /// to look at where the store can: cluster.md 22.
  virtual void quarantine(entity_view id, std::string_view reason) = 0;

  /// Runs `then` once, when all that was put or erased before this call is stored, or has failed to be. With nothing
  /// on its way (always so in memory) it runs within the call, otherwise from within poll(). Continuations run in the
  /// order in which they were given. They may use the partition.
  virtual void after_commit(std::function<void(outcome)> then) = 0;
  /// True when after_commit() would run within the call: all that was put or erased is stored.
  virtual bool settled() const = 0;

  /// Starts a group commit of what is dirty, or has it follow the one that is under way. The shard calls it every 2 ms
  /// while dirty() holds. After a failure it does not try again before its back-off has run out, but fails the
  /// continuations at hand.
  virtual void flush() = 0;
  /// Whether a flush() would have something to do.
  virtual bool dirty() const = 0;
  /// Octets of keys and values that are not stored yet: under pressure new work is refused by it (cluster.md 17).
  virtual std::size_t backlog() const = 0;
  /// Runs the continuations of commits that have ended. The shard calls it when the store has woken it.
  virtual void poll() = 0;

  /// All records of a kind, for recovery; `visit` must not change the partition.
  virtual void for_each(kind type, const std::function<void(std::string_view key, const record&)>& visit) = 0;
  virtual std::size_t size() const = 0;
  /// Octets held for keys, values and bookkeeping.
  virtual std::size_t memory() const = 0;
};

} // namespace troupe::store
