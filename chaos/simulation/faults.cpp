// The faults of a schedule. In most, one at a time with time to recover: then what was acknowledged must not be lost. In
// the others they fall together: then only ownership is held to its rules, and that all is served in the end.
#include <algorithm>

#include "chaos/simulation/clients.hpp"
#include "chaos/simulation/node.hpp"

namespace troupe::simulation {

namespace {

enum class fault : unsigned {
  process_dies,
  machine_dies,
  pause,
  stutter,
  links_cut,
  link_cut_one_way,
  store_cut,
  store_cut_one_way,
  store_cut_but_one,
  late_answers,
  isolated,
  fail_over,
  fail_over_after_change,
  split_store,
  slow_store,
  lossy_links,
  lagging_replicas,
  drain,
  count,
};

constexpr moment first_fault = ms(2500), between_faults = ms(5000);

} // namespace

void world::plan_faults() {
  bool storm = time.chance(30);
  promised = !storm;
  auto count = storm ? time.between(3, 6) : time.between(1, 2);
  moment from = first_fault;
  for (std::int64_t i = 0; i < count; ++i) {
    auto begins = storm ? time.between(first_fault, ms(9000)) : from + time.between(0, ms(1500));
    auto lasting = time.between(ms(100), ms(4000));
    plan_fault(static_cast<unsigned>(time.random.below(static_cast<std::uint64_t>(fault::count))), begins, lasting);
    from = begins + lasting + between_faults;
    settled_at_ = std::max(settled_at_, begins + lasting + ms(3000));
  }
  phones_->plan(static_cast<std::uint32_t>(time.between(8, 24)), ms(2000), storm ? ms(9000) : from - ms(4000));
}

void world::plan_fault(unsigned kind, moment from, moment lasting) {
  auto n = static_cast<unsigned>(time.random.below(given.nodes));
  auto other = (n + 1 + static_cast<unsigned>(time.random.below(given.nodes - 1))) % given.nodes;
  auto begin = [&](auto what) {
    time.at(from, [this, kind, n, what] {
      note(2000, kind, n, [&] { return "fault " + std::to_string(kind) + " at node " + std::to_string(n); });
      what();
    });
  };
  auto during = [&](auto set) {
    begin([set] { set(true); });
    time.at(from + lasting, [this, kind, set] {
      note(2000, 100 + kind, 0, [&] { return "fault " + std::to_string(kind) + " is over"; });
      set(false);
    });
  };
  auto cut_links = [this, n](bool cut) {
    for (unsigned m = 0; m < given.nodes; ++m)
      paths[n].to_node[m] = paths[m].to_node[n] = !cut;
  };
  auto cut_store = [this](unsigned node, bool cut) { paths[node].to_store = paths[node].from_store = !cut; };
  switch (static_cast<fault>(kind)) {
  case fault::process_dies: return begin([=, this] { nodes[n]->crash(true, lasting); });
  case fault::machine_dies: return begin([=, this] { nodes[n]->crash(false, lasting); });
  case fault::pause: return begin([=, this] { nodes[n]->pause(lasting); });
  case fault::stutter: return begin([=, this] { nodes[n]->stutter(lasting); });
  case fault::links_cut: return during(cut_links);
  case fault::link_cut_one_way: return during([=, this](bool cut) { paths[n].to_node[other] = !cut; });
  case fault::store_cut: return during([=](bool cut) { cut_store(n, cut); });
  case fault::store_cut_but_one: // a majority without the store beside a minority with it
    return during([=, this](bool cut) {
      for (unsigned m = 0; m < given.nodes; ++m)
        if (m != n)
          cut_store(m, cut);
    });
  case fault::store_cut_one_way:
    return during([=, this, to = time.chance(50)](bool cut) { (to ? paths[n].to_store : paths[n].from_store) = !cut; });
  case fault::late_answers: // and then no more questions arrive
    time.at(from + lasting / 2, [this, n] { paths[n].to_store = false; });
    return during([=, this](bool late) {
      paths[n].late_answers = late ? ms(900) : 0;
      paths[n].to_store = true;
    });
  case fault::isolated:
    return during([=, this](bool cut) {
      cut_links(cut);
      cut_store(n, cut);
      paths[n].to_phones = !cut;
    });
  case fault::fail_over:
    promised = promised && given.nodes > 2; // two nodes stop while the store is away, and forget what it has lost
    return during([this](bool down) { down ? store.go_down(time.now()) : store.fail_over(); });
  case fault::fail_over_after_change: // often the second fault: what changed the map was the first
    promised = false;
    store.lag = ms(30);
    return begin([=, this] { falls_after_change = lasting; });
  case fault::split_store:
    promised = false; // what the former master acknowledges is lost with it
    begin([=, this] {
      former = store;
      former->lag = ms(1'000'000); // its replicas follow another
      paths[n].to_former = true;
      store.go_down(time.now());
    });
    time.at(from + std::min(lasting / 2, ms(1000)), [this] { store.fail_over(); });
    return time.at(from + lasting, [this, n] { paths[n].to_former = false; });
  case fault::slow_store:
    return during([=, this](bool slow) { slow_store = slow ? std::max(ms(50), lasting / 3) : 0; });
  case fault::lossy_links: return during([this](bool lossy) { lost_percent = lossy ? 30 : 0; });
  case fault::lagging_replicas: return during([this](bool lags) { store.lag = lags ? ms(400) : ms(2); });
  case fault::drain:
    return begin([=, this] { // one, so that somebody is left to take its groups
      if (given.nodes > 2 && std::none_of(nodes.begin(), nodes.end(), [](const auto& m) { return m->drains(); }))
        nodes[n]->drain();
    });
  case fault::count: return;
  }
}

} // namespace troupe::simulation
