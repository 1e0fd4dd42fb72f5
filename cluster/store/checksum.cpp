#include "cluster/store/checksum.hpp"

#include "protocols/base/cursor.hpp"
#include "protocols/base/siphash.hpp"

namespace troupe::store {

std::uint64_t checksum(entity_view id, const record& value) {
  std::string all;
  all.reserve(id.key.size() + value.value.size() + 32);
  writer out(all);
  out.u8(static_cast<std::uint8_t>(id.type));
  out.number(value.version);
  out.signed_number(value.deadline.ms);
  out.text(id.key);
  out.text(value.value);
  return siphash({0x7472'6f75'7065'0003, 3}, all);
}

} // namespace troupe::store
