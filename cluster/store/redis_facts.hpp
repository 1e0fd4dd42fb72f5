// What a Redis server says of itself, whether that is fit to keep calls in, and what its refusals mean.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

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

/// How far a master's replicas are behind it.
struct replication_facts {
  struct replica {
    std::string address;      ///< "192.0.2.52:6379"
    bool online = false;      ///< else it is still being given all
    std::uint64_t behind = 0; ///< octets that it has not acknowledged
    std::uint32_t silent = 0; ///< seconds since it did acknowledge; mostly 0 or 1
    friend bool operator==(const replica&, const replica&) = default;
  };
  std::vector<replica> replicas;
};

/// From the section "replication".
replication_facts read_replication(std::string_view info);

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
