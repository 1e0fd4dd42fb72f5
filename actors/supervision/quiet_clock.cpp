#include "actors/supervision/quiet_clock.hpp"

#include <caf/actor_system.hpp>
#include <caf/detail/thread_safe_actor_clock.hpp>
#include <caf/policy/work_sharing.hpp>
#include <caf/scheduler/coordinator.hpp>
#include <thread>

namespace troupe {
namespace {

class quiet_clock : public caf::detail::thread_safe_actor_clock {
public:
  void cancel_timeouts(caf::abstract_actor*) override {}
};

class quiet_scheduler : public caf::scheduler::coordinator<caf::policy::work_sharing> {
public:
  using super = caf::scheduler::coordinator<caf::policy::work_sharing>;
  using super::super;

  caf::detail::thread_safe_actor_clock& clock() noexcept override { return clock_; }

  void start() override {
    super::start();
    dispatcher_ = std::thread([this] { clock_.run_dispatch_loop(); });
  }

  void stop() override {
    super::stop();
    clock_.cancel_dispatch_loop();
    dispatcher_.join();
  }

  static caf::actor_system::module* make(caf::actor_system& system, caf::detail::type_list<>) {
    return new quiet_scheduler(system);
  }

private:
  quiet_clock clock_;
  std::thread dispatcher_;
};

} // namespace

void use_quiet_clock(caf::actor_system_config& config) {
  config.set("scheduler.max-threads", 1u);
  config.load<quiet_scheduler>();
}

} // namespace troupe
