// How a node serves its groups' calls: nothing that stops a phone's repetitions leaves before the value is stored.
#include <utility>

#include "chaos/simulation/node.hpp"
#include "protocols/base/cursor.hpp"

namespace troupe::simulation {

namespace {

using kind = call_message::kind;
using phase = call_value::phase;

constexpr moment commit_every = ms(2), commit_patience = ms(250), commit_again = ms(50);
constexpr moment repeat_every = ms(500), forget_after = ms(5000);

} // namespace

std::string encode(const call_value& value) {
  std::string out;
  writer w(out);
  w.u8(static_cast<std::uint8_t>(value.at));
  w.number(value.tag);
  return out;
}

call_value decode_call(std::string_view octets) {
  reader in(octets);
  call_value value;
  value.at = static_cast<phase>(in.u8());
  value.tag = in.number();
  return value;
}

std::string encode(const values& all) {
  std::string out;
  writer w(out);
  for (const auto& [key, value] : all) {
    w.number(key);
    w.text(value);
  }
  return out;
}

values decode_values(std::string_view octets) {
  values out;
  for (reader in(octets); in.left() > 0;) {
    auto key = static_cast<std::uint32_t>(in.number());
    out[key] = in.text();
  }
  return out;
}

void node::receive(const call_message& message, unsigned hops) {
  post([this, message, hops] {
    auto group = world_.group_of_call(message.call);
    auto where = route(owner_, group, hops);
    if (where.what == direction::kind::forward)
      return forward(where.to, message, hops + 1);
    auto& s = at(group);
    if (where.what != direction::kind::serve || !s.open)
      return;
    if (s.held)
      s.queue.push_back(message);
    else
      handle(message);
  });
}

void node::forward(node_id to, const call_message& message, unsigned hops) {
  auto place = static_cast<unsigned>(to) - 1;
  world_.send_link(index_, place, [this, place, message, hops] { world_.nodes[place]->receive(message, hops); });
}

void node::handle(const call_message& m) {
  auto group = world_.group_of_call(m.call);
  auto& s = at(group);
  auto found = s.calls.find(m.call);
  bool stored = !s.dirty.count(m.call) && !s.in_flight.count(m.call);
  if (found == s.calls.end()) {
    if (m.what == kind::bye)
      return reply(group, {kind::no_call, m.call, m.tag});
    if (m.what != kind::invite)
      return;
    s.calls[m.call] = {phase::proceeding, world_.time.random.next()};
    s.waiting.push_back({{kind::trying, m.call, 0}, s.by});
    if (world_.given.planted == plant::early_100)
      reply(group, {kind::trying, m.call, 0});
    put(group, m.call);
    return arm(group, m.call);
  }
  auto& call = found->second;
  switch (m.what) {
  case kind::invite:
    if (stored && call.at == phase::proceeding)
      reply(group, {kind::trying, m.call, 0});
    else if (stored && call.at == phase::answered)
      reply(group, {kind::ok, m.call, call.tag});
    return;
  case kind::probe: return reply(group, {kind::probe_ok, m.call, m.tag});
  case kind::ack:
    if (call.at != phase::answered)
      return;
    call.at = phase::acknowledged;
    return put(group, m.call);
  case kind::bye:
    if (call.at == phase::ended) {
      if (stored)
        reply(group, {kind::bye_ok, m.call, call.tag});
      return;
    }
    call.at = phase::ended;
    s.waiting.push_back({{kind::bye_ok, m.call, call.tag}, s.by});
    put(group, m.call);
    return arm(group, m.call);
  default: return;
  }
}

void node::arm(group_id group, std::uint32_t call) {
  auto at_phase = at(group).calls[call].at;
  if (at_phase == phase::acknowledged)
    return;
  auto delay = at_phase == phase::proceeding ? world_.time.between(ms(100), ms(3000))
               : at_phase == phase::answered ? repeat_every
                                             : forget_after;
  auto when = world_.time.now() + delay;
  at(group).timers[call] = when;
  later(delay, [this, group, call, when] {
    auto found = at(group).timers.find(call);
    if (found != at(group).timers.end() && found->second == when)
      fire(group, call);
  });
}

void node::fire(group_id group, std::uint32_t id) {
  auto& s = at(group);
  s.timers.erase(id);
  auto found = s.calls.find(id);
  if (!s.open || found == s.calls.end())
    return;
  if (s.held)
    return arm(group, id); // not before it is known whose call it is
  auto& call = found->second;
  if (call.at == phase::proceeding) {
    call.at = phase::answered;
    s.waiting.push_back({{kind::ok, id, call.tag}, s.by});
    put(group, id);
    arm(group, id);
  } else if (call.at == phase::answered) {
    if (!s.dirty.count(id) && !s.in_flight.count(id))
      reply(group, {kind::ok, id, call.tag});
    arm(group, id);
  } else if (call.at == phase::ended) {
    if (s.dirty.count(id) || s.in_flight.count(id))
      return arm(group, id); // its answer has not left yet
    s.calls.erase(found);
    put(group, id);
  }
}

void node::put(group_id group, std::uint32_t call) {
  auto& s = at(group);
  auto found = s.calls.find(call);
  if (found == s.calls.end() && world_.given.planted == plant::lost_delete)
    return;
  s.dirty.insert(call);
  if (owner_.groups[index_of(group)].out.at != handover_source::phase::none)
    say_content(group, {{call, found == s.calls.end() ? std::string() : encode(found->second)}});
  plan_commit(group, commit_every);
}

void node::plan_commit(group_id group, moment delay) {
  auto& s = at(group);
  if (s.planned || s.dirty.empty())
    return;
  s.planned = true;
  later(delay, [this, group] {
    at(group).planned = false;
    commit(group);
  });
}

void node::commit(group_id group) {
  auto& s = at(group);
  if (!s.open || s.rewriting || !s.in_flight.empty() || s.dirty.empty())
    return;
  s.in_flight.swap(s.dirty);
  s.leaving.swap(s.waiting);
  for (auto& out : s.leaving)
    out.by = s.by; // what waited while the group was renewed leaves under the token that stores its values
  auto number = ++s.commits;
  op::commit what{group, s.by, number, {}};
  for (auto call : s.in_flight) {
    auto found = s.calls.find(call);
    what.changed[call] = found == s.calls.end() ? std::string() : encode(found->second);
  }
  ask(std::move(what), [this, group, number](const answer& a) { committed(group, number, a); });
  later(commit_patience, [this, group, number] { not_committed(group, number); });
}

void node::committed(group_id group, std::uint64_t number, const answer& a) {
  auto& s = at(group);
  if (!a.done) {
    if (number == s.commits && !s.in_flight.empty()) {
      s.leaving.clear(); // made under a token that was overtaken: never
      not_committed(group, number);
    }
    overtaken(gate_, group, a.fence);
    return give(owner_event::overtaken{group, a.fence});
  }
  if (number != s.commits || s.in_flight.empty())
    return;
  s.in_flight.clear();
  for (const auto& out : std::exchange(s.leaving, {}))
    send(group, out);
  settle(group);
}

void node::not_committed(group_id group, std::uint64_t number) {
  auto& s = at(group);
  if (number != s.commits || s.in_flight.empty())
    return;
  s.dirty.merge(s.in_flight);
  s.in_flight.clear();
  s.waiting.insert(s.waiting.begin(), s.leaving.begin(), s.leaving.end());
  s.leaving.clear();
  plan_commit(group, commit_again);
}

void node::settle(group_id group) {
  auto& s = at(group);
  if (!s.dirty.empty())
    plan_commit(group, commit_every);
  else if (s.held && s.in_flight.empty())
    give(owner_event::flushed{group});
}

void node::send(group_id group, const outgoing& out) {
  bool leaves = may_leave(gate_, group, out.by, clock()) == passage::leaves;
  if (leaves || froze_)
    world_.send_to_phone(index_, group, out.by, out.message);
}

void node::say_content(group_id group, const values& changed) { give(owner_event::content{group, encode(changed)}); }

values node::all_of(const serving& s) const {
  values out;
  for (const auto& [call, value] : s.calls)
    out[call] = encode(value);
  return out;
}

std::size_t node::calls() const {
  std::size_t count = 0;
  for (const auto& s : groups_)
    count += s.calls.size();
  return count;
}

} // namespace troupe::simulation
