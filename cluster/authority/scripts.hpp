// The Lua scripts of the map and the lives, and the reading of their answers: docs/decisions/authority.md.
#pragma once

#include "cluster/authority/operation.hpp"
#include "cluster/store/redis_connection.hpp"
#include "protocols/base/result.hpp"

namespace troupe::cluster {

/// Both keys have one hash tag, so that one script can compare counters and replace the map on a Redis Cluster as well.
struct authority_keys {
  std::string tag;

  explicit authority_keys(std::string_view prefix) : tag('{' + std::string(prefix) + "cluster}") {}
  std::string map() const { return tag + ":map"; }
  std::string lives() const { return tag + ":lives"; }
  std::uint16_t slot() const;
};

/// EVAL with the whole text: a server that was just promoted has none of our scripts, and at five renewals a second the
/// octets do not matter.
store::redis_command command_of(const store_operations& what, const authority_keys& keys);

/// A reply that is no answer, or of a newer version, is refused with a sentence.
result<store_answer> read_answer(const store_operations& asked, const redisReply& reply);

} // namespace troupe::cluster
