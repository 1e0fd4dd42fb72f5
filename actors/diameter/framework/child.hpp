// The Diameter child: `troupe diameter`. A process of its own, because freeDiameter keeps global state, allows one
// identity a process, and can be brought down by a peer: docs/decisions/diameter-child.md.
#pragma once

namespace troupe::diameter_framework {

/// Exit statuses, beside 0: the node ended, or said so.
enum class child_status : int {
  no_start = 1,        ///< the framework does not take the settings, or cannot listen
  framework_died = 70, ///< it shut itself down
};

/// Serves the node at the other end of `descriptor` until that ends. Does not return before.
int run_child(int descriptor);

} // namespace troupe::diameter_framework
