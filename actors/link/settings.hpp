// What the links of a node are built with.
#pragma once

#include <asio/ip/tcp.hpp>
#include <asio/ssl/context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/link/link.hpp"

namespace troupe {

struct link_peer {
  cluster::node_id node = cluster::node_id::none;
  std::string name;
  asio::ip::tcp::endpoint at;
};

struct link_settings {
  cluster::link_policy policy;
  asio::ip::tcp::endpoint listen;
  std::vector<link_peer> peers; ///< without this node
  /// Null: plain, which the configuration allows on the loopback only.
  std::shared_ptr<asio::ssl::context> server, client;
  std::size_t most_strangers = 64; ///< accepted connections that have not said who they are
};

/// A line for the log. `from_outside`: strangers can cause it as often as they like.
struct link_note {
  enum class weight : std::uint8_t { info, warn } how = weight::info;
  std::string what;
  std::string peer;   ///< a node's name, or an address
  std::string detail; ///< may be empty
  bool from_outside = false;
  std::string_view kind = "what"; ///< of detail
};
using link_log = std::function<void(const link_note&)>;

} // namespace troupe
