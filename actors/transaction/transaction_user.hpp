// Whom transactions work for: the shard's table of calls. Called within a round, on the shard.
#pragma once

#include "actors/contracts/messages.hpp"

namespace troupe {

class transaction_user {
public:
  virtual ~transaction_user() = default;
  virtual void tell(const call_id& to, to_call::request m) = 0;
  virtual void tell(const call_id& to, to_call::cancel m) = 0;
  virtual void tell(const call_id& to, to_call::response m) = 0;
  virtual void tell(const call_id& to, to_call::branch_failed m) = 0;
  virtual void tell(const call_id& to, to_call::server_failed m) = 0;
};

} // namespace troupe
