#include "tests/cluster/live/test_cluster.hpp"

#include <thread>

#include "chaos/simulation/node.hpp"

namespace troupe::cluster::test {

namespace {

group_id group_at(std::size_t index) { return static_cast<group_id>(index); }

} // namespace

void test_node::start() {
  {
    std::lock_guard held(mutex_);
    gate_ = make_gate(test_cluster::groups);
    groups_.assign(test_cluster::groups, {});
  }
  auto opened = authority::open(all_.options_for(self_), *this).value();
  std::lock_guard held(all_.links());
  authority_ = std::move(opened);
  authority_->begin_life();
}

void test_node::kill() {
  std::unique_ptr<authority> old;
  {
    std::lock_guard held(all_.links());
    old = std::move(authority_);
  }
  old.reset();
  std::lock_guard held(mutex_);
  gate_ = make_gate(test_cluster::groups);
}

void test_node::pause(std::shared_future<void> until) {
  std::lock_guard held(mutex_);
  pause_ = std::move(until);
}

void test_node::hear(const member_event::heard& e) { authority_->give(membership_event(e)); }
void test_node::hear(const owner_event::heard& e) { authority_->give(ownership_event(e)); }

bool test_node::put(group_id id, std::uint32_t key, const std::string& value) {
  std::unique_lock held(mutex_);
  auto& g = at(id);
  if (may_leave(gate_, id, g.by, boot_time()) != passage::leaves)
    return false;
  auto done = all_.in_store(model::op::commit{id, g.by, ++g.commits, {{key, value}}});
  if (!done.done) {
    overtaken(gate_, id, done.fence);
    authority_->give(owner_event::overtaken{id, done.fence});
    return false;
  }
  g.all[key] = value;
  if (g.handing)
    authority_->give(owner_event::content{id, model::encode(model::values{{key, value}})});
  return true;
}

bool test_node::speaks_for(group_id id, instant now) const {
  std::lock_guard held(mutex_);
  return authority_ && may_leave(gate_, id, groups_[index_of(id)].by, now) == passage::leaves;
}

model::values test_node::values_of(group_id id) const {
  std::lock_guard held(mutex_);
  return groups_[index_of(id)].all;
}
token test_node::token_of(group_id id) const {
  std::lock_guard held(mutex_);
  return groups_[index_of(id)].by;
}
std::vector<std::pair<incarnation, life_end>> test_node::endings() const {
  std::lock_guard held(mutex_);
  return endings_;
}
std::vector<std::string> test_node::reports() const {
  std::lock_guard held(mutex_);
  return reports_;
}
std::size_t test_node::taken() const {
  std::lock_guard held(mutex_);
  return taken_;
}
std::size_t test_node::streamed() const {
  std::lock_guard held(mutex_);
  return streamed_;
}

void test_node::run(const member_effect::extend& e) {
  std::unique_lock held(mutex_);
  extend(gate_, e.deadline, e.generation);
  auto until = std::exchange(pause_, {});
  held.unlock();
  if (until.valid())
    until.wait();
}

void test_node::run(const member_effect::send_link& e) {
  all_.send(self_, e.to, member_event::heard{self_, decode_member_message(encode(e.message)).value()});
}
void test_node::run(const owner_effect::send_link& e) {
  all_.send(self_, e.to, owner_event::heard{self_, decode_handover_message(encode(e.message)).value()});
}

void test_node::run(const owner_effect::open_group& e) {
  auto read = all_.in_store(model::op::raise_fence{e.group, e.by});
  std::lock_guard held(mutex_);
  if (read.done && !e.streamed)
    at(e.group).all = read.read;
  streamed_ += e.streamed ? 1 : 0;
  authority_->give(owner_event::opened{e.group, e.by, read.fence});
}

void test_node::run(const owner_effect::rewrite_group& e) {
  std::lock_guard held(mutex_);
  auto done = all_.in_store(model::op::rewrite{e.group, e.by, at(e.group).all});
  authority_->give(owner_event::opened{e.group, e.by, done.fence});
}

void test_node::run(const owner_effect::take_group& e) {
  std::lock_guard held(mutex_);
  open(gate_, e.group, e.by);
  taken_ += at(e.group).by.epoch == 0 ? 1 : 0;
  at(e.group).by = e.by;
  at(e.group).commits = 0;
}

void test_node::run(const owner_effect::give_up_group& e) {
  std::lock_guard held(mutex_);
  close(gate_, e.group);
  at(e.group) = {};
}

void test_node::run(const owner_effect::snapshot_group& e) {
  std::lock_guard held(mutex_);
  at(e.group).handing = true;
  authority_->give(owner_event::content{e.group, model::encode(at(e.group).all)});
}

void test_node::run(const owner_effect::hold_group& e) { authority_->give(owner_event::flushed{e.group}); }

void test_node::run(const owner_effect::silence_group& e) {
  std::lock_guard held(mutex_);
  close(gate_, e.group);
}

void test_node::run(const owner_effect::resume_group& e) {
  std::lock_guard held(mutex_);
  at(e.group).handing = false;
  open(gate_, e.group, e.by);
}

void test_node::run(const owner_effect::apply_values& e) {
  std::lock_guard held(mutex_);
  if (e.first)
    at(e.group).all.clear();
  for (const auto& [key, value] : model::decode_values(e.octets))
    at(e.group).all[key] = value;
}

void test_node::run(const owner_effect::forget_values& e) {
  std::lock_guard held(mutex_);
  at(e.group) = {};
}

void test_node::ended(incarnation life, life_end why) {
  std::lock_guard held(mutex_);
  endings_.emplace_back(life, why);
  gate_ = make_gate(test_cluster::groups);
  groups_.assign(test_cluster::groups, {});
  if (why != life_end::replaced)
    authority_->begin_life();
}

void test_node::report(const std::string& what) {
  std::lock_guard held(mutex_);
  reports_.push_back(what);
}

test_cluster::test_cluster(std::string spec, std::size_t nodes, std::uint32_t replicas)
    : spec_(std::move(spec)), replicas_(replicas) {
  data_.groups.resize(groups);
  for (std::size_t i = 0; i < nodes; ++i)
    nodes_.push_back(std::make_unique<test_node>(*this, static_cast<node_id>(i + 1)));
}

test_cluster::~test_cluster() {
  for (auto& node : nodes_)
    if (node->runs())
      node->kill();
}

void test_cluster::start() {
  for (auto& node : nodes_)
    node->start();
  until([this] { return served() && agree(); });
}

authority_options test_cluster::options_for(node_id self) const {
  authority_options out;
  out.spec = spec_;
  out.redis.replicas = replicas_;
  out.self = self;
  out.shards = shards;
  out.leases.replicas = out.owners.replicas = replicas_;
  for (std::size_t i = 0; i < nodes_.size(); ++i)
    out.owners.members.push_back({static_cast<node_id>(i + 1)});
  out.owners.groups = groups;
  out.owners.settle = milliseconds(500);
  out.owners.move_every = milliseconds(50);
  return out;
}

model::answer test_cluster::in_store(const model::operation& what) {
  std::lock_guard held(data_mutex_);
  return data_.apply(what, 1, {});
}

void test_cluster::until(const std::function<bool()>& holds, milliseconds limit) {
  auto end = boot_time() + limit;
  while (!holds()) {
    check_owners();
    if (boot_time() > end) {
      for (auto& node : nodes_)
        for (auto& each : node->reports())
          UNSCOPED_INFO(each);
      FAIL("what was waited for did not happen");
    }
    std::this_thread::sleep_for(milliseconds(1));
  }
}

void test_cluster::holds_for(milliseconds time, const std::function<bool()>& holds) {
  for (auto end = boot_time() + time; boot_time() < end; std::this_thread::sleep_for(milliseconds(1))) {
    check_owners();
    REQUIRE(holds());
  }
}

void test_cluster::check_owners() {
  for (std::size_t g = 0; g < groups; ++g) {
    auto now = boot_time();
    std::size_t speaking = 0;
    for (auto& node : nodes_)
      speaking += node->speaks_for(group_at(g), now) ? 1 : 0;
    if (speaking > 1)
      FAIL("group " << g << " has " << speaking << " owners");
  }
}

std::size_t test_cluster::owner_of(std::size_t group) {
  auto now = boot_time();
  for (std::size_t i = 0; i < nodes_.size(); ++i)
    if (nodes_[i]->speaks_for(group_at(group), now))
      return i;
  return nodes_.size();
}

std::vector<std::size_t> test_cluster::owners() {
  std::vector<std::size_t> out;
  for (std::size_t g = 0; g < groups; ++g)
    out.push_back(owner_of(g));
  return out;
}

bool test_cluster::served(const std::set<std::size_t>& among) {
  for (auto owner : owners())
    if (!among.contains(owner) || owner >= nodes_.size())
      return false;
  return true;
}

bool test_cluster::nobody_serves() {
  auto all = owners();
  return std::all_of(all.begin(), all.end(), [this](auto owner) { return owner == nodes_.size(); });
}

bool test_cluster::agree() {
  std::optional<cluster_map> map;
  for (auto& node : nodes_)
    if (node->runs()) {
      auto own = node->driven().view().owner.map;
      if (map && *map != own)
        return false;
      map = own;
    }
  return map && map->version > 0;
}

void test_cluster::put_everywhere(const std::string& value) {
  for (std::size_t g = 0; g < groups; ++g)
    until([&] {
      auto owner = owner_of(g);
      return owner < nodes_.size() && nodes_[owner]->put(group_at(g), 7, value);
    });
}

bool test_cluster::all_have(const std::string& value) {
  for (std::size_t g = 0; g < groups; ++g) {
    auto owner = owner_of(g);
    if (owner == nodes_.size() || nodes_[owner]->values_of(group_at(g))[7] != value)
      return false;
  }
  return true;
}

} // namespace troupe::cluster::test
