// The P-CSCF without IPsec: TS 24.229 clause 5.2. The first hop of a UE: it says for the network who the UE is and by which
// way it came, believes nothing of that kind from the UE, and tells the UE nothing that is the network's own.
#pragma once

#include <string>
#include <vector>

#include "actors/contracts/role.hpp"
#include "protocols/base/siphash.hpp"

namespace troupe::roles::pcscf {

/// What becomes of an initial request whose Routes are not the stored Service-Route: clause 5.2.6.3.3 step 2 allows both.
enum class foreign_route : std::uint8_t { replace, refuse };

struct options {
  std::string home_domain;
  std::string visited_network_id;        ///< P-Visited-Network-ID
  std::string icscf;                     ///< SIP URI of the home network's I-CSCF; empty: by the Request-URI
  std::string ioi;                       ///< of the network that this P-CSCF is in
  std::string host;                      ///< icid-generated-at; may be empty
  std::vector<std::string> trust_domain; ///< other home domains whose users may register here
  std::string access_network_info;       ///< P-Access-Network-Info without its marker; empty: none is added
  std::vector<std::string> emergency_numbers{"112", "911"};
  siphash_key binding_secret{}; ///< for the keys of bindings; the same on all nodes of a cluster
  foreign_route on_foreign_route = foreign_route::replace;
  /// Take a UDP source for an IP association (ip-assoc-yes). Off: it can lie, and the S-CSCF would not challenge it.
  bool believe_udp_source = false;
  bool tls = false; ///< UEs can come by TLS: the security mechanism to agree on
};

class role final : public roles::role {
public:
  explicit role(options chosen) : options_(std::move(chosen)) {}

  role_id id() const noexcept override { return role_id::pcscf; }
  decision on_request(sip::message& request, const context& ctx, hop& own) const override;
  decision on_response(sip::message& response, const sip::message& request, const context& ctx,
                       hop& own) const override;
  std::string holder(const hop& own) const override;
  std::optional<ims::charged_party> charged(const hop& own, const charged_call& call) const override;

private:
  options options_;
};

} // namespace troupe::roles::pcscf
