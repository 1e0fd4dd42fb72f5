#include "cluster/vip/keeper.hpp"

#include <deque>
#include <utility>

#include "cluster/store/thread.hpp"
#include "cluster/vip/announcer.hpp"
#include "cluster/vip/netlink.hpp"

namespace troupe::cluster {
namespace {

constexpr milliseconds tick_every{50};

class this_host final : public address_host {
public:
  vip_answer install(const service_address& a, seconds lifetime) override { return netlink_.install(a, lifetime); }
  vip_answer remove(const service_address& a) override { return netlink_.remove(a); }
  vip_answer announce(const service_address& a) override { return announcer_.announce(a); }

private:
  netlink_addresses netlink_;
  announcer announcer_;
};

} // namespace

std::unique_ptr<address_host> make_address_host() { return std::make_unique<this_host>(); }

address_keeper::address_keeper(vip_policy policy, std::unique_ptr<address_host> host, clock now, reporter report)
    : policy_(std::move(policy)),
      host_(std::move(host)),
      now_(std::move(now)),
      report_(std::move(report)),
      state_(make_virtual_addresses(policy_)),
      thread_(store::start_thread("addresses", [this] { run(); })) {}

address_keeper::~address_keeper() {
  {
    std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void address_keeper::post(virtual_address_event event) {
  {
    std::lock_guard lock(mutex_);
    posted_.push_back(std::move(event));
  }
  changed_.notify_one();
}

void address_keeper::run() {
  for (auto events = next_events(); !events.empty(); events = next_events())
    for (auto& event : events)
      give(std::move(event));
  release_all();
}

/// What was posted, or a tick; nothing when it is to end.
std::vector<virtual_address_event> address_keeper::next_events() {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, tick_every, [this] { return ending_ || !posted_.empty(); });
  if (ending_)
    return {};
  auto out = std::exchange(posted_, {});
  if (out.empty())
    out.emplace_back(vip_event::tick{});
  return out;
}

void address_keeper::give(virtual_address_event event) {
  std::deque<virtual_address_event> todo{std::move(event)};
  for (; !todo.empty(); todo.pop_front()) {
    auto step = on(std::move(state_), todo.front(), now_(), policy_);
    state_ = std::move(step.next);
    for (const auto& effect : step.effects)
      std::visit(
          [&](const auto& e) {
            if (auto said = perform(e, policy_.addresses[e.place]))
              todo.emplace_back(vip_event::answered{e.place, std::move(*said)});
          },
          effect);
  }
}

address_keeper::answer address_keeper::perform(const vip_effect::install& e, const service_address& address) {
  return host_->install(address, e.lifetime);
}

address_keeper::answer address_keeper::perform(const vip_effect::remove&, const service_address& address) {
  return host_->remove(address);
}

address_keeper::answer address_keeper::perform(const vip_effect::announce&, const service_address& address) {
  return host_->announce(address);
}

address_keeper::answer address_keeper::perform(const vip_effect::report& e, const service_address& address) {
  report_(address, e.fault);
  return {};
}

void address_keeper::release_all() {
  for (const auto& address : policy_.addresses)
    give(vip_event::release{address.group});
}

} // namespace troupe::cluster
