// An implicit registration set at the S-CSCF: the shell around ims::registration_set and its watchers. TS 24.229 clauses
// 5.4.1 and 5.4.2.1.
#pragma once

#include <map>

#include "actors/registration/entity.hpp"

namespace troupe {

class registration_entity final : public entity<registration_entity, registration_actor> {
public:
  using base = entity<registration_entity, registration_actor>;
  registration_entity(caf::actor_config& config, shard& home, table& entities, const std::string& key,
                      registration_environment& env);
  behavior_type make_behavior() override;
  const char* name() const override { return "registration"; }

private:
  struct waiting {
    sip::message_ref request;
    answer_with answer;
  };
  void on(to_registration::registering& m);
  void on(to_registration::assigned& m);
  void on(to_registration::subscribing& m);
  void on(to_registration::notify_done& m);
  void on(to_registration::serve_unregistered& m);
  void on(to_registration::pushed& m);
  void on(to_registration::terminating& m);
  void on_time();

  void step(const ims::registrar_event_type& event);
  void watch(const ims::watcher_event_type& event);
  void carry_out(ims::registrar_effect::answer& e);
  void carry_out(ims::registrar_effect::refuse& e);
  void carry_out(ims::registrar_effect::assign& e);
  void carry_out(ims::registrar_effect::changed& e);
  void carry_out(ims::registrar_effect::register_at_servers& e);
  void carry_out(ims::registrar_effect::release_calls& e);
  void carry_out(ims::registrar_effect::forget& e);
  void carry_out(ims::watcher_effect::accept& e);
  void carry_out(ims::watcher_effect::refuse& e);
  void carry_out(ims::watcher_effect::notify& e);
  void persist();
  void publish();
  std::vector<std::string> identities_of(const ims::profile_snapshot& view) const;
  std::optional<instant> deadline() const;
  void reply(std::uint64_t ticket, sip::message response);
  void reply(std::uint64_t ticket, sip::message_ref response);
  std::string service_route() const;
  void abandon() override;

  ims::registration_set set_;
  ims::watcher_list watchers_;
  ims::profile_ref shown_;  ///< what calls see now
  bool registered_ = false; ///< as it was published
  std::map<std::uint64_t, waiting> waiting_;
  sip::message_ref answered_; ///< the 200 of this step
  std::uint64_t next_ticket_ = 1;
};

} // namespace troupe
