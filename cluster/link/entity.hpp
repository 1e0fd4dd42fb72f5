// Messages to an entity on its owner's node, and the answer of a node that does not own it: cluster.md 7.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "cluster/membership/names.hpp"

namespace troupe::cluster {

/// One way: an answer, where there is one, is a message of its own to the entity that asked.
struct entity_message {
  std::uint8_t kind = 0; ///< of entity
  std::string key;
  std::uint8_t hops = 0; ///< between nodes, so far
  std::string octets;    ///< as the entity's kind encodes them

  friend bool operator==(const entity_message&, const entity_message&) = default;
};

/// The receiver of an entity's message does not own its group by the map of this version, or after it.
struct not_owner {
  std::uint8_t kind = 0;
  std::string key;
  std::uint64_t map_version = 0;

  friend bool operator==(const not_owner&, const not_owner&) = default;
};

std::string encode(const entity_message& message);
std::optional<entity_message> decode_entity_message(std::string_view octets);
std::string encode(const not_owner& answer);
std::optional<not_owner> decode_not_owner(std::string_view octets);

} // namespace troupe::cluster
