// libfdcore's headers, as C++ takes them.
#pragma once

#include <freeDiameter/freeDiameter-host.h>
//
#include <freeDiameter/libfdcore.h>

#include <pthread.h>
#include <stdexcept>
#include <string>

namespace troupe::diameter_framework {

/// Throws with what failed.
inline void need(int error, const char* what) {
  if (error != 0)
    throw std::runtime_error(std::string("freeDiameter: ") + what + ": error " + std::to_string(error));
}

/// The framework ends its threads by cancelling them, which must not happen within code of ours.
class uncancelled {
public:
  uncancelled() noexcept { ::pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before_); }
  uncancelled(const uncancelled&) = delete;
  ~uncancelled() { ::pthread_setcancelstate(before_, nullptr); }

private:
  int before_ = PTHREAD_CANCEL_ENABLE;
};

} // namespace troupe::diameter_framework
