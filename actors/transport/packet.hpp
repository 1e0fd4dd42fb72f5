// Octets on their way out. Counted: a transaction keeps what it may have to send again while it is being sent.
#pragma once

#include <string>

#include "protocols/base/ref.hpp"
#include "protocols/sip/message.hpp"

namespace troupe {

struct packet : counted {
  std::string octets;

  explicit packet(std::string bytes) : octets(std::move(bytes)) {}
};
using packet_ref = ref<const packet>;

inline packet_ref make_packet(const sip::message& m) {
  std::string bytes;
  bytes.reserve(m.size_hint());
  m.write(bytes);
  return packet_ref(new packet(std::move(bytes)));
}

} // namespace troupe
