#include "cluster/membership/membership.hpp"

#include <algorithm>

namespace troupe::cluster {

namespace {

using phase = membership::phase;
using kind = member_message::kind;

class machine {
public:
  machine(membership state, instant now, const lease_policy& policy)
      : out_{std::move(state), {}}, now_(now), policy_(policy) {}

  membership_step take() && { return std::move(out_); }

  /// A pause may have gone past the deadline: whatever the event, that is looked at first.
  bool stop_when_late() {
    if (s().at == phase::serving && now_ >= deadline())
      stop();
    return s().at == phase::stopped;
  }

  void operator()(const member_event::tick& e) {
    suspect();
    if (!e.shards_alive || now_ < s().next_renewal)
      return;
    auto due = s().next_renewal + policy_.renew_every; // not later each time by the tick's coarseness
    s().next_renewal = due > now_ ? due : now_ + policy_.renew_every;
    auto sequence = renew(s().own, now_, policy_);
    effect(member_effect::store_renew{sequence});
    if (s().at == phase::serving)
      to_all({kind::ask_promise, s().self, s().life, sequence, {}});
  }

  void operator()(const member_event::renewed& e) {
    if (e.replaced)
      return stop();
    if (e.sequence <= s().answered)
      return;
    s().answered = e.sequence;
    if (e.replicas < policy_.replicas)
      return; // perhaps a former master, which would raise a generation of its own
    if (e.generation_of != e.run || e.generation < s().generation)
      return effect(member_effect::store_raise_generation{e.run, std::max(e.generation, s().generation)});
    if (e.generation > s().generation)
      enter(e.generation);
    auto sent = sent_at(s().own, e.sequence);
    if (!sent)
      return;
    observe(s().others, s().view, e.records, *sent, now_, policy_);
    confirm_by_store(s().own, *sent);
    extended();
  }

  void operator()(const member_event::heard& e) {
    switch (const auto& m = e.message; m.what) {
    case kind::ask_promise:
      // While this node reads the store, so can the other; if it alone cannot, others must be free to claim.
      if (store_away(s().own, now_, policy_) && promise_to(s().word, e.from, m.life, now_, policy_))
        effect(member_effect::send_link{e.from, {kind::promise, e.from, m.life, m.number, {}}});
      return;
    case kind::promise:
      if (auto sent = sent_at(s().own, m.number); sent && m.life == s().life && s().at == phase::serving) {
        confirm_by_peer(s().own, e.from, *sent);
        extended();
      }
      return;
    case kind::ask_vote:
      // A node's own word keeps it serving, so the victim is on neither side of its own ballot.
      if (m.about != s().self && vote_against(s().word, m.about, m.life, known_dead(m.about, m.life), now_, policy_))
        effect(member_effect::send_link{e.from, {kind::vote, m.about, m.life, m.number, {}}});
      return;
    case kind::vote: return count(e.from, m);
    case kind::dead: note_dead(s().others, m.about, m.life); return suspect();
    }
  }

private:
  membership& s() { return out_.next; }
  void effect(membership_effect e) { out_.effects.push_back(std::move(e)); }

  void to_all(const member_message& message) {
    for (auto node : s().view)
      if (node != s().self)
        effect(member_effect::send_link{node, message});
  }

  instant deadline() { return deadline_of(s().own, s().view.size(), policy_).value_or(instant{}); }

  void stop() {
    s().at = phase::stopped;
    effect(member_effect::discard_and_restart{});
  }

  void enter(std::uint64_t generation) {
    s().generation = generation;
    s().claims_after = now_ + policy_.out_after;
    s().ballots.clear();
    restart(s().others, now_);
    effect(member_effect::new_generation{generation, s().claims_after});
  }

  void extended() {
    if (now_ >= deadline())
      return; // the answer was too slow to be of use; the tick finds out what that means
    s().at = phase::serving;
    effect(member_effect::extend{deadline(), s().generation});
  }

  bool known_dead(node_id node, incarnation life) {
    auto seen = find(s().others, node);
    return seen && (seen->last.life > life || (seen->last.life == life && seen->last.dead));
  }

  /// Looks at who may be out. Where nothing is certain the majority of a view of three or more must agree.
  void suspect() {
    if (s().at != phase::serving || now_ < s().claims_after)
      return;
    std::erase_if(s().ballots, [&](const auto& b) { return b.asked + policy_.serve_for <= now_; });
    for (auto& seen : s().others.nodes) {
      if (seen.last.node == s().self || seen.last.life == 0)
        continue;
      tell_ended(seen);
      if (seen.last.dead || is_live(seen, s().others.last_asked, policy_))
        continue;
      evidence proof{seen.last.node, seen.last.life, seen.last.counter, false};
      if (s().view.size() < 3)
        effect(member_effect::gone{proof});
      else
        ask_votes(proof);
    }
  }

  /// A life that its parent saw end, and every one before the present, has ended for certain.
  void tell_ended(watch::seen& seen) {
    auto ended = seen.last.dead ? seen.last.life : seen.last.life - 1;
    if (ended <= seen.told_gone)
      return;
    seen.told_gone = ended;
    effect(member_effect::gone{{seen.last.node, ended, 0, true}});
  }

  void ask_votes(const evidence& against) {
    bool asked = std::any_of(s().ballots.begin(), s().ballots.end(),
                             [&](const auto& b) { return b.against.node == against.node; });
    if (asked || !vote_against(s().word, against.node, against.life, false, now_, policy_))
      return;
    s().ballots.push_back({against, ++s().last_ballot, now_, {}});
    to_all({kind::ask_vote, against.node, against.life, s().last_ballot, {}});
  }

  /// Votes count within 700 ms of the asking, while every one of them still bars its giver from promising.
  void count(node_id from, const member_message& m) {
    auto found =
        std::find_if(s().ballots.begin(), s().ballots.end(), [&](const auto& b) { return b.number == m.number; });
    if (found == s().ballots.end() || found->asked + policy_.serve_for <= now_ ||
        std::count(found->yes.begin(), found->yes.end(), from))
      return;
    found->yes.push_back(from);
    if (found->yes.size() + 1 == majority_of(s().view.size()))
      effect(member_effect::gone{found->against});
  }

  membership_step out_;
  instant now_;
  const lease_policy& policy_;
};

} // namespace

membership make_membership(node_id self, incarnation life, std::vector<node_id> view, instant now,
                           const lease_policy& policy) {
  membership m;
  m.self = self;
  m.life = life;
  m.view = std::move(view);
  m.next_renewal = now;
  m.claims_after = now + policy.out_after;
  m.word.silent_until = now + policy.out_after;
  return m;
}

membership_step on(membership state, const membership_event& event, instant now, const lease_policy& policy) {
  machine m(std::move(state), now, policy);
  if (!m.stop_when_late())
    std::visit(m, event);
  return std::move(m).take();
}

std::vector<node_id> live_nodes(const membership& state, const lease_policy& policy) {
  std::vector<node_id> out;
  for (auto node : state.view) {
    auto seen = find(state.others, node);
    if (node == state.self ? state.at == phase::serving : seen && is_live(*seen, state.others.last_asked, policy))
      out.push_back(node);
  }
  return out;
}

} // namespace troupe::cluster
