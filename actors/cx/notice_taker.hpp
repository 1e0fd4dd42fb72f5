// RTR and PPR of a foreign HSS at a CSCF: checked, given to whoever has the registrations, answered with what came of it.
// TS 29.228 clauses 6.1.3 and 6.2.
#pragma once

#include <functional>
#include <string>

#include "actors/contracts/diameter.hpp"
#include "protocols/diameter/cx.hpp"

namespace troupe {

struct notice_taker {
  using told = std::function<void(cx::result_code)>;

  std::string origin_host, origin_realm;
  /// From the port's thread; what they are given is called once, from any thread.
  std::function<void(cx::rtr, told)> terminate;
  std::function<void(cx::ppr, told)> push;
};

void serve_notices(diameter_port& port, notice_taker to);

} // namespace troupe
