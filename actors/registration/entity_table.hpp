// A shard's entities of one kind, addressed by text: as actors while they work, as stored values while they are quiet.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "actors/contracts/metrics.hpp"
#include "actors/contracts/registration_messages.hpp"
#include "actors/supervision/pinned.hpp"
#include "actors/supervision/supervisor.hpp"
#include "cluster/store/store.hpp"

namespace troupe {

/// `Actor` has: handle, and a constructor (config, shard, entity_table&, key, Environment&). A message that it takes as
/// `timer_due` wakes it when its stored deadline has come.
template <class Actor, class Environment>
class entity_table {
public:
  entity_table(shard& home, store::partition& values, store::kind type, supervisor& failures, Environment& env)
      : home_(home), values_(values), type_(type), failures_(failures), env_(env) {}

  template <class Message>
  void tell(const std::string& key, Message m) {
    caf::anon_send(find_or_make(key), std::move(m));
  }

  /// After a start: each entity is made once, so that it publishes what calls read, and goes again.
  void recover() {
    std::vector<std::string> found;
    values_.for_each(type_, [&](std::string_view key, const store::record&) { found.emplace_back(key); });
    for (auto& key : found)
      tell(key, timer_due{});
  }

  // -- for the actors -------------------------------------------------------------------------------------------
  std::string_view stored(const std::string& key) {
    auto found = values_.find({type_, key});
    return found ? found->value : std::string_view{};
  }
  void put(const std::string& key, instant deadline, std::string_view value) {
    values_.put({type_, key}, deadline, value);
  }
  void erase(const std::string& key) { values_.erase({type_, key}); }
  bool settled() const { return values_.settled(); }
  void after_commit(std::function<void(store::outcome)> then) { values_.after_commit(std::move(then)); }
  void put_away(const std::string& key) {
    if (auto kept = values_.find({type_, key}))
      set_alarm(key, kept->deadline);
    live_.erase(key);
  }
  void failed(const std::string& key, std::string_view doing, std::string what) {
    failures_.on_failure({metric::restarts_registration, key, doing, std::move(what)});
    put_away(key);
  }
  std::size_t live() const noexcept { return live_.size(); }
  shard& home() const noexcept { return home_; }

private:
  struct alarm final : wheel::entry {
    entity_table* table = nullptr;
    std::string key;
    void fire() override {
      auto* owner = table;
      auto which = std::move(key);
      owner->alarms_.erase(which);
      owner->tell(which, timer_due{});
    }
  };

  const typename Actor::handle& find_or_make(const std::string& key) {
    if (auto found = live_.find(key); found != live_.end())
      return found->second;
    alarms_.erase(key);
    auto actor = spawn_pinned<Actor>(home_, *this, key, env_);
    return live_.emplace(key, std::move(actor)).first->second;
  }

  void set_alarm(const std::string& key, instant at) {
    auto& place = alarms_[key];
    place = std::make_unique<alarm>();
    place->table = this;
    place->key = key;
    home_.timers().arm(*place, at);
  }

  shard& home_;
  store::partition& values_;
  store::kind type_;
  supervisor& failures_;
  Environment& env_;
  std::unordered_map<std::string, typename Actor::handle> live_;
  std::unordered_map<std::string, std::unique_ptr<alarm>> alarms_;
};

} // namespace troupe
