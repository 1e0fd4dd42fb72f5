// A hop between two networks without an IMS role: stateful, record-routing if it is told to, towards one next hop.
// RFC 3261 clause 16; the shell does clause 16's work, this says where to.
#pragma once

#include <string>

#include "actors/contracts/role.hpp"

namespace troupe::roles::transit {

struct options {
  std::string next_hop;     ///< SIP URI: where dialogs begin and what belongs to none goes
  bool record_route = true; ///< stay in the path of dialogs
};

class role final : public roles::role {
public:
  explicit role(options chosen) : options_(std::move(chosen)) {}

  role_id id() const noexcept override { return role_id::transit; }
  decision on_request(sip::message& request, const context& ctx, hop& own) const override;
  decision on_response(sip::message& response, const sip::message& request, const context& ctx,
                       hop& own) const override;

private:
  options options_;
};

} // namespace troupe::roles::transit
