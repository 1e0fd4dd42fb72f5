#include "chaos/simulation/node.hpp"

#include <algorithm>

namespace troupe::simulation {

namespace {

constexpr moment tick_every = ms(50);

node_id id_of(unsigned index) { return static_cast<node_id>(index + 1); }

std::vector<node_id> view_of(unsigned nodes) {
  std::vector<node_id> out;
  for (unsigned n = 0; n < nodes; ++n)
    out.push_back(id_of(n));
  return out;
}

} // namespace

node::node(world& w, unsigned index)
    : world_(w),
      index_(index),
      rate_(1.0 + static_cast<double>(w.time.between(-50, 50)) / 1000),
      offset_(w.time.between(10'000, 1'000'000)),
      groups_(w.groups()) {}

instant node::clock() const {
  return {offset_ + static_cast<std::int64_t>(static_cast<double>(world_.time.now()) * rate_) / 1000};
}

void node::start() {
  if (up_)
    return;
  ++life_;
  up_ = true;
  froze_ = paused_ = false;
  jobs_.clear();
  member_ = make_membership(id(), life_, view_of(world_.given.nodes), clock(), world_.leases);
  owner_ = make_ownership(id(), life_, world_.owner_policy);
  gate_ = make_gate(world_.groups());
  groups_.assign(world_.groups(), {});
  note(1, life_, [&] { return "starts life " + std::to_string(life_); });
  if (drains_)
    give(owner_event::drain{});
  post([this] { tick(); });
}

void node::end_life() {
  up_ = false;
  jobs_.clear();
  groups_.assign(world_.groups(), {});
  gate_ = make_gate(world_.groups());
  world_.remove_addresses(index_);
}

void node::crash(bool parent_tells, moment down_for) {
  if (!up_)
    return;
  note(2, parent_tells, [&] { return std::string(parent_tells ? "its process dies" : "the machine dies"); });
  end_life();
  world_.time.after(down_for, [this] { start(); });
  if (!parent_tells)
    return;
  world_.time.after(world_.time.between(ms(5), ms(30)), [this, life = life_] {
    world_.ask_store(index_, op::mark_dead{id(), life}, [](const answer&) {});
    auto octets = encode(member_message{member_message::kind::dead, id(), life, 0, {}});
    for (unsigned to = 0; to < world_.given.nodes; ++to)
      if (to != index_)
        world_.send_link(index_, to, [this, to, octets] { world_.nodes[to]->hear(index_, octets); });
  });
}

void node::pause(moment lasting) {
  auto until = world_.time.now() + lasting;
  if (!up_ || (paused_ && paused_until_ >= until))
    return;
  note(3, static_cast<std::uint64_t>(lasting), [&] { return "pauses for " + std::to_string(lasting / 1000) + " ms"; });
  paused_ = true;
  paused_until_ = until;
  world_.time.after(lasting, [this, until, lasting, life = life_] {
    if (!up_ || life != life_ || paused_until_ != until)
      return;
    paused_ = false;
    if (world_.given.planted == plant::frozen_gate && lasting > ms(700)) {
      froze_ = true;
      world_.time.after(ms(400), [this] { froze_ = false; });
    }
    work_off();
  });
}

void node::drain() {
  drains_ = true;
  post([this] { give(owner_event::drain{}); });
}

void node::post(job work) {
  if (!up_)
    return;
  jobs_.push_back(std::move(work));
  work_off();
}

void node::work_off() {
  if (working_)
    return;
  working_ = true;
  while (!jobs_.empty() && !paused_) {
    if (world_.time.now() < stutters_until_ && world_.time.chance(3)) {
      pause(world_.time.between(ms(1), ms(1500)));
      break;
    }
    auto work = std::move(jobs_.front());
    jobs_.pop_front();
    work();
  }
  working_ = false;
}

void node::next(std::vector<job> jobs) {
  jobs_.insert(jobs_.begin(), std::make_move_iterator(jobs.begin()), std::make_move_iterator(jobs.end()));
}

void node::later(moment delay, job work) {
  world_.time.after(delay, [this, life = life_, work = std::move(work)] {
    if (life == life_)
      post(work);
  });
}

void node::tick() {
  world_.check_gates();
  later(tick_every, [this] { tick(); });
  next({[this] {
    give(owner_event::tick{live_nodes(member_, world_.leases), member_.at == membership::phase::serving, map_version_});
  }});
  give(member_event::tick{});
}

void node::give(const membership_event& event) {
  auto step = on(std::move(member_), event, clock(), world_.leases);
  member_ = std::move(step.next);
  std::vector<job> jobs;
  for (auto& effect : step.effects)
    jobs.emplace_back([this, effect = std::move(effect)] { std::visit([this](const auto& e) { run(e); }, effect); });
  next(std::move(jobs));
}

void node::give(const ownership_event& event) {
  auto step = on(std::move(owner_), event, clock(), world_.owner_policy);
  owner_ = std::move(step.next);
  std::vector<job> jobs;
  for (auto& effect : step.effects)
    jobs.emplace_back([this, effect = std::move(effect)] { std::visit([this](const auto& e) { run(e); }, effect); });
  next(std::move(jobs));
}

void node::ask(operation what, std::function<void(const answer&)> then) {
  world_.ask_store(index_, std::move(what), [this, life = life_, then = std::move(then)](const answer& a) {
    if (life == life_)
      post([then, a] { then(a); });
  });
}

void node::hear(unsigned from, const std::string& octets) {
  post([this, from, octets] {
    auto message = decode_member_message(octets);
    world_.check(message && encode(*message) == octets, "a member's message is not read back as it was written");
    give(member_event::heard{id_of(from), *message});
  });
}

void node::hear_handover(unsigned from, const std::string& octets) {
  post([this, from, octets] {
    auto message = decode_handover_message(octets);
    world_.check(message && encode(*message) == octets, "a hand-over's message is not read back as it was written");
    give(owner_event::heard{id_of(from), std::move(*message)});
  });
}

bool node::speaks_for(group_id group) const {
  return up_ && may_leave(gate_, group, token_of(group), clock()) == passage::leaves;
}

} // namespace troupe::simulation
