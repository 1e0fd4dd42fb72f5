#include "chaos/simulation/world.hpp"

#include <algorithm>
#include <utility>

#include "chaos/simulation/clients.hpp"
#include "chaos/simulation/node.hpp"

namespace troupe::simulation {

namespace {

constexpr std::uint64_t most_events = 20'000;
constexpr moment address_lifetime = ms(1000);
/// From the last call's end: until its record is forgotten, and commits have ended.
constexpr moment clearing = ms(9000);

} // namespace

world::world(std::uint64_t seed, const settings& settings)
    : given(settings),
      time(seed),
      log(settings.keep_trace),
      store(2 * settings.nodes, {settings.planted == plant::fencing_off, settings.planted == plant::epoch_inverted}),
      phones_(std::make_unique<clients>(*this)),
      addresses_(2 * settings.nodes),
      link_order_(2 * static_cast<std::size_t>(settings.nodes) * settings.nodes) {
  owner_policy.groups = 2 * settings.nodes;
  for (unsigned n = 0; n < settings.nodes; ++n) {
    owner_policy.members.push_back({static_cast<node_id>(n + 1), 1, false});
    paths.push_back({true, true, true, false, 0, std::vector<bool>(settings.nodes, true)});
    nodes.push_back(std::make_unique<node>(*this, n));
  }
}

world::~world() = default;

void world::run() {
  for (auto& n : nodes)
    time.after(time.between(0, ms(300)), [&n] { n->start(); });
  plan_faults();
  moment closes = 0;
  while (time.step()) {
    check(time.steps() <= most_events, "the schedule does not end within 20,000 events");
    if (closes == 0 && phones_->all_ended() && time.now() > settled_at_)
      closes = time.now() + clearing;
    if (closes != 0 && time.now() >= closes)
      break;
  }
  check_end();
}

std::string world::line(const std::string& text) const {
  auto micros = std::to_string(time.now() % 1000);
  return std::to_string(time.now() / 1000) + "." + std::string(3 - micros.size(), '0') + micros + " ms " + text;
}

void world::check_end() {
  for (std::size_t g = 0; g < groups(); ++g) {
    auto speakers = std::count_if(nodes.begin(), nodes.end(),
                                  [&](const auto& n) { return n->speaks_for(static_cast<group_id>(g)); });
    check(speakers == 1, "a group is served by nobody long after the last fault");
  }
  for (const auto& n : nodes)
    if (auto self = member_of(n->owned().map, n->id()); self && self->draining)
      for (std::size_t g = 0; g < groups(); ++g)
        check(!n->speaks_for(static_cast<group_id>(g)), "a drained node still serves a group");
  if (!promised)
    return;
  for (const auto& n : nodes)
    check(n->calls() == 0, "a call is left on a node after all have ended");
  for (const auto& g : store.data().groups)
    check(g.all.empty(), "a call is left in the store after all have ended");
}

void world::ask_store(unsigned node, operation what, std::function<void(const answer&)> then) {
  auto way = [this] {
    return slow_store > 0 && time.chance(30) ? time.between(0, slow_store) : time.between(100, 1500);
  };
  if (!paths[node].to_store)
    return;
  // Some commits linger in the buffer of a connection that was given up.
  bool lingers = std::holds_alternative<op::commit>(what) && time.chance(3);
  auto arrives = lingers ? time.between(ms(20), ms(3000)) : way();
  time.after(arrives, [this, node, way, what = std::move(what), then = std::move(then)] {
    answer out;
    moment replicated = 0;
    auto& master = former && paths[node].to_former ? *former : store;
    if (!master.apply(what, time.now(), out, replicated))
      return;
    bool changed =
        std::holds_alternative<op::change_map>(what) && out.changed == owner_event::map_changed::outcome::done;
    if (changed && falls_after_change > 0) {
      time.after(time.between(0, ms(40)), [this] { store.go_down(time.now()); });
      time.after(ms(40) + std::exchange(falls_after_change, 0), [this] { store.fail_over(); });
      settled_at_ = std::max(settled_at_, time.now() + ms(8000));
    }
    note(node, 10 + what.index(), out.map_version, [&] {
      return "store: operation " + std::to_string(what.index()) + " of node " + std::to_string(node) +
             (out.done ? ", done" : "") + ", map " + std::to_string(out.map_version);
    });
    bool waits = std::holds_alternative<op::renew>(what) || std::holds_alternative<op::wait>(what);
    if (paths[node].from_store)
      time.after(way() + time.between(0, paths[node].late_answers) + (waits ? replicated : 0),
                 [then, out = std::move(out)] { then(out); });
  });
}

void world::send_link(unsigned from, unsigned to, std::function<void()> deliver, stream by, moment takes) {
  if (!paths[from].to_node[to] || time.chance(lost_percent))
    return;
  auto when = time.now() + takes + time.between(100, 1500);
  auto& last = link_order_[2 * (static_cast<std::size_t>(from) * given.nodes + to) + static_cast<std::size_t>(by)];
  if (lost_percent > 0)
    when += time.between(0, ms(20));
  else
    last = when = std::max(when, last);
  time.at(when, std::move(deliver));
}

void world::send_to_phone(unsigned from, group_id group, const token& by, const call_message& message) {
  egress_record record{group, by, {time.now()}};
  std::string octets;
  append(octets, record);
  std::string_view rest = octets;
  check(take_egress_record(rest) == record && rest.empty(), "an egress record is not read back as it was written");
  note(from, 30 + static_cast<std::uint64_t>(message.what), message.call, [&] {
    return "node " + std::to_string(from) + " sends " + std::to_string(static_cast<int>(message.what)) + " for call " +
           std::to_string(message.call) + " of group " + std::to_string(index_of(group)) + " at epoch " +
           std::to_string(by.generation) + "." + std::to_string(by.epoch);
  });
  check(oracle_.saw(record), "an owner speaks for a group after its successor has spoken");
  if (paths[from].to_phones)
    time.after(time.between(ms(1), ms(15)), [this, message] { phones_->receive(message); });
}

void world::send_from_phone(const call_message& message) {
  time.after(time.between(ms(1), ms(15)), [this, message] {
    auto& known = addresses_[index_of(group_of_call(message.call))];
    std::erase_if(known, [&](const auto& a) { return a.until <= time.now(); });
    auto best = std::max_element(known.begin(), known.end(),
                                 [](const auto& a, const auto& b) { return a.announced < b.announced; });
    note(1000, 40 + static_cast<std::uint64_t>(message.what), message.call, [&] {
      return "phone sends " + std::to_string(static_cast<int>(message.what)) + " for call " +
             std::to_string(message.call) + " to " + (best == known.end() ? "nobody" : std::to_string(best->node));
    });
    if (best != known.end() && paths[best->node].to_phones)
      nodes[best->node]->receive(message, 0);
  });
}

void world::install_address(unsigned node, group_id group) {
  remove_address(node, group);
  addresses_[index_of(group)].push_back({node, time.now() + address_lifetime, ++announcements_});
}

void world::remove_address(unsigned node, group_id group) {
  std::erase_if(addresses_[index_of(group)], [&](const auto& a) { return a.node == node; });
}

void world::remove_addresses(unsigned node) {
  for (std::size_t g = 0; g < groups(); ++g)
    remove_address(node, static_cast<group_id>(g));
}

void world::refresh_addresses(unsigned node) {
  for (auto& group : addresses_)
    for (auto& a : group)
      if (a.node == node)
        a.until = time.now() + address_lifetime;
}

void world::check_gates() {
  for (std::size_t g = 0; g < groups(); ++g) {
    auto speakers = std::count_if(nodes.begin(), nodes.end(),
                                  [&](const auto& n) { return n->speaks_for(static_cast<group_id>(g)); });
    check(speakers <= 1, "two nodes' gates are open for one group");
  }
}

} // namespace troupe::simulation
