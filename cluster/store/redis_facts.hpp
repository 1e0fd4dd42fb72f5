// What a Redis server says of itself, whether that is fit to keep calls in, and what its refusals mean.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cluster/store/backend.hpp"
#include "cluster/store/redis_spec.hpp"

namespace troupe::store {

/// From INFO, which needs no right to read the configuration.
struct server_facts {
  std::uint32_t major = 0, minor = 0;
  std::string run_id, role, policy;
  std::uint32_t replicas = 0;
  bool least_replicas = false; ///< min-replicas-to-write and min-replicas-max-lag are set
  bool loading = false, cluster = false;
};

server_facts read_facts(std::string_view info);

/// Why it can not be used now, or nothing. It may change by itself: another try is due.
std::string not_ready(const server_facts& facts);
/// Why it must not be used as it is set up, and what to set; or nothing.
std::string unfit(const server_facts& facts, const redis_spec& spec, const redis_options& options);

/// Too few follow Sentinel's master; they may yet come.
std::string too_few_replicas(const server_facts& facts, const redis_spec& spec, const redis_options& options);

enum class remedy : std::uint8_t {
  none,         ///< what it was asked fails; people have to do something
  load_scripts, ///< and ask again
  wait,         ///< and ask again
  find_master,  ///< this is no longer the server to ask
};

struct redis_refusal {
  remedy what;
  std::string meaning; ///< a sentence with what to do
};

redis_refusal read_refusal(std::string_view error);

} // namespace troupe::store
