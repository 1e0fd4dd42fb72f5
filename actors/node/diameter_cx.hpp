// Cx over Diameter at a node: its shards' way to an HSS elsewhere, or its own HSS for others: TS 29.228.
#pragma once

#include <memory>

#include "actors/contracts/cx_port.hpp"
#include "actors/node/shard_tree.hpp"
#include "actors/roles/hss/diameter_front.hpp"
#include "actors/roles/hss/notice_sender.hpp"
#include "config/schema/config.hpp"

namespace troupe {

class diameter_cx {
public:
  diameter_cx(const config::node_config& config, std::shared_ptr<diameter_port> port);

  // With the HSS elsewhere:
  std::unique_ptr<cx_port> port_for(shard_tree& of) const;
  /// RTR and PPR that come; `tell` as site::tell().
  using teller = std::function<void(const hss::notices&, std::function<void(cx::result_code)>)>;
  void hear(teller tell);

  // With it here:
  void serve(std::function<std::shared_ptr<hss::server>()> find);
  /// True: it was for a node that asks by Diameter, and has been sent there.
  bool send(const hss::notices& what);

  /// Nothing is taken, and nobody told, any more.
  void close();

private:
  const config::node_config& config_;
  std::shared_ptr<diameter_port> port_;
  std::shared_ptr<diameter_names> names_;
  struct ear;
  std::shared_ptr<ear> ear_;
  std::unique_ptr<hss::diameter_front> service_;
  std::unique_ptr<hss::notice_sender> sender_;
};

} // namespace troupe
