// The base of a registration entity's actor: its key, its table, its alarm; reports its failure; goes when it is quiet.
#pragma once

#include "actors/registration/entity_table.hpp"
#include "actors/registration/environment.hpp"
#include "protocols/sip/make.hpp"

namespace troupe {

template <class Self, class Handle>
class entity : public pinned<Handle> {
public:
  using handle = Handle;
  using table = entity_table<Self, registration_environment>;

  entity(caf::actor_config& config, shard& home, table& entities, const std::string& key, registration_environment& env)
      : pinned<Handle>(config, home), entities_(entities), key_(key), env_(env) {
    alarm_.self = this;
  }

protected:
  /// For make_behavior. `doing` is for the log of a failure.
  template <class Message, class Act>
  auto handler(const char* doing, Act act) {
    return this->template succeeded<Message>(
        [this, doing, act](Message& m) {
          doing_ = doing;
          act(m);
        },
        [this](Message& m) { entities_.tell(key_, std::move(m)); });
  }
  instant now() const noexcept { return this->home().now(); }

  /// A final response of this entity. What failed for the time being says when to come again (RFC 3261 clause 20.33).
  sip::message refusal(const sip::message& request, int status) {
    auto response = sip::make_response(request, status, this->home().random().token(8));
    if (status == 500 || status == 503)
      response.set(sip::hdr::retry_after, std::to_string(env_.own.retry_after.count()));
    return response;
  }

  /// For the value that is to be stored: empty, with room from those before it.
  static std::string& blank() {
    thread_local std::string octets;
    octets.clear();
    return octets;
  }

  /// At the end of each message: wakes at `deadline`, or sooner, to go away when nothing is `pending`.
  void rest(std::optional<instant> deadline, bool pending) {
    auto quiet = now() + env_.own.put_away_after;
    auto at = pending ? deadline.value_or(now() + seconds(60)) : deadline ? std::min(*deadline, quiet) : quiet;
    this->home().timers().arm(alarm_, at);
  }
  void go_away() {
    if (this->has_mail())
      return; // what waits sets the alarm anew
    alarm_.cancel();
    entities_.put_away(key_);
    this->quit();
  }
  /// Runs `then` once what was put is stored, and `otherwise` if that has failed for now; neither when another node has
  /// the entity. One that has ended meanwhile does not matter to them.
  template <class Then, class Otherwise>
  void after_store(Then then, Otherwise otherwise) {
    if (entities_.settled())
      return then();
    entities_.after_commit([then = std::move(then), otherwise = std::move(otherwise)](store::outcome how) mutable {
      if (how == store::outcome::stored)
        then();
      else if (how == store::outcome::failed)
        otherwise();
    });
  }
  /// The same for what is kept in memory until the store takes it, and may go.
  template <class Then>
  void after_store(Then then) {
    after_store(then, [then, &counts = env_.counts]() mutable {
      counts.add(metric::sent_unstored);
      then();
    });
  }

  void on_failure(std::exception_ptr& thrown) override {
    alarm_.cancel();
    entities_.failed(key_, doing_, describe(thrown));
    abandon();
  }
  /// After a failure: what waits for an answer gets 500.
  virtual void abandon() {}

  table& entities_;
  std::string key_;
  registration_environment& env_;
  const char* doing_ = "";

private:
  struct alarm final : wheel::entry {
    entity* self = nullptr;
    void fire() override {
      caf::anon_send(caf::actor_cast<Handle>(static_cast<typename Handle::base*>(self)), timer_due{});
    }
  };
  alarm alarm_;
};

} // namespace troupe
