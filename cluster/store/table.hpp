// A partition's records in memory. A million dialogs of 700 octets must fit into 1 GiB, so a record is one allocation
// of header, key and value, and the table is two arrays: pointers, and 32 bits of hash to compare before following
// one. Linear probing; 64 segments that grow one by one and by a quarter, so that no put waits for a million records to
// move and little stands empty.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "cluster/store/store.hpp"
#include "protocols/base/siphash.hpp"

namespace troupe::store {

class record_table {
public:
  explicit record_table(const siphash_key& key) noexcept : key_(key) {}
  record_table(record_table&&) noexcept = default;
  ~record_table();

  /// `value` lives until the next change.
  std::optional<record> find(entity_view id) const noexcept;
  /// The version that the record has now. `value` may view the record that it replaces.
  std::uint64_t put(entity_view id, instant deadline, std::string_view value);
  /// A record from elsewhere, with its version.
  void restore(entity_view id, const record& from);
  bool erase(entity_view id) noexcept;

  void for_each(kind type, const std::function<void(std::string_view key, const record&)>& visit) const;
  void for_each(const std::function<void(entity_view id, const record&)>& visit) const;
  /// A part of the records, for what must not keep a thread for long. A key stays in its part.
  static constexpr std::size_t parts = 64;
  void for_each_in(std::size_t part, const std::function<void(entity_view id, const record&)>& visit) const;
  std::size_t size() const noexcept { return size_; }
  std::size_t memory() const noexcept;

private:
  struct blob;
  struct segment {
    std::unique_ptr<blob*[]> blobs;
    std::unique_ptr<std::uint32_t[]> hashes;
    std::uint32_t capacity = 0, used = 0;

    std::uint32_t home(std::uint32_t hash) const noexcept {
      return static_cast<std::uint32_t>(std::uint64_t{hash} * capacity >> 32);
    }
    std::uint32_t after(std::uint32_t index) const noexcept { return index + 1 == capacity ? 0 : index + 1; }
  };
  struct place {
    segment* in;
    std::uint32_t hash, index;
  };

  place locate(entity_view id) const noexcept;
  /// At what locate() answered for `id`. Version 0: one more than what is there.
  std::uint64_t store(place at, entity_view id, std::uint64_t version, instant deadline, std::string_view value);
  void resize(segment& of, std::uint32_t capacity);
  void close_gap(segment& of, std::uint32_t gap) noexcept;

  siphash_key key_;
  mutable std::array<segment, parts> segments_;
  std::size_t size_ = 0, octets_ = 0;
};

} // namespace troupe::store
