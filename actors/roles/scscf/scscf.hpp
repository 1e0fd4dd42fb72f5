// The S-CSCF: TS 24.229 clause 5.4. It serves registered users: their REGISTER goes to the registrar, their calls through the
// application servers of their profile and out, calls for them through theirs and to their contacts.
//
// A request that an application server has seen comes back by a Route of ours. That Route carries the original dialog
// identifier: in its token which filter criterion is next, in its "odi" parameter whom the chain is for and in which case.
// So the chain goes on also when the AS comes back in a dialog of its own, or to another node.
#pragma once

#include <string>
#include <vector>

#include "actors/contracts/role.hpp"
#include "protocols/base/siphash.hpp"

namespace troupe::roles::scscf {

struct options {
  std::string name; ///< our SIP URI, as it stands in the HSS
  std::string home_domain;
  std::string icscf;                     ///< SIP URI for requests to the home domain; empty: by the Request-URI
  std::string ioi;                       ///< of the home network
  std::string host;                      ///< icid-generated-at of what an AS begins; may be empty
  std::vector<std::string> trust_domain; ///< other networks that may know what ours knows
  siphash_key gruu_secret{};             ///< the registrar's
};

class role final : public roles::role {
public:
  explicit role(options chosen) : options_(std::move(chosen)) {}

  role_id id() const noexcept override { return role_id::scscf; }
  decision on_request(sip::message& request, const context& ctx, hop& own) const override;
  decision on_response(sip::message& response, const sip::message& request, const context& ctx,
                       hop& own) const override;
  std::string holder(const hop& own) const override;
  std::optional<ims::charged_party> charged(const hop& own, const charged_call& call) const override;

private:
  options options_;
};

} // namespace troupe::roles::scscf
