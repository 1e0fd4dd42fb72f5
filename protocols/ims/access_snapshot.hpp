// A UE's contact as the P-CSCF knows it from the last 200 to its REGISTER: TS 24.229 clause 5.2.2.1. Immutable; calls
// read it, and a change of the registration makes another.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "protocols/base/time.hpp"
#include "protocols/ims/charging.hpp"
#include "protocols/ims/identity.hpp"
#include "protocols/sip/token.hpp"

namespace troupe::ims {

struct access_snapshot {
  sip::entity_key key; ///< that our Path token carries
  std::string impi;
  std::vector<associated_uri> associated; ///< P-Associated-URI: the first is the default public user identity
  std::vector<std::string> service_route; ///< URIs in the order of Service-Route
  std::string path;                       ///< our own Path URI
  std::string contact;                    ///< the UE's contact URI
  std::string flow;                       ///< encode(troupe::flow): what the UE's REGISTER came by
  bool registered = false;                ///< false: only challenged so far, or ended
  std::string instance_id;                ///< of +sip.instance, without <>; empty if none
  std::uint32_t reg_id = 0;
  charging_addresses charging;
  std::string visited_network;
  instant expires_at;

  /// The default public user identity; empty when there is none.
  std::string default_impu() const { return associated.empty() ? std::string() : associated.front().uri; }
  friend bool operator==(const access_snapshot&, const access_snapshot&) = default;
};

} // namespace troupe::ims
