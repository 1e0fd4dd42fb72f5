// Where a Redis store is: redis://, redis-sentinel:// and redis-cluster://, with rediss for TLS.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/base/result.hpp"

namespace troupe::store {

struct redis_address {
  std::string host;
  std::uint16_t port = 0;

  std::string text() const;
  friend auto operator<=>(const redis_address&, const redis_address&) = default;
};

struct redis_spec {
  enum class kind : std::uint8_t { single, sentinel, cluster };

  kind how = kind::single;
  bool tls = false;
  std::string user, password;
  std::vector<redis_address> hosts; ///< one; the sentinels; some of the cluster's nodes
  std::string master;               ///< sentinel: its name there
  std::uint32_t database = 0;       ///< single

  bool loopback() const; ///< all hosts are 127.0.0.0/8, ::1 or localhost
};

bool is_redis(std::string_view spec) noexcept;
/// Percent-encoding (RFC 3986) is taken in user and password.
result<redis_spec> read_redis_spec(std::string_view text);

} // namespace troupe::store
