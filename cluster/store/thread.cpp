#include "cluster/store/thread.hpp"

#include <pthread.h>
#include <signal.h>

namespace troupe::store {
namespace {

class signals_blocked {
public:
  signals_blocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  signals_blocked(const signals_blocked&) = delete;
  ~signals_blocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

private:
  sigset_t before_;
};

} // namespace

std::thread start_thread(const char* name, std::function<void()> body) {
  signals_blocked during_start;
  std::thread out(std::move(body));
  pthread_setname_np(out.native_handle(), name);
  return out;
}

} // namespace troupe::store
