// P-Charging-Vector and P-Charging-Function-Addresses: RFC 7315 clauses 4.5, 4.6 and 5.6; TS 24.229 clauses 5.2.6.3,
// 5.4.3.2 and 7.2A.5; TS 32.260 for what an ICID and an IOI are.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocols/base/random.hpp"
#include "protocols/base/result.hpp"
#include "protocols/base/time.hpp"

namespace troupe::ims {

/// Values are without quotes; empty: not there. Other parameters (access-network-charging-info, loopback...) are kept.
struct charging_vector {
  std::string icid;         ///< icid-value
  std::string generated_at; ///< icid-generated-at: host of who made it
  std::string orig_ioi;
  std::string term_ioi;
  std::string transit_ioi; ///< "op1.1,op2.2": each transit network appends itself
  std::string related_icid;
  std::string related_generated_at;
  std::string others; ///< ";name=value" as it came

  friend bool operator==(const charging_vector&, const charging_vector&) = default;
};

/// An ICID that no two calls share: time, and 64 random bits, and the host (TS 32.260 clause 5.1.3: unique for a
/// month at least).
charging_vector make_charging_vector(random_source& random, instant now, std::string_view host);

/// RFC 7315 clause 5.6: icid-value must be there.
result<charging_vector> parse_charging_vector(std::string_view value);
std::string to_string(const charging_vector& v);

/// `network` behind what is there; "void" entries of others stay. TS 24.229 clause 7.2A.5.2.8.
void append_transit_ioi(charging_vector& v, std::string_view network);

/// IOI type 1: between a visited and the home network (clause 5.2.2.1); 2: between originating and terminating home
/// (5.4.3.2); 3: between the home network and an AS (5.4.3.2). Types 1 and 3 stand in front of the value, type 2 has
/// no prefix.
enum class ioi_type { visited_to_home = 1, home_to_home = 2, home_to_service = 3 };
std::string make_ioi(ioi_type type, std::string_view network);

/// Addresses in the order of preference: the first is the primary.
struct charging_addresses {
  std::vector<std::string> ccf; ///< offline (Rf)
  std::vector<std::string> ecf; ///< online (Ro)

  bool empty() const noexcept { return ccf.empty() && ecf.empty(); }
  friend bool operator==(const charging_addresses&, const charging_addresses&) = default;
};

result<charging_addresses> parse_charging_addresses(std::string_view value);
std::string to_string(const charging_addresses& a);

} // namespace troupe::ims
