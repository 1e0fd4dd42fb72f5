#include "cluster/ownership/ownership.hpp"

#include <algorithm>

namespace troupe::cluster {

namespace {

using asking = ownership::asking;
using phase = holding::phase;
using outcome = owner_event::map_changed::outcome;
using handing = handover_source::phase;

bool holds(const holding& h) noexcept { return h.at == phase::owned || h.at == phase::renewing; }

group_id group_at(std::size_t index) noexcept { return static_cast<group_id>(index); }

class machine {
public:
  machine(ownership state, instant now, const ownership_policy& policy)
      : out_{std::move(state), {}}, now_(now), policy_(policy) {}

  ownership_step take() && { return std::move(out_); }

  void operator()(const owner_event::tick& e) {
    if (s().live != e.live)
      s().next_move = now_ + policy_.settle;
    s().live = e.live;
    s().serving = e.serving;
    s().behind |= e.map_version != s().map.version;
    for (std::size_t g = 0; g < s().groups.size(); ++g)
      if (s().groups[g].out.at != handing::none)
        hand_over(g, handover_event::tick{});
    go_on();
  }

  void operator()(const owner_event::gone& e) {
    std::erase_if(s().gone, [&](const auto& p) {
      return p.node == e.proof.node && (p.life < e.proof.life || (p.life == e.proof.life && !p.certain));
    });
    if (!std::count_if(s().gone.begin(), s().gone.end(), [&](const auto& p) { return p.node == e.proof.node; }))
      s().gone.push_back(e.proof);
    go_on();
  }

  void operator()(const owner_event::new_generation& e) {
    s().generation = e.generation;
    s().claims_after = e.claims_after;
    std::erase_if(s().gone, [](const auto& p) { return !p.certain; }); // its counter was the former store's
    s().asked = asking::nothing;
    s().behind = true;
    for (auto& h : s().groups)
      if (h.at == phase::granted || h.at == phase::opening) {
        h.at = phase::none; // nothing says that the other store knows of the grant
        h.ended = h.by;
      }
    go_on();
  }

  void operator()(const owner_event::map_read& e) {
    if (!answers(e.request, asking::map))
      return;
    s().behind = false;
    take_up(e.map);
    for (std::size_t g = 0; g < s().groups.size(); ++g)
      s().groups[g].unsure |= grant_was_asked(g); // it may still come: our entry must be renewed to exclude it
    s().proposed = {};
    go_on();
  }

  void operator()(const owner_event::map_changed& e) {
    if (!answers(e.request, asking::change))
      return;
    if (e.what == outcome::moved)
      std::erase_if(s().gone, [](const auto& p) { return !p.certain; });
    if (e.what == outcome::done)
      take_up(s().proposed);
    else
      refused();
    s().proposed = {};
    go_on();
  }

  void operator()(const owner_event::replicated& e) {
    if (!answers(e.request, asking::replicas))
      return;
    for (std::size_t g = 0; g < s().groups.size() && e.replicas >= policy_.replicas; ++g)
      if (auto& h = s().groups[g]; h.at == phase::granted) {
        h.at = phase::opening;
        bool streamed = h.in.received > 0 && h.in.by.generation == h.by.generation && h.in.by.epoch + 1 == h.by.epoch;
        h.in = {};
        effect(owner_effect::open_group{group_at(g), h.by, streamed});
      }
    if (e.replicas >= policy_.replicas)
      go_on();
  }

  void operator()(const owner_event::opened& e) {
    auto& h = s().groups[index_of(e.group)];
    if (e.fence > e.by)
      return (*this)(owner_event::overtaken{e.group, e.fence});
    if (h.at == phase::opening && h.by == e.by) {
      h.at = phase::owned;
      effect(owner_effect::take_group{e.group, h.by});
      effect(owner_effect::install_addresses{e.group});
    } else if (h.at == phase::renewing && h.next == e.by) {
      h.at = phase::owned;
      h.by = h.next;
      effect(owner_effect::take_group{e.group, h.by});
    }
  }

  void operator()(const owner_event::overtaken& e) {
    auto& h = s().groups[index_of(e.group)];
    if (h.at == phase::none || e.fence <= std::max(h.by, h.next))
      return;
    lose(index_of(e.group));
    s().behind = true;
    go_on();
  }

