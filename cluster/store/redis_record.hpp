// How records stand in Redis: which keys a group has, and what a field of their hashes holds.
// docs/decisions/redis-data-model.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cluster/store/packed.hpp"
#include "cluster/store/redis_seal.hpp"
#include "cluster/store/store.hpp"

namespace troupe::store {

/// A group's records are spread over so many hashes, so that they can be read, renamed and freed in pieces.
inline constexpr std::uint32_t buckets = 64;

std::uint32_t bucket_of(entity_view id) noexcept;

/// The names of a group's keys: "{troupe:g7}:d:12". What stands in braces puts them on one node of a Redis Cluster.
struct group_keys {
  std::string tag;

  group_keys(std::string_view prefix, group_number group)
      : tag('{' + std::string(prefix) + 'g' + std::to_string(group) + '}') {}
  std::string fence() const { return tag + ":e"; }
  std::string data(std::uint32_t bucket) const { return tag + ":d:" + std::to_string(bucket); }
  /// Where a rewrite gathers what will replace data().
  std::string fresh(std::uint32_t bucket) const { return tag + ":n:" + std::to_string(bucket); }
  std::string quarantine() const { return tag + ":q"; }
  /// Charging records for readers outside; and by which ids, with their times, they are recognised.
  std::string stream() const { return tag + ":cdr"; }
  std::string published() const { return tag + ":cdr-ids"; }
  /// The hash slot of Redis Cluster.
  std::uint16_t slot() const noexcept;
};

/// {format, flags, version, deadline, octets, checksum}; key material sealed, if there is a key.
std::string encode_record(entity_view id, const record& value, const key_ring& keys);

enum class record_fault : std::uint8_t { none, damaged, unknown_key, newer_format };
/// `out.value` views `encoded`, or `opened` where it was sealed.
record_fault decode_record(entity_view id, std::string_view encoded, const key_ring& keys, record& out,
                           std::string& opened);

} // namespace troupe::store
