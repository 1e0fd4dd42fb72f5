// Which change to the map is due.
#include <algorithm>

#include "cluster/ownership/ownership.hpp"

namespace troupe::cluster {

namespace {

using phase = holding::phase;

class change_maker {
public:
  change_maker(const ownership& state, instant now, const ownership_policy& policy)
      : s_(state), now_(now), policy_(policy), change_{state.map, {}} {
    if (s_.map.version == 0)
      change_.map = make_map(policy.members, policy.groups);
  }

  std::optional<map_change> make() && {
    if (s_.serving)
      extend();
    for (std::size_t g = 0; g < change_.map.groups.size() && g < s_.groups.size(); ++g) {
      mend(g);
      keep(g);
      grant(g);
    }
    if (s_.serving || s_.drain)
      enter_ourselves();
    claim();
    if (change_.map == s_.map)
      return std::nullopt;
    change_.map.version = s_.map.version + 1;
    return std::move(change_);
  }

private:
  map_entry& entry(std::size_t g) { return change_.map.groups[g]; }
  bool names_us(const map_entry& e) const { return e.owner == s_.self && e.by.life == s_.life; }
  token next_token(std::size_t g) { return {s_.generation, entry(g).by.epoch + 1, s_.life}; }

  /// A store that lost acknowledged writes shows an older entry than one that was seen.
  void mend(std::size_t g) {
    if (s_.newest[g].by > entry(g).by)
      entry(g) = s_.newest[g];
  }

  /// Our entries: written anew for another generation, or released when the group has ended here.
  void keep(std::size_t g) {
    const auto& h = s_.groups[g];
    if (!names_us(entry(g)))
      return;
    bool old = entry(g).by.generation < s_.generation;
    if (h.at != phase::none && (h.unsure || old))
      entry(g).by = next_token(g);
    else if (h.at == phase::none && (old || entry(g).by <= h.ended))
      entry(g).owner = node_id::none;
  }

  void grant(std::size_t g) {
    const auto& h = s_.groups[g];
    const auto& out = h.out;
    if (out.at == handover_source::phase::granting && h.at == phase::owned && !h.unsure && entry(g).by == h.by)
      entry(g) = {out.target, {s_.generation, entry(g).by.epoch + 1, out.target_life}};
  }

  /// Groups that were added to the configuration.
  void extend() {
    auto& groups = change_.map.groups;
    groups.resize(std::max(groups.size(), policy_.groups));
  }

  /// Each node writes its own line: a new one adds it, one that has started again after a drain takes its flag back.
  void enter_ourselves() {
    auto find = [this](auto& among) {
      return std::find_if(among.begin(), among.end(), [this](const map_member& m) { return m.node == s_.self; });
    };
    auto& members = change_.map.members;
    auto wanted = find(policy_.members);
    if (wanted == policy_.members.end())
      return;
    auto line = find(members);
    if (line == members.end())
      line = members.insert(line, *wanted);
    line->weight = wanted->weight;
    line->draining = s_.drain;
  }

  void claim() {
    if (!s_.serving || now_ < s_.claims_after)
      return;
    bool may = !s_.drain && member_of(change_.map, s_.self);
    std::vector<node_id> proposal;
    for (std::size_t g = 0; g < change_.map.groups.size() && g < s_.groups.size(); ++g) {
      if (!is_free(g))
        continue;
      if (proposal.empty())
        proposal = propose(change_.map, s_.live);
      if (!may || proposal[g] != s_.self) {
        if (entry(g).owner == s_.self) // of an earlier life of ours: who is to have it may have no proof of its end
          entry(g).owner = node_id::none;
        continue;
      }
      prove(entry(g));
      entry(g) = {s_.self, next_token(g)};
    }
  }

  bool is_free(std::size_t g) {
    const auto& e = entry(g);
    if (e.owner == node_id::none)
      return true;
    if (e.owner == s_.self)
      return e.by.life < s_.life;
    return proof_against(e) != nullptr;
  }

  const evidence* proof_against(const map_entry& e) {
    auto found = std::find_if(s_.gone.begin(), s_.gone.end(),
                              [&](const auto& p) { return p.node == e.owner && e.by.life <= p.life; });
    return found == s_.gone.end() ? nullptr : &*found;
  }

  void prove(const map_entry& e) {
    auto proof = proof_against(e);
    if (proof && !proof->certain &&
        std::find(change_.proofs.begin(), change_.proofs.end(), *proof) == change_.proofs.end())
      change_.proofs.push_back(*proof);
  }

  const ownership& s_;
  instant now_;
  const ownership_policy& policy_;
  map_change change_;
};

} // namespace

std::optional<map_change> due_change(const ownership& state, instant now, const ownership_policy& policy) {
  return change_maker(state, now, policy).make();
}

} // namespace troupe::cluster
