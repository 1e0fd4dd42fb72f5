// The gateway: the one actor of a node that others send to, and through which all from other nodes comes.
#pragma once

#include "actors/link/links.hpp"
#include "actors/supervision/pinned.hpp"

namespace troupe {

class gateway final : public pinned<link_gateway_actor> {
public:
  using handle = link_gateway_actor;
  using escalation = std::function<void(std::string why)>;

  gateway(caf::actor_config& config, shard& home, links& of, escalation give_up)
      : pinned(config, home), links_(of), give_up_(std::move(give_up)) {}

  behavior_type make_behavior() override {
    return {[this](to_link::use& m) { links_.use(std::move(m.receiver)); },
            [this](to_link::send& m) { links_.send(m.to, std::move(m.message)); },
            [this](const to_link::consumed& m) { links_.consumed(m.from, m.what); },
            [this](to_link::ask_peers) { return to_link::peers{links_.peers()}; }};
  }

protected:
  void on_failure(std::exception_ptr& thrown) override { give_up_("the links failed: " + describe(thrown)); }

private:
  links& links_;
  escalation give_up_;
};

} // namespace troupe
