// What becomes of charging records: calls finish them, an outbox keeps them in the store, a sink takes them out of the house.
// docs/decisions/charging-records.md.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/store/store.hpp"
#include "protocols/ims/charging_record.hpp"

namespace troupe {

/// A shard's: where a call puts what it has finished.
class charging_outbox {
public:
  virtual ~charging_outbox() = default;
  /// `key`: octets that name the record; put again under the same key it is the same record.
  virtual void put(std::string_view key, const ims::charging_record& record) = 0;
};

/// Where records go: a stream, files, or a charging data function. One for all shards of a site; called from their threads.
class charging_sink {
public:
  struct item {
    ims::charging_record record;
    bool seen = false; ///< it may have been written before, by this process or another: it must not be there twice
  };
  /// Runs once, on any thread, never within the call. `added`: how many were not there before.
  using written = std::function<void(store::outcome how, std::size_t added)>;

  virtual ~charging_sink() = default;
  /// All of them or, unless `stored`, any of them: they come again, as seen.
  virtual void write(std::vector<item> records, written done) = 0;
  /// These come no more, by whomever: what was kept to recognise them may go.
  virtual void forget(std::vector<std::string>) {}
  /// What is written can be lost for so long, by a fail-over that forgets: the records are kept, and written once more after it.
  virtual milliseconds settles() const noexcept { return milliseconds(0); }
  /// A record waits so long for others to go with it.
  virtual milliseconds gathers() const noexcept = 0;
};

} // namespace troupe
