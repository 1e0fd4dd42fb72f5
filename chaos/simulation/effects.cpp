// How a node carries out the effects of its membership and ownership machines.
#include <utility>

#include "chaos/simulation/node.hpp"

namespace troupe::simulation {

namespace {

constexpr moment store_patience = ms(300), largest_snapshot = ms(200);

unsigned place_of(node_id id) { return static_cast<unsigned>(id) - 1; }

std::string name(group_id group) { return "group " + std::to_string(index_of(group)); }

} // namespace

void node::run(const member_effect::store_renew& e) {
  ask(op::renew{id(), life_}, [this, sequence = e.sequence](const answer& a) {
    map_version_ = a.map_version;
    if (world_.given.planted == plant::lease_from_reply) {
      std::erase_if(member_.own.open, [&](const auto& o) { return o.sequence == sequence; });
      member_.own.open.push_back({sequence, clock()});
    }
    give(member_event::renewed{sequence, a.run, a.generation, a.generation_of, a.replicas, a.replaced, a.records});
  });
}

void node::run(const member_effect::store_raise_generation& e) {
  ask(op::raise_generation{e.run, e.above}, [](const answer&) {});
}

void node::run(const member_effect::send_link& e) {
  world_.send_link(index_, place_of(e.to),
                   [this, to = place_of(e.to), octets = encode(e.message)] { world_.nodes[to]->hear(index_, octets); });
}

void node::run(const member_effect::extend& e) {
  extend(gate_, e.deadline, e.generation);
  if (clock() < gate_.deadline)
    world_.refresh_addresses(index_);
}

void node::run(const member_effect::new_generation& e) {
  note(4, e.generation, [&] { return "sees generation " + std::to_string(e.generation); });
  give(ownership_event(e));
}

void node::run(const member_effect::gone& e) {
  note(5, static_cast<std::uint64_t>(e.proof.node) << 32 | e.proof.life, [&] {
    return "takes node " + std::to_string(place_of(e.proof.node)) + " for gone, life " + std::to_string(e.proof.life) +
           (e.proof.certain ? ", for certain" : "");
  });
  give(ownership_event(e));
}

void node::run(const member_effect::discard_and_restart&) {
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

void node::run(const owner_effect::store_read_map& e) {
  ask(op::read_map{}, [this, request = e.request](const answer& a) {
    auto map = a.map.empty() ? cluster_map{} : decode_map(a.map).value();
    if (world_.given.planted == plant::reused_epoch)
      for (auto& entry : map.groups)
        if (entry.owner != id() && entry.owner != node_id::none && entry.by.epoch > 1)
          --entry.by.epoch;
    give(owner_event::map_read{request, std::move(map)});
  });
}

void node::run(const owner_effect::store_compare_and_set& e) {
  auto octets = encode(e.map);
  world_.check(decode_map(octets) == e.map, "a map is not read back as it was written");
  ask(op::change_map{e.generation, octets, e.proofs}, [this, request = e.request](const answer& a) {
    give(owner_event::map_changed{request, a.changed});
  });
}

void node::run(const owner_effect::store_wait& e) {
  ask(op::wait{}, [this, request = e.request](const answer& a) { give(owner_event::replicated{request, a.replicas}); });
}

void node::run(const owner_effect::open_group& e) {
  auto wanted = [this, e] {
    const auto& h = owner_.groups[index_of(e.group)];
    return h.at == holding::phase::opening && h.by == e.by;
  };
  if (!wanted())
    return;
  ask(op::raise_fence{e.group, e.by}, [this, e, wanted](const answer& a) {
    if (!wanted())
      return;
    if (a.done && !e.streamed) {
      at(e.group).calls.clear();
      for (const auto& [call, value] : a.read)
        at(e.group).calls[call] = decode_call(value);
    }
    give(owner_event::opened{e.group, e.by, a.fence});
  });
  later(store_patience, [this, e] { run(e); });
}

void node::run(const owner_effect::rewrite_group& e) {
  const auto& h = owner_.groups[index_of(e.group)];
  if (h.at != holding::phase::renewing || h.next != e.by)
    return;
  at(e.group).rewriting = true;
  ask(op::rewrite{e.group, e.by, all_of(at(e.group))}, [this, e](const answer& a) {
    give(owner_event::opened{e.group, e.by, a.fence});
  });
  later(store_patience, [this, e] { run(e); });
}

void node::run(const owner_effect::take_group& e) {
  note(7, index_of(e.group) << 32 | e.by.epoch, [&] {
    return "serves " + name(e.group) + " at epoch " + std::to_string(e.by.generation) + "." +
           std::to_string(e.by.epoch);
  });
  open(gate_, e.group, e.by);
  auto& s = at(e.group);
  s.by = e.by;
  s.rewriting = false;
  if (!std::exchange(s.open, true))
    for (const auto& [call, value] : s.calls)
      arm(e.group, call);
  world_.check_gates();
  plan_commit(e.group, 0);
}

void node::run(const owner_effect::give_up_group& e) {
  note(8, index_of(e.group), [&] { return "gives up " + name(e.group); });
  close(gate_, e.group);
  if (e.to != node_id::none)
    for (const auto& message : at(e.group).queue)
      forward(e.to, message, 1);
  at(e.group) = {};
}

void node::run(const owner_effect::install_addresses& e) {
  if (clock() < gate_.deadline)
    world_.install_address(index_, e.group);
}

void node::run(const owner_effect::remove_addresses& e) { world_.remove_address(index_, e.group); }

void node::run(const owner_effect::send_link& e) {
  bool large = e.message.what == handover_message::kind::snapshot;
  world_.send_link(
      index_, place_of(e.to),
      [this, to = place_of(e.to), octets = encode(e.message)] { world_.nodes[to]->hear_handover(index_, octets); },
      world::stream::bulk, large ? world_.time.between(0, largest_snapshot) : 0);
}

void node::run(const owner_effect::snapshot_group& e) { say_content(e.group, all_of(at(e.group))); }

void node::run(const owner_effect::hold_group& e) {
  note(9, index_of(e.group), [&] { return "holds " + name(e.group); });
  at(e.group).held = true;
  settle(e.group);
}

void node::run(const owner_effect::silence_group& e) { close(gate_, e.group); }

void node::run(const owner_effect::resume_group& e) {
  note(10, index_of(e.group), [&] { return "resumes " + name(e.group); });
  open(gate_, e.group, e.by);
  at(e.group).held = false;
  for (const auto& message : std::exchange(at(e.group).queue, {}))
    receive(message, 0);
}

void node::run(const owner_effect::forget_values& e) { at(e.group) = {}; }

void node::run(const owner_effect::apply_values& e) {
  if (e.first)
    at(e.group).calls.clear();
  else if (world_.given.planted == plant::lost_handover_update)
    return;
  for (const auto& [call, value] : decode_values(e.octets))
    if (value.empty())
      at(e.group).calls.erase(call);
    else
      at(e.group).calls[call] = decode_call(value);
}

} // namespace troupe::simulation
