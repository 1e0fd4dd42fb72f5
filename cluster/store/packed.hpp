// A record's name as one text, for sets by key and for fields in Redis: the kind's octet, then the key.
#pragma once

#include <string>

#include "cluster/store/store.hpp"

namespace troupe::store {

inline std::string packed(entity_view id) {
  std::string out(1, static_cast<char>(id.type));
  return out += id.key;
}

/// Views `text`, which must not be empty.
inline entity_view unpacked(std::string_view text) noexcept {
  return {static_cast<kind>(text.front()), text.substr(1)};
}

} // namespace troupe::store
