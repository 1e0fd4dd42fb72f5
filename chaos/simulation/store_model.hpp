// A model of Redis with replicas behind Sentinel: a single writer, replication that lags, fail-over that loses what had
// not been replicated, another run id after it. The operations are what the cluster's Lua scripts do.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "chaos/simulation/scheduler.hpp"
#include "cluster/membership/membership.hpp"
#include "cluster/ownership/ownership.hpp"

namespace troupe::simulation {

using namespace troupe::cluster;

/// What a commit writes for a key; an empty value removes it.
using values = std::map<std::uint32_t, std::string>;

namespace op {
struct renew {
  node_id node;
  incarnation life;
};
struct raise_generation {
  std::uint64_t run, above;
};
struct mark_dead {
  node_id node;
  incarnation life;
};
struct read_map {};
struct change_map {
  std::uint64_t generation;
  std::string map;
  std::vector<evidence> proofs;
};
struct raise_fence {
  group_id group;
  token by;
};
struct rewrite {
  group_id group;
  token by;
  values all;
};
/// `number` grows with each commit of an owner: a late one must not overwrite what was written after it.
struct commit {
  group_id group;
  token by;
  std::uint64_t number;
  values changed;
};
struct wait {};
} // namespace op
using operation = std::variant<op::renew, op::raise_generation, op::mark_dead, op::read_map, op::change_map,
                               op::raise_fence, op::rewrite, op::commit, op::wait>;

struct answer {
  std::uint64_t run = 0, generation = 0, generation_of = 0, map_version = 0;
  std::uint32_t replicas = 0;
  bool replaced = false; ///< renew
  std::vector<life_record> records;
  std::string map;                                                                     ///< read_map
  owner_event::map_changed::outcome changed = owner_event::map_changed::outcome::done; ///< change_map
  bool done = false;                                                                   ///< fences and commits
  token fence;
  values read; ///< raise_fence
};

struct store_flaws {
  bool no_fence = false;
  bool inverted = false;
};

/// One server's data.
struct store_data {
  struct group {
    token fence;
    std::uint64_t number = 0;
    values all;
  };
  std::uint64_t generation = 0, generation_of = 0;
  std::vector<life_record> records;
  std::string map;
  std::uint64_t map_version = 0;
  std::vector<group> groups;

  answer apply(const operation& what, std::uint64_t run, const store_flaws& flaws);
};

class store_model {
public:
  store_model(std::size_t groups, store_flaws flaws);

  /// Carries out what has arrived at the server; nothing when it is down. `delay`: until a replica has it.
  bool apply(const operation& what, moment now, answer& out, moment& delay);

  moment lag = ms(2); ///< of the best replica
  void go_down(moment now);
  /// The best replica is promoted, with what it has by the time of the fall.
  void fail_over();
  bool down() const noexcept { return down_; }
  const store_data& data() const noexcept { return master_; }

private:
  void replicate(moment now);

  struct change {
    moment when;
    operation what;
  };
  store_flaws flaws_;
  store_data master_, replica_;
  std::deque<change> not_replicated_; ///< and when it will be
  moment replicated_at_ = 0;          ///< the newest of them
  std::uint64_t run_ = 1;
  bool down_ = false;
};

} // namespace troupe::simulation
