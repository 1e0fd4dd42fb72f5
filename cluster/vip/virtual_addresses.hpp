// The addresses of the groups that this node holds: installed no longer than the lease, refreshed with it, announced,
// removed: cluster.md 9; RFC 5227 clause 2.3; RFC 4861 clause 7.2.6.
//
// An address must go away by itself when the process that serves it stops or hangs, so the kernel is told a lifetime: the
// rest of the serving deadline. The kernel counts whole seconds, and a lifetime of none is refused, so the rest is rounded
// up: an address may stand for a part of a second past the deadline, and then two nodes have it. The egress gate is the
// guard against that, not the address. What others have configured is never refreshed or removed.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "cluster/vip/address.hpp"
#include "protocols/base/time.hpp"

namespace troupe::cluster {

struct vip_policy {
  std::vector<service_address> addresses;
  milliseconds retry{200}; ///< after a failure
  /// Neighbours may lose an announcement, and a former holder that was only slow may answer for the address once more.
  std::vector<milliseconds> announce_after{milliseconds(0),    milliseconds(100),   milliseconds(300),
                                           milliseconds(1000), milliseconds(2000),  milliseconds(4000),
                                           milliseconds(7000), milliseconds(10'000)};
};

struct virtual_address {
  enum class phase : std::uint8_t {
    unknown, ///< a former life may have left it, or the kernel refused the last thing that it was asked
    absent,
    installing, ///< or refreshing; not answered yet
    installed,
    foreign, ///< it stands by another's hand
    removing,
  };
  phase at = phase::unknown;
  bool held = false;            ///< the group is this node's
  instant deadline;             ///< until which the group may be served
  instant asked;                ///< when the newest installing began
  seconds lifetime{0};          ///< asked for then
  instant refresh_at;           ///< half of the life that the kernel has granted is over
  instant ends;                 ///< all of it
  instant next_attempt;         ///< not before
  std::optional<instant> taken; ///< from when the announcements count
  std::size_t announced = 0;
  std::string fault;   ///< as it was last reported; empty: none
  std::string unheard; ///< why the newest announcement failed, likewise

  friend bool operator==(const virtual_address&, const virtual_address&) = default;
};

/// The state: one for each of the policy's addresses, in its order.
using virtual_addresses = std::vector<virtual_address>;

/// What the kernel said.
struct vip_answer {
  enum class outcome : std::uint8_t {
    created,
    refreshed,
    foreign, ///< it is there, and was not installed by us: left as it is
    removed, ///< or was not there
    failed,
    announced,
    not_announced,
  };
  outcome what = outcome::failed;
  std::string why; ///< foreign, failed, not_announced: a sentence for the operator, with what to do

  friend bool operator==(const vip_answer&, const vip_answer&) = default;
};

namespace vip_event {
/// At least every 50 ms.
struct tick {};
/// The ownership machine's install_addresses; `deadline` as the gate has it for the group.
struct hold {
  group_id group{};
  instant deadline;
};
/// The gate's deadline for the group has moved.
struct extend {
  group_id group{};
  instant deadline;
};
/// The ownership machine's remove_addresses.
struct release {
  group_id group{};
};
/// Answers install, remove and announce.
struct answered {
  std::size_t place = 0;
  vip_answer answer;
};
} // namespace vip_event
using virtual_address_event =
    std::variant<vip_event::tick, vip_event::hold, vip_event::extend, vip_event::release, vip_event::answered>;

/// `place` is the address's in the policy.
namespace vip_effect {
/// Install it, or if it is there and ours let it live so long from now.
struct install {
  std::size_t place = 0;
  seconds lifetime{0};
  friend bool operator==(const install&, const install&) = default;
};
/// Unless it is not ours.
struct remove {
  std::size_t place = 0;
  friend bool operator==(const remove&, const remove&) = default;
};
struct announce {
  std::size_t place = 0;
  friend bool operator==(const announce&, const announce&) = default;
};
/// For the log; an empty `fault`: the former one is over.
struct report {
  std::size_t place = 0;
  std::string fault;
  friend bool operator==(const report&, const report&) = default;
};
} // namespace vip_effect
using virtual_address_effect =
    std::variant<vip_effect::install, vip_effect::remove, vip_effect::announce, vip_effect::report>;

struct virtual_addresses_step {
  virtual_addresses next;
  std::vector<virtual_address_effect> effects;
};

virtual_addresses make_virtual_addresses(const vip_policy& policy);

virtual_addresses_step on(virtual_addresses state, const virtual_address_event& event, instant now,
                          const vip_policy& policy);

} // namespace troupe::cluster