  void operator()(const owner_event::heard& e) {
    auto index = index_of(e.message.group);
    if (index >= s().groups.size())
      return;
    using kind = handover_message::kind;
    if (e.message.what == kind::granted)
      s().behind = true;
    if (e.message.what == kind::acknowledge ||
        (e.message.what == kind::call_off && s().groups[index].out.at != handing::none))
      hand_over(index, handover_event::heard{e.from, e.message});
    else
      receive(index, e);
    go_on();
  }

  void operator()(const owner_event::content& e) { hand_over(index_of(e.group), handover_event::content{e.octets}); }
  void operator()(const owner_event::flushed& e) {
    hand_over(index_of(e.group), handover_event::flushed{});
    go_on();
  }

  void operator()(const owner_event::drain&) {
    s().drain = true;
    go_on();
  }

private:
  ownership& s() { return out_.next; }
  void effect(ownership_effect e) { out_.effects.push_back(std::move(e)); }

  std::uint64_t ask(asking what) {
    s().asked = what;
    s().asked_at = now_;
    return ++s().request;
  }

  bool answers(std::uint64_t request, asking what) {
    if (s().asked != what || s().request != request)
      return false;
    s().asked = asking::nothing;
    return true;
  }

  /// Asks the store for the next thing: to know, to have known, to change.
  void go_on() {
    if (s().asked != asking::nothing && now_ < s().asked_at + policy_.patience)
      return;
    if (s().asked == asking::change)
      s().behind = true; // nobody knows what became of it
    s().asked = asking::nothing;
    if (s().generation == 0)
      return;
    if (s().behind)
      return effect(owner_effect::store_read_map{ask(asking::map)});
    bool granted =
        std::any_of(s().groups.begin(), s().groups.end(), [](const auto& h) { return h.at == phase::granted; });
    if (granted)
      return effect(owner_effect::store_wait{ask(asking::replicas)});
    if (auto change = due_change(s(), now_, policy_)) {
      for (std::size_t g = 0; g < std::min(s().groups.size(), change->map.groups.size()); ++g)
        if (change->map.groups[g].owner == s().self && change->map.groups[g] != newest(g) && !holds(s().groups[g]))
          s().groups[g].in = {}; // claimed, not handed over: what was streamed may be half of it
      s().proposed = change->map;
      return effect(owner_effect::store_compare_and_set{ask(asking::change), s().generation, std::move(change->map),
                                                        std::move(change->proofs)});
    }
    balance();
  }

  map_entry newest(std::size_t g) { return g < s().newest.size() ? s().newest[g] : map_entry{}; }

  void take_up(const cluster_map& map) {
    s().map = map;
    auto count = std::min(map.groups.size(), s().groups.size());
    for (std::size_t g = 0; g < count; ++g) {
      const auto& entry = map.groups[g];
      if (entry.by > s().newest[g].by || (entry.by == s().newest[g].by && entry.owner == node_id::none))
        s().newest[g] = entry;
      auto& h = s().groups[g];
      bool mine = entry.owner == s().self && entry.by.life == s().life;
      if (mine && entry.by.generation == s().generation)
        take_up_grant(g, entry.by);
      else if (!mine && h.at != phase::none && entry.by > std::max(h.by, h.next))
        lose(g);
      if (!mine && h.in.received > 0 && entry.by > h.in.by) { // what was being streamed is another's by now
        h.in = {};
        effect(owner_effect::forget_values{group_at(g)});
      }
    }
  }

  void take_up_grant(std::size_t g, const token& by) {
    auto& h = s().groups[g];
    if (h.at == phase::none && by > h.ended) {
      h.at = phase::granted;
      h.by = h.next = by;
    } else if (holds(h) && by > std::max(h.by, h.next)) {
      h.at = phase::renewing;
      h.next = by;
      h.unsure = false;
      hand_over(g, handover_event::decided{false});
      effect(owner_effect::rewrite_group{group_at(g), by});
    }
  }

