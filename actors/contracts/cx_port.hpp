// The way to the HSS: the embedded one, or a foreign one by Diameter. TS 29.228.
#pragma once

#include <functional>

#include "protocols/diameter/cx.hpp"

namespace troupe {

/// One a shard. `done` runs on that shard, within the call or in a later round, exactly once: an HSS that does not answer
/// in time is answered for with cx::unable_to_deliver.
class cx_port {
public:
  virtual ~cx_port() = default;
  virtual void ask(cx::uar question, std::function<void(cx::uaa)> done) = 0;
  virtual void ask(cx::lir question, std::function<void(cx::lia)> done) = 0;
  virtual void ask(cx::mar question, std::function<void(cx::maa)> done) = 0;
  virtual void ask(cx::sar question, std::function<void(cx::saa)> done) = 0;
};

} // namespace troupe
