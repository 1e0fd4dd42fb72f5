// The Lua scripts that every write goes through: they look at the fence first (cluster.md 13, 16).
// docs/decisions/redis-data-model.md.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/store/backend.hpp"
#include "cluster/store/redis_connection.hpp"
#include "cluster/store/redis_record.hpp"

namespace troupe::store {

enum class script : std::uint8_t { commit, raise, replace, keep, publish };
inline constexpr std::size_t scripts = 5;

/// SCRIPT LOAD.
redis_command load_command(script which);
/// "GENERATION:EPOCH:LIFE:SESSION". The session is one connection's: what a broken one still brings writes nothing.
std::string fence_text(const token& from, std::uint64_t session);
token read_fence(std::string_view fence);
/// Whether a fence found in Redis is beyond `mine`: another owner has the group.
bool is_beyond(std::string_view fence, const token& mine);

/// What of a commit goes to one key.
struct hash_change {
  std::string key;
  std::vector<std::string> puts; ///< field, value, field, value, ...
  std::vector<std::string> erases;
  std::chrono::milliseconds lives{}; ///< at least
};

/// Answers 1, or the fence found if it is not `fence`.
redis_command commit_command(const group_keys& keys, const std::string& fence, const std::vector<hash_change>& changes);

enum class raising : std::uint8_t {
  next,   ///< take the group under the epoch after the one found
  take,   ///< take it under this token
  resume, ///< it is ours; if the fence is not, the store has lost something
  anew,   ///< it is ours, on a server that may lack anything
};
/// Answers {0 refused, 1 raised, 2 raised, and all must be written anew; the fence that is there now}.
redis_command raise_command(const group_keys& keys, raising how, const token& as, std::uint64_t session,
                            std::uint64_t rewrite, std::chrono::milliseconds lives);
/// Puts what a rewrite has gathered in the data's place. Answers as a commit, or 2: the rewrite is another
/// one. Repeated, it frees what commits have gathered since.
redis_command replace_command(const group_keys& keys, const std::string& fence, std::uint64_t rewrite);
/// Lets the keys of a group live so long from now on, at least. Answers as a commit.
redis_command keep_command(const group_keys& keys, const std::string& fence, std::chrono::milliseconds fence_lives,
                           std::chrono::milliseconds lives);
/// Appends what is new to the group's stream. Answers how many were, or the fence found if it is not `fence`.
redis_command publish_command(const group_keys& keys, const std::string& fence, const std::vector<publication>& what,
                              const std::vector<std::string>& forget, std::size_t most,
                              std::chrono::milliseconds remembers);

} // namespace troupe::store
