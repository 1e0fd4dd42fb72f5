// Key material is encrypted before it leaves for Redis (cluster.md 25): AES-256-GCM under the cluster's key, kind and
// key as additional data, so that no value opens under another's name.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/store/store.hpp"
#include "protocols/base/result.hpp"

namespace troupe::store {

/// Whether values of this kind hold keys of subscribers: CK, IK, ESP keys; K, OPc, H(A1).
bool holds_secrets(kind type) noexcept;

class key_ring {
public:
  /// Without keys nothing is encrypted.
  key_ring() = default;
  /// Lines of 64 hexadecimal digits; '#' begins a comment. The first key encrypts.
  static result<key_ring> load(const std::string& path);

  bool empty() const noexcept { return keys_.empty(); }
  /// {key id, nonce, ciphertext, tag}.
  std::string seal(entity_view id, std::string_view octets) const;

  enum class fault : std::uint8_t { none, unknown_key, damaged };
  /// The octets in `out`, or what is wrong.
  fault open(entity_view id, std::string_view sealed, std::string& out) const;

private:
  struct key {
    std::array<std::uint8_t, 32> octets;
    std::array<std::uint8_t, 4> id; ///< the head of its SHA-256: tells keys apart, and nothing else of them
  };

  std::vector<key> keys_;
};

} // namespace troupe::store
