// What calls read of registrations, from any shard: immutable snapshots by identity, binding and flow.
//
// A call on one shard needs the profile of a user whose set lives on another. Asking by message costs two hops and a wake-up;
// so each change publishes a new snapshot here, before the answer to its REGISTER leaves. The locks are striped and held for a
// look-up; the truth stays with the entity.
#pragma once

#include <array>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "protocols/ims/access_snapshot.hpp"
#include "protocols/ims/snapshot.hpp"
#include "protocols/sip/token.hpp"

namespace troupe {

using access_ref = std::shared_ptr<const ims::access_snapshot>;

/// A map from texts to values, by stripes.
template <class Value>
class striped_map {
public:
  std::optional<Value> find(std::string_view key) const {
    auto& s = of(key);
    std::lock_guard lock(s.guard);
    auto found = s.values.find(key);
    return found == s.values.end() ? std::nullopt : std::optional(found->second);
  }
  void set(std::string_view key, Value value) {
    auto& s = of(key);
    std::lock_guard lock(s.guard);
    if (auto found = s.values.find(key); found != s.values.end())
      found->second = std::move(value);
    else
      s.values.emplace(key, std::move(value));
  }
  /// Calls `look` with the value or null, under the lock.
  template <class Look>
  auto read(std::string_view key, Look look) const {
    auto& s = of(key);
    std::lock_guard lock(s.guard);
    auto found = s.values.find(key);
    return look(found == s.values.end() ? nullptr : &found->second);
  }
  /// Calls `change` with the value, a new one if there was none; it goes when that answers false.
  template <class Change>
  void update(std::string_view key, Change change) {
    auto& s = of(key);
    std::lock_guard lock(s.guard);
    auto place = s.values.try_emplace(std::string(key)).first;
    if (!change(place->second))
      s.values.erase(place);
  }
  /// Only if `still(value)` holds.
  template <class Predicate>
  void erase_if(std::string_view key, Predicate still) {
    auto& s = of(key);
    std::lock_guard lock(s.guard);
    auto found = s.values.find(key);
    if (found != s.values.end() && still(found->second))
      s.values.erase(found);
  }

private:
  struct text_hash {
    using is_transparent = void;
    // Not noexcept: libstdc++ then keeps each key's hash.
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  struct stripe {
    mutable std::mutex guard;
    std::unordered_map<std::string, Value, text_hash, std::equal_to<>> values;
  };
  const stripe& of(std::string_view key) const { return stripes_[text_hash{}(key) % stripes_.size()]; }
  stripe& of(std::string_view key) { return stripes_[text_hash{}(key) % stripes_.size()]; }
  std::array<stripe, 64> stripes_;
};

class snapshots {
public:
  struct set_entry {
    std::string key; ///< of the set
    ims::profile_ref profile;
  };

  // S-CSCF
  std::optional<set_entry> find_set(std::string_view impu) const { return sets_.find(impu); }
  /// Publishes for these identities (canonical forms); those of `before` that are not among them are taken away.
  void publish(const std::string& set_key, const std::vector<std::string>& impus, const ims::profile_ref& profile,
               const std::vector<std::string>& before);

  /// The sets in which this private identity has contacts.
  std::vector<std::string> find_sets_of(std::string_view impi) const {
    return impis_.find(impi).value_or(std::vector<std::string>{});
  }
  void publish_impis(const std::string& set_key, const std::vector<std::string>& impis,
                     const std::vector<std::string>& before);

  // P-CSCF
  access_ref find_binding(const sip::entity_key& key) const;
  /// Of the UEs behind this flow (source_key): the one with that contact, else the one with that identity (canonical),
  /// else the only one there; null where several are, or none.
  access_ref find_by_source(std::string_view source_key, std::string_view contact_uri, std::string_view identity) const;
  /// By the contact alone; null when several UEs have it, as behind address translators.
  access_ref find_by_contact(std::string_view contact_uri) const;
  void publish(const std::string& source_key, const access_ref& binding);
  void withdraw(const std::string& source_key, const access_ref& binding);

private:
  /// Many UEs may share a flow: a gateway, a test tool.
  struct source_entry {
    std::unordered_map<std::string, access_ref> by_contact, by_identity;
  };
  using access_list = std::vector<access_ref>;
  static std::string text_of(const sip::entity_key& key);

  striped_map<set_entry> sets_;
  striped_map<std::vector<std::string>> impis_;
  striped_map<access_ref> bindings_;
  striped_map<source_entry> sources_;
  striped_map<access_list> contacts_;
};

} // namespace troupe
