// Where subscriptions are kept: what the HSS's server asks of a database on this node's disk, or of a cluster's store.
//
// Three things are kept: definitions, which are provisioned; states, which the network makes of them; and the highest
// sequence number of each private identity, which outlives the subscription, for a number must never be given twice.
#pragma once

#include <functional>

#include "actors/roles/hss/subscriber.hpp"

namespace troupe::hss {

/// What a change of provisioning writes, within keeper::transact().
class rows {
public:
  virtual ~rows() = default;
  /// A new one gives its id.
  virtual result<std::int64_t> add(std::string_view definition) = 0;
  virtual result<void> change(std::int64_t id, std::string_view definition, std::string_view state) = 0;
  virtual result<void> remove(std::int64_t id) = 0;
};

class keeper {
public:
  using told = std::function<void(const result<void>&)>;

  virtual ~keeper() = default;

  // Reading, before start().
  virtual result<void> each_sequence(const std::function<void(std::string_view impi, std::uint64_t seq)>& visit) = 0;
  /// `state` is empty when there is none.
  virtual result<void> each_subscriber(
      const std::function<void(std::int64_t id, std::string_view definition, std::string_view state)>& visit) = 0;

  /// Starts the keeper's thread, on which tasks and continuations run.
  virtual void start() = 0;

  // From any thread, after start(). Continuations never run within the call.
  /// `seq` may have been given from now on; never lowered.
  virtual void reserve(std::string impi, std::uint64_t seq, told then) = 0;
  /// The newest state of a subscriber replaces one that is not written yet. One that cannot be written is tried again
  /// until it can; of a subscriber that has been removed it is not kept. False: `then` is not called, for nobody has to
  /// wait for it.
  virtual bool keep_state(std::int64_t id, std::string state, told then) = 0;
  /// One after another, in the order of the calls.
  virtual void run(std::function<void()> task) = 0;

  /// Within a task: all that `change` does is kept when it succeeds and this does; else nothing of it is.
  virtual result<void> transact(const std::function<result<void>(rows&)>& change) = 0;
  /// Why a subscription cannot be kept.
  virtual result<void> accept(const subscriber& who, std::string_view definition) const = 0;

  /// Whether what was acknowledged may be lost nonetheless, with a server of the store: numbers must then follow the
  /// clock (cluster.md 13 and 23).
  virtual bool may_forget() const noexcept = 0;
  /// True for ever once another has what is kept here.
  virtual bool fenced() const noexcept { return false; }
  virtual std::size_t unwritten() const = 0;           ///< states
  virtual std::uint64_t failures() const noexcept = 0; ///< commits that did not succeed
  virtual std::vector<std::string> faults() const = 0; ///< of what was read: sentences for the log
};

} // namespace troupe::hss
