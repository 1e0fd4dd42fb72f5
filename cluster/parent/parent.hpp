// The small process that watches a node: when that dies it takes the node's addresses away, says that its life has
// ended, and starts it again: cluster.md 10.
//
// It does nothing else, so that there is little in it that can die. Nothing here waits for a store or a network.
#pragma once

#include <functional>

#include "cluster/membership/names.hpp"
#include "cluster/parent/child.hpp"
#include "cluster/parent/restarts.hpp"

namespace troupe::cluster {

/// What the parent itself ends with; else with what its child has.
inline constexpr int gave_up_status = 71;

struct parent_options {
  std::vector<std::string> command; ///< the node's
  std::string life_file;            ///< authority_options::life_file of the node; a must here
  restart_policy policy;
  std::vector<int> not_again = {0, 2}; ///< statuses of a node that ended as asked, or that no start makes better
  /// Must be done before anybody may claim, and at once.
  std::function<void()> remove_addresses = [] {};
  /// To the store and over links; begins it and returns. last_word::say
  std::function<void(incarnation)> tell = [](incarnation) {};
  std::function<void(const std::string&)> report = [](const std::string&) {};
};

/// On the thread that lives as long as the process: the node is told when that ends. Runs the node until it ends in order, may not be started again, or dies too often: the status to end with. Another
/// parent process with the same life file is refused with a sentence.
result<int> run_parent(const parent_options& options, asked_to_end& asked);

} // namespace troupe::cluster
