// Cx within a cluster: the group that has the HSS answers all others, on whatever nodes they are: TS 29.228,
// cluster.md 23.
#pragma once

#include <memory>

#include "actors/node/cluster_host.hpp"
#include "actors/registration/cx_client.hpp"
#include "actors/roles/hss/cx_service.hpp"

namespace troupe {

/// The group whose owner has the HSS.
inline constexpr cluster::group_id hss_group{0};

class cx_exchange {
public:
  /// All outlive it. `host` is given before anything is asked.
  explicit cx_exchange(link_tree& links, cluster::node_id self, std::vector<cluster::node_id> others)
      : links_(links), self_(self), others_(std::move(others)) {}
  void use(cluster_host& host) noexcept { host_ = &host; }

  /// A shard's way to the HSS.
  std::unique_ptr<cx_port> port_for(const site::surroundings::grant& as, shard_tree& of);
  /// What the HSS tells S-CSCFs: to all groups, here and elsewhere.
  void tell(const hss::notices& what);
  /// From another node.
  void heard(cluster::node_id from, const cluster::incoming& message);

private:
  void ask(cluster::group_id asker, std::string octets);
  void answer(cluster::node_id asker, cluster::group_id group, std::string octets);
  void deliver(cluster::group_id group, std::string octets);
  void tell_here(const hss::notices& what);
  std::shared_ptr<hss::cx_service> service() const; ///< null while the HSS is not here

  link_tree& links_;
  const cluster::node_id self_;
  const std::vector<cluster::node_id> others_;
  cluster_host* host_ = nullptr;
};

} // namespace troupe
