// The I-CSCF: TS 24.229 clause 5.3. It finds the S-CSCF of a user, by asking the HSS, and is out of the dialog again.
//
// The HSS names the S-CSCF that is assigned, or says what one must be able to do; then the I-CSCF chooses among those
// that it is told of. When the chosen one fails a REGISTER it chooses another, and never one twice for one request.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "actors/contracts/role.hpp"
#include "protocols/base/siphash.hpp"

namespace troupe::roles::icscf {

struct scscf {
  std::string name; ///< SIP URI, as it stands in the HSS
  std::vector<std::uint32_t> capabilities;
};

struct options {
  std::string home_domain;
  std::vector<scscf> scscfs; ///< to choose from, in the order of preference
  /// Under which our S-CSCFs make temporary GRUUs; and the S-CSCF (SIP URI) that they all are; empty: not known here.
  siphash_key gruu_secret{};
  std::string gruu_server = {};
  std::string fused_with = {}; ///< the S-CSCF (SIP URI) of this node's own halves, which is always there; empty: none
};

class role final : public roles::role {
public:
  explicit role(options chosen) : options_(std::move(chosen)) {}

  role_id id() const noexcept override { return role_id::icscf; }
  decision on_request(sip::message& request, const context& ctx, hop& own) const override;
  decision on_response(sip::message& response, const sip::message& request, const context& ctx,
                       hop& own) const override;

private:
  options options_;
};

} // namespace troupe::roles::icscf
