// The egress gate: may this batch leave now? Asked before every batch of SIP, Diameter, links and netlink:
// cluster.md 9.
//
// A store refuses a write that comes too late; a peer refuses nothing. So what a node says is fenced where it leaves: by
// the serving deadline, and for each group by the token under which the batch was made. Once a group's token was seen
// to be overtaken nothing made under it leaves again, whatever later answers say.
#pragma once

#include <vector>

#include "cluster/membership/names.hpp"
#include "protocols/base/time.hpp"

namespace troupe::cluster {

struct gate {
  struct group {
    token by;          ///< of the newest grant; epoch 0: none
    instant deadline;  ///< as extended under the token's generation
    token stale_up_to; ///< nothing made under this or an older token leaves
    bool open = false;
    friend bool operator==(const group&, const group&) = default;
  };
  instant deadline; ///< of the node's lease
  std::uint64_t generation = 0;
  std::vector<group> groups;

  friend bool operator==(const gate&, const gate&) = default;
};

enum class passage : std::uint8_t {
  leaves,
  late,   ///< past the deadline: this life must be thrown away
  stale,  ///< made under a token that was overtaken: drop it for good
  closed, ///< the group is not this node's, or not any more
};

gate make_gate(std::size_t groups);

/// The membership machine's `extend`. Groups granted in an older generation keep their deadline.
void extend(gate& g, instant deadline, std::uint64_t generation) noexcept;
/// The ownership machine's `take_group` and `give_up_group`.
void open(gate& g, group_id group, const token& by) noexcept;
void close(gate& g, group_id group) noexcept;
/// Some answer named `seen` as the group's token: what is older than it leaves no more.
void overtaken(gate& g, group_id group, const token& seen) noexcept;

passage may_leave(const gate& g, group_id group, const token& made_under, instant now) noexcept;

} // namespace troupe::cluster
