#include "cluster/authority/authority.hpp"

#include <algorithm>
#include <utility>

#include "cluster/authority/boot_time.hpp"
#include "cluster/authority/lives.hpp"

namespace troupe::cluster {

namespace {

constexpr milliseconds tick_every{50}, look_every{1'000};

std::vector<node_id> nodes_of(const std::vector<map_member>& members) {
  std::vector<node_id> out;
  out.reserve(members.size());
  for (const auto& m : members)
    out.push_back(m.node);
  return out;
}

} // namespace

result<std::unique_ptr<authority>> authority::open(authority_options options, authority_host& host) {
  auto setup = store::redis_setup::read(options.spec, options.redis);
  if (!setup)
    return tl::unexpected(setup.error());
  setup->options.timeout = options.leases.serve_for; // a later answer extends nothing
  return std::unique_ptr<authority>(new authority(std::move(options), std::move(*setup), host));
}

authority::authority(authority_options options, store::redis_setup setup, authority_host& host)
    : options_(std::move(options)),
      setup_(std::move(setup)),
      host_(host),
      ticks_(options_.shards),
      ticks_at_renewal_(options_.shards),
      redis_(loop_, setup_, {[this] { last_trouble_.clear(); }, [this](const std::string& why) { trouble(why); }}) {
  loop_.post([this] {
    redis_.start();
    tick();
    look_at_replication();
  });
  loop_.start("authority");
}

authority::~authority() { loop_.stop(); }

void authority::begin_life() {
  loop_.post([this] {
    auto life = next_life(options_.life_file, last_life_);
    if (!life) {
      host_.report(life.error().what);
      return loop_.after(milliseconds(1000), [this] { begin_life(); });
    }
    std::lock_guard held(mutex_);
    life_ = last_life_ = *life;
    why_ = life_end::late;
    member_ = make_membership(options_.self, life_, nodes_of(options_.owners.members), boot_time(), options_.leases);
    owner_ = make_ownership(options_.self, life_, options_.owners);
  });
}

void authority::give(membership_event event) {
  loop_.post([this, event = std::move(event)] { step(event); });
}

void authority::give(ownership_event event) {
  loop_.post([this, event = std::move(event)] { step(event); });
}

direction authority::route(group_id group, unsigned hops) const {
  std::lock_guard held(mutex_);
  return cluster::route(owner_, group, hops);
}

authority::snapshot authority::view() const {
  std::lock_guard held(mutex_);
  return {member_, owner_, replication_};
}

void authority::tick() {
  loop_.after(tick_every, [this] { tick(); });
  step(member_event::tick{shards_alive()});
  step(owner_event::tick{live_nodes(member_, options_.leases), member_.at == membership::phase::serving, map_version_});
}

/// For people to look at: nothing is decided by it.
void authority::look_at_replication() {
  redis_.ask_replication([this](const store::replication_facts* seen) {
    std::lock_guard held(mutex_);
    replication_ = seen != nullptr ? std::optional(*seen) : std::nullopt;
  });
  loop_.after(look_every, [this] { look_at_replication(); });
}

/// Each shard has ticked since the renewal before.
bool authority::shards_alive() const {
  return std::equal(ticks_.begin(), ticks_.end(), ticks_at_renewal_.begin(),
                    [](const auto& now, auto then) { return now.load(std::memory_order_relaxed) != then; });
}

void authority::step(const membership_event& event) {
  if (life_ == 0)
    return;
  std::unique_lock held(mutex_);
  auto done = on(std::move(member_), event, boot_time(), options_.leases);
  member_ = std::move(done.next);
  held.unlock();
  carry_out(done.effects);
}

void authority::step(const ownership_event& event) {
  if (life_ == 0)
    return;
  std::unique_lock held(mutex_);
  auto done = on(std::move(owner_), event, boot_time(), options_.owners);
  owner_ = std::move(done.next);
  held.unlock();
  carry_out(done.effects);
}

template <class Effects>
void authority::carry_out(const Effects& effects) {
  for (const auto& effect : effects)
    if (life_ != 0)
      std::visit([this](const auto& e) { this->run(e); }, effect);
}

/// What is answered to an earlier life is dropped, and what is not answered at all: each machine asks again.
void authority::ask(const store_operations& what, std::uint32_t replicas,
                    std::function<void(const store_answer&)> then) {
  redis_.ask(what, replicas, [this, life = life_, then = std::move(then)](const store_answer* answer) {
    if (answer != nullptr && life == life_)
      then(*answer);
  });
}

/// Once each: an absent Redis is tried several times a second.
void authority::trouble(const std::string& why) {
  if (why != std::exchange(last_trouble_, why))
    host_.report(why);
}

} // namespace troupe::cluster
