// What a call needs from the rest of its shard: facts for its roles, and addresses for its next hops.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/contracts/role.hpp"

namespace troupe {

/// Finds facts. `done` is called on the shard, within the call to find() or in a later round, exactly once: every
/// question has a deadline, and what could not be found out is a fact too.
class fact_finder {
public:
  using put = std::function<void(roles::facts&)>;
  virtual ~fact_finder() = default;
  virtual void find(roles::question q, std::function<void(put)> done) = 0;
};

/// Where a request can be sent, in order of preference: RFC 3263.
struct candidate {
  troupe::transport by = transport::udp;
  address to;
  std::string host; ///< the name that TLS has to verify; empty for numbers
  bool only_if_refused =
      false; ///< UDP for a request too large for it: only when TCP was refused (RFC 3261 clause 18.1.1)
};

class locator {
public:
  virtual ~locator() = default;
  /// Answers true and fills `out` when no look-up is needed; else calls `done` later, exactly once, with what was found
  /// (nothing: the name does not exist or the servers do not answer). `octets`: size of the request.
  virtual bool locate(std::string_view uri, std::size_t octets, std::vector<candidate>& out,
                      std::function<void(std::vector<candidate>)> done) = 0;
};

} // namespace troupe
