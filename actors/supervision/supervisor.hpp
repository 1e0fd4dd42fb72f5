// A shard's supervisor: told of each actor that threw, it logs with the message that killed it, counts, and decides.
//
// Thousands of actors come and go a second, so it neither links nor monitors them: the pinned base reports a failure, and
// a good end costs nothing. What a restart means is the kind's own: an entity is made again from its stored value by the
// next message to it.
#pragma once

#include <exception>
#include <functional>
#include <string>
#include <string_view>

#include "actors/contracts/metrics.hpp"
#include "actors/supervision/pinned.hpp"
#include "actors/supervision/restart_policy.hpp"

namespace troupe {

struct failure {
  metric kind = metric::restarts_other; ///< one of metric::restarts_*
  std::string_view who;                 ///< the entity: a Call-ID, an IMPU
  std::string_view doing;               ///< the message that killed it
  std::string what;
};

class supervisor {
public:
  using logger = std::function<void(const failure&, verdict)>;
  using escalation = std::function<void(std::string why)>;

  supervisor(shard& home, metrics& counts, restart_intensity limit, logger log, escalation give_up)
      : home_(home), counts_(counts), policy_(limit), log_(std::move(log)), give_up_(std::move(give_up)) {}

  void on_failure(const failure& f) {
    counts_.add(f.kind);
    auto decided = policy_.on_failure(home_.now());
    log_(f, decided);
    if (decided == verdict::escalate)
      give_up_("too many failures: the last, of " + std::string(f.who) + ": " + f.what);
  }

private:
  shard& home_;
  metrics& counts_;
  restart_policy policy_;
  logger log_;
  escalation give_up_;
};

} // namespace troupe
