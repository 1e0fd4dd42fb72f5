#include "cluster/parent/last_word.hpp"

#include <utility>

namespace troupe::cluster {

namespace {

constexpr milliseconds again_after{20};

} // namespace

result<std::unique_ptr<last_word>> last_word::open(surroundings around) {
  auto setup = store::redis_setup::read(around.spec, around.redis);
  if (!setup)
    return tl::unexpected(setup.error());
  setup->options.timeout = around.bound;
  return std::unique_ptr<last_word>(new last_word(std::move(around), std::move(*setup)));
}

last_word::last_word(surroundings around, store::redis_setup setup)
    : around_(std::move(around)), setup_(std::move(setup)), redis_(loop_, setup_, {[] {}, [](const std::string&) {}}) {
  loop_.post([this] { redis_.start(); });
  loop_.start("last word");
}

void last_word::say(incarnation life) {
  {
    std::lock_guard held(mutex_);
    wanted_ = life;
    done_ = 0;
    said_ = false;
  }
  loop_.post([this, life] { attempt(life, store::event_loop::clock::now() + around_.bound); });
}

void last_word::attempt(incarnation life, store::event_loop::clock::time_point until) {
  redis_.ask(store_operation::mark_dead{around_.node, life}, 0, [this, life, until](const store_answer* answer) {
    if (answer != nullptr || store::event_loop::clock::now() >= until)
      return conclude(life, answer != nullptr);
    loop_.after(again_after, [this, life, until] { attempt(life, until); });
  });
}

void last_word::conclude(incarnation life, bool said) {
  if (!said)
    around_.report("the store could not be told within " + std::to_string(around_.bound.count()) +
                   " ms that this node's life " + std::to_string(life) + " has ended: its groups wait for its lease");
  std::lock_guard held(mutex_);
  if (life != wanted_)
    return;
  done_ = life;
  said_ = said;
  changed_.notify_all();
}

bool last_word::settled() {
  std::unique_lock held(mutex_);
  // Should the server have taken the word and now not answer, the connection's own time-out ends the attempt.
  changed_.wait_for(held, 2 * around_.bound, [this] { return done_ == wanted_; });
  return done_ == wanted_ && said_;
}

} // namespace troupe::cluster
