// Contact addresses compared: RFC 3261 clause 19.1.4.
#pragma once

#include "protocols/sip/uri.hpp"

namespace troupe::ims {

inline bool same_address(std::string_view a, std::string_view b) {
  if (a == b)
    return true;
  auto one = sip::parse_uri(a);
  auto two = sip::parse_uri(b);
  return one && two && sip::equivalent(*one, *two);
}

} // namespace troupe::ims