  void lose(std::size_t g) {
    auto& h = s().groups[g];
    auto to = s().map.groups.size() > g ? s().map.groups[g].owner : node_id::none;
    bool served = holds(h);
    auto ended = std::max({h.ended, h.by, h.next});
    if (h.out.at != handing::none && to == h.out.target)
      hand_over(g, handover_event::decided{true});
    auto stream = h.out.stream;
    h = {};
    h.ended = ended;
    h.out.stream = stream;
    if (!served)
      return;
    effect(owner_effect::give_up_group{group_at(g), to == s().self ? node_id::none : to});
    effect(owner_effect::remove_addresses{group_at(g)});
  }

  bool grant_was_asked(std::size_t g) {
    const auto& out = s().groups[g].out;
    return out.at == handing::granting && g < s().proposed.groups.size() && s().proposed.groups[g].owner == out.target;
  }

  /// The change was not made and never will be.
  void refused() {
    s().behind = true;
    for (std::size_t g = 0; g < s().groups.size(); ++g)
      if (grant_was_asked(g))
        hand_over(g, handover_event::decided{false});
  }

  template <class Event>
  void hand_over(std::size_t g, const Event& event) {
    auto& h = s().groups[g];
    auto step = on(h.out, source_event(event), group_at(g), h.by, now_, policy_.handover);
    h.out = step.next;
    carry_out(g, std::move(step.effects));
  }

  void receive(std::size_t g, const owner_event::heard& e) {
    auto& h = s().groups[g];
    if (h.at != phase::none)
      return;
    auto step = on(h.in, handover_event::heard{e.from, e.message}, s().life);
    h.in = step.next;
    carry_out(g, std::move(step.effects));
  }

  void carry_out(std::size_t g, handover_effects&& effects) {
    for (auto& e : effects) {
      if (auto send = std::get_if<handover_effect::send>(&e))
        effect(owner_effect::send_link{send->to, std::move(send->message)});
      else if (std::holds_alternative<handover_effect::snapshot>(e))
        effect(owner_effect::snapshot_group{group_at(g)});
      else if (std::holds_alternative<handover_effect::hold>(e))
        effect(owner_effect::hold_group{group_at(g)});
      else if (std::holds_alternative<handover_effect::resume>(e))
        effect(owner_effect::resume_group{group_at(g), s().groups[g].by});
      else if (std::holds_alternative<handover_effect::grant>(e))
        effect(owner_effect::silence_group{group_at(g)});
      else if (auto values = std::get_if<handover_effect::apply>(&e))
        effect(owner_effect::apply_values{group_at(g), values->first, std::move(values->octets)});
      else
        effect(owner_effect::forget_values{group_at(g)});
    }
  }

  /// Moves one group at a time to the node that rendezvous hashing proposes.
  void balance() {
    if (!s().serving || now_ < s().next_move || now_ < s().claims_after)
      return;
    auto proposal = propose(s().map, s().live);
    for (std::size_t g = 0; g < proposal.size() && g < s().groups.size(); ++g) {
      const auto& h = s().groups[g];
      if (h.at != phase::owned || h.unsure || proposal[g] == s().self || proposal[g] == node_id::none)
        continue;
      s().next_move = now_ + policy_.move_every;
      return hand_over(g, handover_event::begin{proposal[g]});
    }
  }

  ownership_step out_;
  instant now_;
  const ownership_policy& policy_;
};

} // namespace

ownership make_ownership(node_id self, incarnation life, const ownership_policy& policy) {
  ownership o;
  o.self = self;
  o.life = life;
  o.groups.resize(policy.groups);
  o.newest.resize(policy.groups);
  return o;
}

ownership_step on(ownership state, const ownership_event& event, instant now, const ownership_policy& policy) {
  machine m(std::move(state), now, policy);
  std::visit(m, event);
  return std::move(m).take();
}

direction route(const ownership& state, group_id group, unsigned hops) noexcept {
  auto g = index_of(group);
  if (g < state.groups.size() && holds(state.groups[g]))
    return {direction::kind::serve};
  auto owner = g < state.map.groups.size() ? state.map.groups[g].owner : node_id::none;
  if (hops >= most_hops || owner == node_id::none || owner == state.self)
    return {direction::kind::not_owner, node_id::none, state.map.version};
  return {direction::kind::forward, owner};
}

} // namespace troupe::cluster
