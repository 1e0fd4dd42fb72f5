// The service profile of an implicit registration set, shared by all subscribers that have the same: TS 29.228 Annex B.
//
// A million subscribers have a few dozen different profiles. Each text is kept and parsed once; a subscriber's
// User-Data is made from it when an S-CSCF asks.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "protocols/ims/profile.hpp"

namespace troupe::hss {

struct identity;

struct services {
  std::string text; ///< an IMSSubscription; what is stored
  ims::subscription parsed;
  /// The text names identities of its own, and so says which profile is whose; else its one profile is everyone's.
  bool own_identities = false;
  /// Has criteria that may hold for a terminating request while nobody is registered: TS 29.228 clause 6.1.4.1.
  bool for_unregistered = false;
};
using services_ref = std::shared_ptr<const services>; ///< null: no services

/// Equal texts give equal pointers while one is in use. Thread-safe.
class services_pool {
public:
  /// A whole IMSSubscription or a ServiceProfile alone; empty gives null.
  result<services_ref> get(std::string_view text);
  /// Of criteria alone.
  services_ref get(const std::vector<ims::filter_criterion>& criteria);

private:
  std::mutex lock_;
  std::map<std::string, std::weak_ptr<const services>, std::less<>> known_;
};

/// The IMSSubscription that an S-CSCF gets: Annex E.
std::string make_user_data(const std::string& impi, const std::vector<identity>& identities, const services* services);

/// Whether a criterion can hold in a session case, whatever else the request is.
bool may_hold(const ims::filter_criterion& criterion, ims::session_case in);

} // namespace troupe::hss
