// Preconditions of a session: RFC 3312 clause 5, updated by RFC 4032.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "protocols/sdp/description.hpp"

namespace troupe::sdp {

enum class status_type : std::uint8_t { e2e, local, remote };
enum class strength : std::uint8_t { none, optional, mandatory, failure, unknown };
enum class tag_direction : std::uint8_t { none, send, recv, sendrecv }; ///< bit 0: send; bit 1: recv

struct precondition {
  enum class line : std::uint8_t { current, desired, confirm } kind = line::current;
  std::string_view type;                   ///< "qos", "sec", ...
  sdp::strength strength = strength::none; ///< of a desired one
  status_type status = status_type::e2e;
  tag_direction direction = tag_direction::none;
};

/// Of an attribute "curr", "des" or "conf"; nothing when it is none or malformed.
std::optional<precondition> parse_precondition(const attribute& a) noexcept;

std::vector<precondition> preconditions_of(const media& m);

/// Every mandatory desired status has been reached: the current one of its type and status has its direction.
bool preconditions_met(const media& m);
/// Of all media that are not rejected. True where there are none.
bool preconditions_met(const description& d);

} // namespace troupe::sdp
