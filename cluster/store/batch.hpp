// What one group commit carries from a partition's thread to the writer's: copies, in two allocations.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/store/store.hpp"

namespace troupe::store {

struct change {
  enum class what : std::uint8_t { put, erase, quarantine };

  what does;
  entity_view id;
  record value;            ///< of an erase: empty
  std::string_view reason; ///< of a quarantine
};

class batch {
public:
  void put(entity_view id, const record& value) { add(change::what::put, id, value, {}); }
  void erase(entity_view id) { add(change::what::erase, id, {}, {}); }
  void quarantine(entity_view id, const record& value, std::string_view reason) {
    add(change::what::quarantine, id, value, reason);
    ++quarantines_;
  }

  bool empty() const noexcept { return entries_.empty() && rewritten.empty(); }
  std::size_t size() const noexcept { return entries_.size(); }
  std::size_t quarantines() const noexcept { return quarantines_; } ///< among size()
  /// Views this batch.
  change operator[](std::size_t index) const noexcept;

  /// With this batch these groups are written anew as a whole, each under the number that asked for it.
  std::map<group_number, std::uint64_t> rewritten;

private:
  struct entry {
    change::what does;
    kind type;
    std::uint64_t version;
    instant deadline;
    std::size_t at;
    std::uint32_t key, value, reason; ///< sizes of what stands at `at`, one after another
  };

  void add(change::what does, entity_view id, const record& value, std::string_view reason);

  std::vector<entry> entries_;
  std::string octets_;
  std::size_t quarantines_ = 0;
};

} // namespace troupe::store
