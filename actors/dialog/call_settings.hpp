// What all calls of a node share: its names, its roles, its secret, its limits. Made once at the start.
#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "actors/contracts/role.hpp"
#include "protocols/base/siphash.hpp"
#include "protocols/sip/session_timer.hpp"
#include "protocols/sip/transaction.hpp"

namespace troupe {

/// The roles of this node, by role_id.
class role_set {
public:
  void add(std::unique_ptr<const roles::role> r) {
    auto at = static_cast<std::size_t>(r->id());
    roles_[at] = std::move(r);
  }
  const roles::role* find(roles::role_id id) const noexcept { return roles_[static_cast<std::size_t>(id)].get(); }
  bool has(roles::role_id id) const noexcept { return find(id) != nullptr; }

private:
  std::array<std::unique_ptr<const roles::role>, 8> roles_;
};

struct call_settings {
  siphash_key secret{}; ///< the cluster's: tokens, call keys
  sip::timer_values times;
  milliseconds timer_c{185'000};
  seconds put_away_after{5};
  seconds longest_call{43'200}; ///< without session timers
  sip::session_timer_rules session_timers;
  std::size_t max_transactions = 200'000; ///< a shard; beyond, new work is refused
  seconds retry_after{10};
  /// A call that cannot be stored is begun nonetheless, and counted: a cluster goes on while its store is away (cluster.md
  /// 14). Else it is refused.
  bool goes_on_unstored = false;
  /// A next hop that says nothing for so many T1 is left for another, where there is one: long before timers B and F, with
  /// which a non-INVITE's sender gives up as well (RFC 4321 clause 1.2).
  int silence_in_t1 = 8;
  std::size_t udp_mtu = 1'300;

  std::string home_domain; ///< lower case; empty: none (transit)
  std::string scscf_host;  ///< of this node's S-CSCF name; empty: none
  std::string icscf_host;  ///< of this node's I-CSCF name, if it has one of its own
  struct host_and_port {
    std::string host; ///< lower case; IPv6 in brackets
    std::uint16_t port = 0;
  };
  /// What leads to this node: its listeners as peers know them.
  std::vector<host_and_port> own_hosts;
  /// What stands in a Via between halves, and in Record-Routes where no listener of the core side exists.
  std::string local_host = "localhost.invalid";

  role_set roles;
  std::vector<roles::role_id> charged; ///< these write charging records
  std::string name;                    ///< of the node, or of the group where there are groups; as records say it
  bool fused = true;
  /// Not fused: the role that a listener belongs to, by its index. Fused: empty.
  std::vector<roles::role_id> role_of_listener;
  bool record_route = true; ///< without roles (transit)
};

} // namespace troupe
