// All subscriptions in memory, found by private or public identity: every read of Cx ends here, none touches the disk.
//
// The indexes are divided into stripes, so that shards seldom meet at a lock; a stripe's lock is held for the look-up
// alone, a record's while one request is decided.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <unordered_map>

#include "actors/roles/hss/machine.hpp"

namespace troupe::hss {

/// One subscription. All but `id` is guarded by `lock`.
struct record {
  explicit record(std::int64_t number) noexcept : id(number) {}

  const std::int64_t id; ///< row in the database
  std::mutex lock;
  std::shared_ptr<const subscriber> who; ///< null: it has been removed
  assignment state;
  std::vector<sequence> sequences;                           ///< of each of who->privates; unused for SIP digest
  std::vector<std::shared_ptr<const std::string>> user_data; ///< of each set, while an S-CSCF serves it

  /// Requests that wait until more sequence numbers are reserved on disk. True: they are; false: they cannot be.
  std::vector<std::function<void(bool)>> waiting;
  bool reserving = false;

  /// How many times the keeper was given the state, and which of them is stored.
  std::uint64_t states_given = 0, states_kept = 0;
  /// While the definition is being changed states are not given to the keeper: they follow in the new one's shape. Who
  /// waits for one is told then.
  bool changing = false;
  std::vector<std::function<void(bool)>> parked;
};
using record_ref = std::shared_ptr<record>;

class directory {
public:
  record_ref find_impi(std::string_view impi) const { return impis_.find(impi); }
  /// `impu` is canonical.
  record_ref find_impu(std::string_view impu) const { return impus_.find(impu); }

  /// Makes the record found by the identities of `now` and no longer by those that `before` alone has; either may be
  /// null. Identities must not be another record's.
  void index(const record_ref& of, const subscriber* before, const subscriber* now);

  /// Each record, in the order of nothing.
  void for_each(const std::function<void(const record_ref&)>& visit) const { impis_.for_each(visit); }
  std::size_t size() const noexcept { return impis_.size(); } ///< private identities

private:
  struct text_hash {
    using is_transparent = void;
    // Not noexcept: libstdc++ then keeps each key's hash, instead of computing it again for its neighbours.
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  class striped_map {
  public:
    record_ref find(std::string_view key) const;
    void put(std::string_view key, const record_ref& value);
    void erase(std::string_view key);
    void for_each(const std::function<void(const record_ref&)>& visit) const;
    std::size_t size() const;

  private:
    struct alignas(64) stripe {
      mutable std::shared_mutex lock;
      std::unordered_map<std::string, record_ref, text_hash, std::equal_to<>> map;
    };
    stripe& of(std::string_view key) const;

    mutable std::array<stripe, 64> stripes_;
  };

  striped_map impis_;
  striped_map impus_;
};

} // namespace troupe::hss
