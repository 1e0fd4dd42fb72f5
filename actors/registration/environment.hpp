// What the registration actors of a shard work with.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "actors/contracts/cx_port.hpp"
#include "actors/contracts/metrics.hpp"
#include "actors/contracts/registration_messages.hpp"
#include "actors/dialog/own_requests.hpp"
#include "actors/registration/snapshots.hpp"
#include "protocols/ims/access_binding.hpp"
#include "protocols/ims/authentication.hpp"
#include "protocols/ims/registrar.hpp"
#include "protocols/ims/watchers.hpp"

namespace troupe {

struct registration_settings {
  std::string home_domain;
  std::string realm;
  std::string ioi;                               ///< of the home network
  std::string scscf_name;                        ///< SIP URI, as it stands in the HSS
  std::string scscf_host;                        ///< where Service-Route leads: host[:port][;transport=..]
  std::string pcscf_host;                        ///< the same for the P-CSCF's own dialogs
  std::string auth_scheme = cx::scheme::unknown; ///< asked of the HSS
  std::vector<std::string> digest_algorithms; ///< that may be asked for, the preferred first; the HSS may have others
  siphash_key secret{};
  ims::registrar_policy registrar;
  ims::authentication_policy authentication;
  ims::watcher_policy watchers;
  ims::access_policy access;
  seconds put_away_after{5};
  seconds retry_after{10}; ///< in a 500
};

class registration_front;

/// One a shard.
struct registration_environment {
  const registration_settings& own;
  metrics& counts;
  cx_port& hss;
  snapshots& seen;
  own_requests& requests;
  registration_front& front;
};

} // namespace troupe
