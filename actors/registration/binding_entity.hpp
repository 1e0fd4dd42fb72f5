// A UE's contact at the P-CSCF: the shell around ims::access_binding. TS 24.229 clauses 5.2.2, 5.2.3 and 5.2.5.
#pragma once

#include "actors/registration/entity.hpp"

namespace troupe {

class binding_entity final : public entity<binding_entity, binding_actor> {
public:
  using base = entity<binding_entity, binding_actor>;
  binding_entity(caf::actor_config& config, shard& home, table& entities, const std::string& key,
                 registration_environment& env);
  behavior_type make_behavior() override;
  const char* name() const override { return "binding"; }

  static std::string key_of(const sip::entity_key& key);

private:
  void on(to_binding::note& m);
  void on(to_binding::notified& m);
  void on(to_binding::subscribed& m);
  void on_time();
  void step(const ims::access_event_type& event, std::function<void()> stored = {});
  void carry_out(ims::access_effect::subscribe& e);
  void carry_out(ims::access_effect::answer_notify& e);
  void carry_out(ims::access_effect::removed& e);
  void carry_out(ims::access_effect::forget& e);
  void persist();
  void publish();

  ims::access_binding state_;
  sip::entity_key binding_key_;
  access_ref shown_;      ///< what calls see now
  std::string published_; ///< the source under which the binding is seen; empty: not seen
  // the NOTIFY at hand
  sip::message_ref notify_;
  answer_with answer_;
};

} // namespace troupe
