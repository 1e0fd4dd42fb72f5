#include "chaos/simulation/node.hpp"

#include <algorithm>

namespace troupe::simulation {

namespace {

constexpr moment tick_every = ms(50);
constexpr moment store_patience = ms(300);

node_id id_of(unsigned index) { return static_cast<node_id>(index + 1); }
unsigned index_of_node(node_id id) { return static_cast<unsigned>(id) - 1; }

std::vector<node_id> view_of(unsigned nodes) {
  std::vector<node_id> out;
  for (unsigned n = 0; n < nodes; ++n)
    out.push_back(id_of(n));
  return out;
}

} // namespace

node::node(world& w, unsigned index)
    : world_(w), index_(index), rate_(1.0 + static_cast<double>(w.time.between(-50, 50)) / 1000),
      offset_(w.time.between(10'000, 1'000'000)), groups_(w.groups()) {}

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

void node::tick() {
  world_.check_gates();
  world_.time.after(tick_every, [this, life = life_] {
    if (life == life_)
      post([this] { tick(); });
  });
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
    jobs.emplace_back([this, effect = std::move(effect)] { carry_out(effect); });
  next(std::move(jobs));
}

void node::give(const ownership_event& event) {
  auto step = on(std::move(owner_), event, clock(), world_.owner_policy);
  owner_ = std::move(step.next);
  std::vector<job> jobs;
  for (auto& effect : step.effects)
    jobs.emplace_back([this, effect = std::move(effect)]() mutable { carry_out(effect); });
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

void node::carry_out(const membership_effect& effect) {
  using namespace member_effect;
  if (auto renewal = std::get_if<store_renew>(&effect)) {
    ask(op::renew{id(), life_}, [this, sequence = renewal->sequence](const answer& a) {
      map_version_ = a.map_version;
      if (world_.given.planted == plant::lease_from_reply) {
        std::erase_if(member_.own.open, [&](const auto& o) { return o.sequence == sequence; });
        member_.own.open.push_back({sequence, clock()});
      }
      give(member_event::renewed{sequence, a.run, a.generation, a.generation_of, a.replicas, a.replaced, a.records});
    });
  } else if (auto raise = std::get_if<store_raise_generation>(&effect)) {
    ask(op::raise_generation{raise->run, raise->above}, [](const answer&) {});
  } else if (auto message = std::get_if<send_link>(&effect)) {
    world_.send_link(index_, index_of_node(message->to),
                     [this, to = index_of_node(message->to), octets = encode(message->message)] {
                       world_.nodes[to]->hear(index_, octets);
                     });
  } else if (auto longer = std::get_if<extend>(&effect)) {
    cluster::extend(gate_, longer->deadline, longer->generation);
    if (clock() < gate_.deadline)
      world_.refresh_addresses(index_);
  } else if (auto other = std::get_if<new_generation>(&effect)) {
    note(4, other->generation, [&] { return "sees generation " + std::to_string(other->generation); });
    give(ownership_event(*other));
  } else if (auto proof = std::get_if<gone>(&effect)) {
    note(5, static_cast<std::uint64_t>(proof->proof.node) << 32 | proof->proof.life, [&] {
      return "node " + std::to_string(index_of_node(proof->proof.node)) + " is gone, life " +
             std::to_string(proof->proof.life) + (proof->proof.certain ? ", for certain" : "");
    });
    give(ownership_event(*proof));
  } else {
    note(6, life_, [&] { return std::string("is past its deadline or replaced"); });
    auto restart = [this, life = life_] {
      if (life != life_ || !up_)
        return;
      end_life();
      world_.time.after(ms(20), [this] { start(); });
    };
    if (froze_)
      world_.time.after(ms(300), restart);
    else
      restart();
  }
}

void node::open(const owner_effect::open_group& effect) {
  const auto& h = owner_.groups[index_of(effect.group)];
  if (h.at != holding::phase::opening || h.by != effect.by)
    return;
  ask(op::raise_fence{effect.group, effect.by}, [this, effect](const answer& a) {
    const auto& now = owner_.groups[index_of(effect.group)];
    if (now.at != holding::phase::opening || now.by != effect.by)
      return;
    if (a.done && !effect.streamed) {
      at(effect.group).calls.clear();
      for (const auto& [call, value] : a.read)
        at(effect.group).calls[call] = decode_call(value);
    }
    give(owner_event::opened{effect.group, effect.by, a.fence});
  });
  world_.time.after(store_patience, [this, effect, life = life_] {
    if (life == life_)
      post([this, effect] { open(effect); });
  });
}

void node::rewrite(const owner_effect::rewrite_group& effect) {
  const auto& h = owner_.groups[index_of(effect.group)];
  if (h.at != holding::phase::renewing || h.next != effect.by)
    return;
  at(effect.group).rewriting = true;
  ask(op::rewrite{effect.group, effect.by, all_of(at(effect.group))},
      [this, effect](const answer& a) { give(owner_event::opened{effect.group, effect.by, a.fence}); });
  world_.time.after(store_patience, [this, effect, life = life_] {
    if (life == life_)
      post([this, effect] { rewrite(effect); });
  });
}

void node::carry_out(ownership_effect& effect) {
  using namespace owner_effect;
  if (auto read = std::get_if<store_read_map>(&effect)) {
    ask(op::read_map{}, [this, request = read->request](const answer& a) {
      auto map = a.map.empty() ? cluster_map{} : decode_map(a.map).value();
      if (world_.given.planted == plant::reused_epoch)
        for (auto& entry : map.groups)
          if (entry.owner != id() && entry.owner != node_id::none && entry.by.epoch > 1)
            --entry.by.epoch;
      give(owner_event::map_read{request, std::move(map)});
    });
  } else if (auto change = std::get_if<store_compare_and_set>(&effect)) {
    auto octets = encode(change->map);
    world_.check(decode_map(octets) == change->map, "a map is not read back as it was written");
    ask(op::change_map{change->generation, octets, change->proofs}, [this, request = change->request](const answer& a) {
      give(owner_event::map_changed{request, a.changed});
    });
  } else if (auto wait = std::get_if<store_wait>(&effect)) {
    ask(op::wait{}, [this, request = wait->request](const answer& a) {
      give(owner_event::replicated{request, a.replicas});
    });
  } else if (auto opening = std::get_if<open_group>(&effect)) {
    open(*opening);
  } else if (auto rewriting = std::get_if<rewrite_group>(&effect)) {
    rewrite(*rewriting);
  } else if (auto taken = std::get_if<take_group>(&effect)) {
    note(7, index_of(taken->group) << 32 | taken->by.epoch, [&] {
      return "serves group " + std::to_string(index_of(taken->group)) + " at epoch " +
             std::to_string(taken->by.generation) + "." + std::to_string(taken->by.epoch);
    });
    cluster::open(gate_, taken->group, taken->by);
    auto& s = at(taken->group);
    s.by = taken->by;
    s.rewriting = false;
    if (!s.open)
      for (const auto& [call, value] : s.calls)
        arm(taken->group, call);
    s.open = true;
    world_.check_gates();
    plan_commit(taken->group, 0);
  } else if (auto given_up = std::get_if<give_up_group>(&effect)) {
    note(8, index_of(given_up->group), [&] { return "gives up group " + std::to_string(index_of(given_up->group)); });
    close(gate_, given_up->group);
    if (given_up->to != node_id::none)
      for (const auto& message : at(given_up->group).queue)
        world_.send_link(index_, index_of_node(given_up->to), [this, to = index_of_node(given_up->to), message] {
          world_.nodes[to]->receive(message, 1);
        });
    at(given_up->group) = {};
  } else if (auto installed = std::get_if<install_addresses>(&effect)) {
    if (clock() < gate_.deadline)
      world_.install_address(index_, installed->group);
  } else if (auto removed = std::get_if<remove_addresses>(&effect)) {
    world_.remove_address(index_, removed->group);
  } else if (auto message = std::get_if<owner_effect::send_link>(&effect)) {
    world_.send_link(index_, index_of_node(message->to),
                     [this, to = index_of_node(message->to), octets = encode(message->message)] {
                       world_.nodes[to]->hear_handover(index_, octets);
                     });
  } else if (auto snapshot = std::get_if<snapshot_group>(&effect)) {
    say_content(snapshot->group, all_of(at(snapshot->group)));
  } else if (auto held = std::get_if<hold_group>(&effect)) {
    at(held->group).held = true;
    settle(held->group);
  } else if (auto resumed = std::get_if<resume_group>(&effect)) {
    at(resumed->group).held = false;
    for (const auto& m : std::exchange(at(resumed->group).queue, {}))
      receive(m, 0);
  } else if (auto applied = std::get_if<apply_values>(&effect)) {
    if (applied->first)
      at(applied->group).calls.clear();
    else if (world_.given.planted == plant::lost_handover_update)
      return;
    for (const auto& [call, value] : decode_values(applied->octets))
      if (value.empty())
        at(applied->group).calls.erase(call);
      else
        at(applied->group).calls[call] = decode_call(value);
  }
}

} // namespace troupe::simulation
