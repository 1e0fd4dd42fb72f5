// Which S-CSCF: TS 29.228 clause 6.7, TS 24.229 clauses 5.3.1.2 and 5.3.1.3.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/roles/icscf/icscf.hpp"
#include "protocols/diameter/cx.hpp"

namespace troupe::roles::icscf {

/// What the I-CSCF remembers of one request: whom it has tried, and by what it chose.
struct selection {
  bool by_capabilities = false; ///< the HSS gave capabilities, not (only) a name
  cx::server_capabilities wanted;
  std::vector<std::string> tried;

  friend bool operator==(const selection&, const selection&) = default;
};

std::string encode(const selection& s);
/// A note that cannot be read is one of nothing tried.
selection decode_selection(std::string_view note);

/// The best that was not tried: the HSS's own preference, else of those with all mandatory capabilities the one with
/// most of the optional ones; of equals the first. Nothing when there is none.
std::optional<std::string> choose(const std::vector<scscf>& known, const selection& s);

} // namespace troupe::roles::icscf
