// Pinned actors: event-based typed actors that run on their shard's thread, whoever sends to them.
// Touches how CAF schedules; keep it in this file.
#pragma once

#include <caf/logger.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <exception>
#include <string_view>

#include "actors/supervision/shard.hpp"

namespace troupe {

/// `Handle` is a caf::typed_actor<...>. Every actor class of ours derives from pinned, else it would run wherever its
/// sender runs.
template <class Handle>
class pinned : public Handle::base {
public:
  using super = typename Handle::base;

  pinned(caf::actor_config& config, shard& home) : super(config), home_(home) {
    this->set_exception_handler([this](std::exception_ptr& thrown) -> caf::error {
      on_failure(thrown);
      return caf::make_error(caf::sec::runtime_error);
    });
  }

  using super::enqueue;
  void enqueue(caf::mailbox_element_ptr element, caf::execution_unit*) override {
    super::enqueue(std::move(element), &home_.unit());
  }

  void launch(caf::execution_unit*, bool lazy, bool hide) override { super::launch(&home_.unit(), lazy, hide); }

  shard& home() const noexcept { return home_; }

protected:
  /// Messages wait: who ended now would lose them.
  bool has_mail() noexcept { return !this->mailbox().empty(); }

  /// A handler threw: the actor ends after this. It tells its supervisor here; nothing else is called on it but its
  /// destructor.
  virtual void on_failure(std::exception_ptr& thrown) = 0;

  /// A handler for a behaviour whose actor has a successor: if it throws, what waited behind that message is not lost but
  /// handed to `pass_on`, and the actor ends when nothing is left.
  template <class Message, class Act, class PassOn>
  auto succeeded(Act act, PassOn pass_on) {
    return [this, act = std::move(act), pass_on = std::move(pass_on)](Message& m) {
      if (failed_) {
        pass_on(m);
      } else {
        try {
          return act(m);
        } catch (...) {
          failed_ = true;
          auto thrown = std::current_exception();
          on_failure(thrown);
        }
      }
      if (!has_mail())
        this->quit();
    };
  }

private:
  shard& home_;
  bool failed_ = false;
};

/// What a caught exception says of itself, for a log.
std::string describe(const std::exception_ptr& thrown);

/// Spawns a pinned actor on its shard; hidden, because the system does not wait for them: the tree ends them.
template <class Actor, class... Args>
typename Actor::handle spawn_pinned(shard& home, Args&&... args) {
  caf::actor_config config{&home.unit()};
  auto made = home.system().template spawn_class<Actor, caf::hidden + caf::lazy_init>(config, home,
                                                                                      std::forward<Args>(args)...);
  // Spawning gives the thread CAF's logger, which then is told, under a lock, of each actor that runs. We do not use it.
  caf::logger::set_current_actor_system(nullptr);
  return made;
}

} // namespace troupe
