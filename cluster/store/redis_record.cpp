#include "cluster/store/redis_record.hpp"

#include "cluster/store/checksum.hpp"
#include "cluster/store/redis_routes.hpp"
#include "protocols/base/cursor.hpp"
#include "protocols/base/siphash.hpp"

namespace troupe::store {
namespace {

constexpr std::uint8_t format = 1, sealed_flag = 1;
constexpr std::size_t checksum_size = 8;

std::string octets_of(std::uint64_t number) {
  std::string out;
  for (int shift = 56; shift >= 0; shift -= 8)
    out += static_cast<char>(number >> shift);
  return out;
}

} // namespace

std::uint32_t bucket_of(entity_view id) noexcept {
  // A fixed key: every version of the program must find what another has written.
  return static_cast<std::uint32_t>(siphash({0x7472'6f75'7065'0004, static_cast<std::uint64_t>(id.type)}, id.key)) %
         buckets;
}

/// CRC-16/XMODEM of what stands in the braces, as Redis Cluster's specification has it.
std::uint16_t group_keys::slot() const noexcept { return hash_slot(tag); }

std::string encode_record(entity_view id, const record& value, const key_ring& keys) {
  auto seal = holds_secrets(id.type) && !keys.empty();
  auto sealed = seal ? keys.seal(id, value.value) : std::string{};
  auto octets = seal ? std::string_view(sealed) : value.value;
  std::string out;
  out.reserve(octets.size() + 32);
  writer into(out);
  into.u8(format);
  into.u8(seal ? sealed_flag : 0);
  into.number(value.version);
  into.signed_number(value.deadline.ms);
  out += octets;
  out += octets_of(checksum(id, {0, {}, out})); // over head and octets as they stand, whatever the format
  return out;
}

record_fault decode_record(entity_view id, std::string_view encoded, const key_ring& keys, record& out,
                           std::string& opened) {
  if (encoded.size() < checksum_size || id.key.size() > longest_key)
    return record_fault::damaged;
  auto guarded = encoded.substr(0, encoded.size() - checksum_size);
  if (encoded.substr(guarded.size()) != octets_of(checksum(id, {0, {}, guarded})))
    return record_fault::damaged;
  reader in(guarded);
  if (in.u8() != format)
    return record_fault::newer_format;
  auto sealed = (in.u8() & sealed_flag) != 0;
  out.version = in.number();
  out.deadline.ms = in.signed_number();
  if (!in.ok())
    return record_fault::damaged;
  out.value = guarded.substr(guarded.size() - in.left());
  if (sealed) {
    auto fault = keys.open(id, out.value, opened);
    if (fault != key_ring::fault::none)
      return fault == key_ring::fault::unknown_key ? record_fault::unknown_key : record_fault::damaged;
    out.value = opened;
  }
  return out.value.size() <= largest_value ? record_fault::none : record_fault::damaged;
}

} // namespace troupe::store
