// One node: the cluster's machines, and a shell that carries out their effects as the product's does.
#pragma once

#include <deque>
#include <map>
#include <set>

#include "chaos/simulation/world.hpp"
#include "cluster/fencing/gate.hpp"

namespace troupe::simulation {

/// A call as the owner of its group keeps it; encoded, the value in the store.
struct call_value {
  enum class phase : std::uint8_t { proceeding = 1, answered, acknowledged, ended };
  phase at = phase::proceeding;
  std::uint64_t tag = 0;

  friend bool operator==(const call_value&, const call_value&) = default;
};
std::string encode(const call_value& value);
call_value decode_call(std::string_view octets);
std::string encode(const values& all);
values decode_values(std::string_view octets);

class node {
public:
  node(world& w, unsigned index);

  void start();
  /// The process ends; `parent_tells`: its parent does what a parent does and starts another.
  void crash(bool parent_tells, moment down_for);
  void pause(moment lasting);
  /// For so long pauses fall between any two effects.
  void stutter(moment lasting) { stutters_until_ = world_.time.now() + lasting; }
  void drain();

  void hear(unsigned from, const std::string& octets);
  void hear_handover(unsigned from, const std::string& octets);
  void receive(const call_message& message, unsigned hops);

  instant clock() const;
  bool drains() const noexcept { return drains_; }
  bool speaks_for(group_id group) const; ///< its gate is open now
  token token_of(group_id group) const { return gate_.groups[index_of(group)].by; }
  const ownership& owned() const noexcept { return owner_; }
  std::size_t calls() const;
  node_id id() const noexcept { return static_cast<node_id>(index_ + 1); }

private:
  struct outgoing {
    call_message message;
    token by;
  };
  /// What a node keeps for a group, and its group commit.
  struct serving {
    bool open = false, held = false, rewriting = false;
    token by;
    std::map<std::uint32_t, call_value> calls;
    std::map<std::uint32_t, moment> timers; ///< of calls, so that each has one
    std::set<std::uint32_t> dirty, in_flight;
    std::vector<outgoing> waiting, leaving; ///< for the next commit, for the one under way
    std::uint64_t commits = 0;
    bool planned = false;
    std::vector<call_message> queue; ///< held back
  };

  using job = std::function<void()>;
  /// What happens in this process happens in order, and not while it is paused; `work` of an earlier life is dropped.
  void post(job work);
  void work_off();
  /// Jobs that come before what waits: effects, in order.
  void next(std::vector<job> jobs);

  void later(moment delay, job work);

  void end_life();
  void tick();
  void give(const membership_event& event);
  void give(const ownership_event& event);
  void ask(operation what, std::function<void(const answer&)> then);

  void run(const member_effect::store_renew& e);
  void run(const member_effect::store_raise_generation& e);
  void run(const member_effect::send_link& e);
  void run(const member_effect::extend& e);
  void run(const member_effect::new_generation& e);
  void run(const member_effect::gone& e);
  void run(const member_effect::discard_and_restart& e);
  void run(const owner_effect::store_read_map& e);
  void run(const owner_effect::store_compare_and_set& e);
  void run(const owner_effect::store_wait& e);
  void run(const owner_effect::open_group& e);
  void run(const owner_effect::rewrite_group& e);
  void run(const owner_effect::take_group& e);
  void run(const owner_effect::give_up_group& e);
  void run(const owner_effect::install_addresses& e);
  void run(const owner_effect::remove_addresses& e);
  void run(const owner_effect::send_link& e);
  void run(const owner_effect::snapshot_group& e);
  void run(const owner_effect::hold_group& e);
  void run(const owner_effect::silence_group& e);
  void run(const owner_effect::resume_group& e);
  void run(const owner_effect::apply_values& e);
  void run(const owner_effect::forget_values& e);

  serving& at(group_id group) { return groups_[index_of(group)]; }
  void handle(const call_message& message);
  void forward(node_id to, const call_message& message, unsigned hops);
  void arm(group_id group, std::uint32_t call);
  void fire(group_id group, std::uint32_t call);
  void put(group_id group, std::uint32_t call);
  void plan_commit(group_id group, moment delay);
  void commit(group_id group);
  void committed(group_id group, std::uint64_t number, const answer& a);
  void not_committed(group_id group, std::uint64_t number);
  void settle(group_id group);
  void reply(group_id group, const call_message& message) { send(group, {message, at(group).by}); }
  void send(group_id group, const outgoing& out);
  void say_content(group_id group, const values& changed);
  values all_of(const serving& s) const;

  template <class Detail>
  void note(std::uint64_t what, std::uint64_t number, Detail detail) {
    world_.note(index_, what, number, [&] { return "node " + std::to_string(index_) + ": " + detail(); });
  }

  world& world_;
  unsigned index_;
  double rate_;
  std::int64_t offset_;
  bool up_ = false;
  incarnation life_ = 0;
  membership member_;
  ownership owner_;
  gate gate_;
  std::vector<serving> groups_;
  std::uint64_t map_version_ = 0;
  bool drains_ = false;
  std::deque<job> jobs_;
  bool working_ = false, paused_ = false, froze_ = false;
  moment paused_until_ = 0, stutters_until_ = 0;
};

} // namespace troupe::simulation
