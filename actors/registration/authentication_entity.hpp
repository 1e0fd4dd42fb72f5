// A private identity's challenge at the S-CSCF: the shell around ims::authentication. TS 24.229 clause 5.4.1.2.
#pragma once

#include <map>

#include "actors/registration/entity.hpp"
#include "protocols/ims/auth_digest.hpp"

namespace troupe {

class authentication_entity final : public entity<authentication_entity, authentication_actor> {
public:
  using base = entity<authentication_entity, authentication_actor>;
  authentication_entity(caf::actor_config& config, shard& home, table& entities, const std::string& impi,
                        registration_environment& env);
  behavior_type make_behavior() override;
  const char* name() const override { return "authentication"; }

private:
  struct waiting {
    sip::message_ref request;
    answer_with answer;
  };
  void on(to_authentication::register_received& m);
  void on(to_authentication::vectors& m);
  void step(const ims::authentication_event& event);
  void persist();
  void carry_out(ims::auth_effect::fetch_vectors& e);
  void carry_out(ims::auth_effect::challenge& e);
  void carry_out(ims::auth_effect::accept& e);
  void carry_out(ims::auth_effect::refuse& e);
  void carry_out(ims::auth_effect::tell_hss& e);
  void reply(std::uint64_t ticket, int status);
  bool contact_is_registered(const sip::message& request) const;
  void abandon() override;

  ims::authentication state_;
  std::map<std::uint64_t, waiting> waiting_;
  std::uint64_t next_ticket_ = 1;
};

} // namespace troupe
