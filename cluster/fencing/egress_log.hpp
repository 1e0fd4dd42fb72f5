// The egress log: which group's messages left under which token and when: cluster.md 27. An oracle that reads the
// logs of all nodes finds two owners: tokens of one group may follow each other, never overlap.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "cluster/membership/names.hpp"
#include "protocols/base/time.hpp"

namespace troupe::cluster {

struct egress_record {
  group_id group{};
  token by;
  instant at; ///< boot time of the machine; comparable between nodes on one machine only

  friend bool operator==(const egress_record&, const egress_record&) = default;
};

/// Appends one record, with its size in front: a record cut short by a crash is recognised.
void append(std::string& log, const egress_record& record);
/// Takes the first record off `log`; nothing when it is empty or the rest is not whole.
std::optional<egress_record> take_egress_record(std::string_view& log);

/// Reads records of all nodes in the order of their times.
class owner_oracle {
public:
  /// False when a later token of this group has spoken before, or another with the same epoch.
  bool saw(const egress_record& record) {
    auto [found, first] = highest_.try_emplace(record.group, record.by);
    auto& highest = found->second;
    bool again = record.by == highest;
    bool later = std::pair(record.by.generation, record.by.epoch) > std::pair(highest.generation, highest.epoch);
    if (later)
      highest = record.by;
    return first || again || later;
  }

private:
  std::map<group_id, token> highest_;
};

} // namespace troupe::cluster
