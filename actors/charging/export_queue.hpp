// Which charging records of a shard are to be written next, which are on their way, and which may be forgotten. A value:
// the exporter's actor asks and tells it.
//
// A record is waiting, then flying, then, where the sink can lose for a while what it has taken, settling: it is written once
// more, and only when nothing of it was new it is done. What was on its way when something failed is seen: it may be there.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "cluster/store/store.hpp"
#include "protocols/base/time.hpp"

namespace troupe {

class export_queue {
public:
  struct entry {
    std::string key; ///< of the outbox
    bool seen = false;
    instant due{}; ///< settling until then
  };
  /// One write's records; all settling, or none.
  struct flight {
    std::vector<entry> records;
    bool again = false; ///< they were written before, and had time to settle
  };

  export_queue(milliseconds settles, std::size_t most) : settles_(settles), most_(most) {}

  void add(std::string key, bool seen) { waiting_.push_back({std::move(key), seen, {}}); }
  /// What is to be written now, unless something is on its way; it is then.
  const flight* take_off(instant now);
  /// How that went. Answers the keys that are done: to be erased from the outbox.
  std::vector<std::string> land(store::outcome how, std::size_t added, instant now);
  /// When there will be something to write, if nothing is added; nothing: never, or what flies has to land first.
  std::optional<instant> next(instant now) const;

  std::size_t unwritten() const noexcept {
    return waiting_.size() + (flying_ && !flying_->again ? flying_->records.size() : 0);
  }
  std::size_t settling() const noexcept {
    return settling_.size() + (flying_ && flying_->again ? flying_->records.size() : 0);
  }

private:
  milliseconds settles_;
  std::size_t most_;
  std::deque<entry> waiting_, settling_;
  std::optional<flight> flying_;
};

} // namespace troupe
