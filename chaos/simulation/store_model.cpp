#include "chaos/simulation/store_model.hpp"

#include <algorithm>

namespace troupe::simulation {

namespace {

using outcome = owner_event::map_changed::outcome;

/// A replica that has not answered by then counts as none: WAIT's time-out.
constexpr moment wait_limit = ms(100);

class script {
public:
  script(store_data& data, std::uint64_t run, const store_flaws& flaws) : d_(data), run_(run), flaws_(flaws) {}

  answer take() && {
    out_.run = run_;
    out_.generation = d_.generation;
    out_.generation_of = d_.generation_of;
    out_.map_version = d_.map_version;
    return std::move(out_);
  }

  void operator()(const op::renew& o) {
    auto& record = record_of(o.node);
    out_.replaced = record.life > o.life || (record.life == o.life && record.dead);
    if (!out_.replaced)
      record = {o.node, o.life, record.counter + 1, false};
    out_.records = d_.records;
  }
  void operator()(const op::raise_generation& o) {
    if (o.run != run_ || (d_.generation_of == run_ && d_.generation > o.above))
      return;
    d_.generation = std::max(d_.generation, o.above) + 1;
    d_.generation_of = run_;
  }
  void operator()(const op::mark_dead& o) {
    auto& record = record_of(o.node);
    if (record.life <= o.life)
      record = {o.node, o.life, record.counter, true};
  }
  void operator()(const op::read_map&) { out_.map = d_.map; }
  void operator()(const op::change_map& o) {
    auto map = decode_map(o.map);
    if (!map || map->version != d_.map_version + 1 || o.generation != d_.generation || d_.generation_of != run_)
      out_.changed = outcome::other_version;
    else if (!std::all_of(o.proofs.begin(), o.proofs.end(), [&](const auto& p) { return stands(p); }))
      out_.changed = outcome::moved;
    else {
      d_.map = o.map;
      d_.map_version = map->version;
    }
  }
  void operator()(const op::raise_fence& o) {
    if (raise(o.group, o.by))
      out_.read = at(o.group).all;
  }
  void operator()(const op::rewrite& o) {
    if (raise(o.group, o.by))
      at(o.group).all = o.all;
  }
  void operator()(const op::commit& o) {
    auto& g = at(o.group);
    bool older = o.by != g.fence && !older_than(g.fence, o.by); // the same epoch of another life is none of ours
    bool late = o.by == g.fence && o.number <= g.number;
    if ((older || late) && !flaws_.no_fence)
      return refuse(g);
    if (older_than(g.fence, o.by))
      g.fence = o.by;
    g.number = o.number;
    for (const auto& [key, value] : o.changed)
      if (value.empty())
        g.all.erase(key);
      else
        g.all[key] = value;
    out_.done = true;
    out_.fence = g.fence;
  }
  void operator()(const op::wait&) {}

private:
  store_data::group& at(group_id group) { return d_.groups[index_of(group)]; }
  bool older_than(const token& a, const token& b) const {
    bool older = std::pair(a.generation, a.epoch) < std::pair(b.generation, b.epoch);
    return flaws_.inverted ? !older && a != b : older;
  }

  life_record& record_of(node_id node) {
    auto found = std::find_if(d_.records.begin(), d_.records.end(), [&](const auto& r) { return r.node == node; });
    return found == d_.records.end() ? d_.records.emplace_back(life_record{node}) : *found;
  }
  bool stands(const evidence& proof) {
    const auto& r = record_of(proof.node);
    return r.life < proof.life || (r.life == proof.life && r.counter == proof.counter);
  }
  bool raise(group_id group, const token& by) {
    auto& g = at(group);
    out_.done = by == g.fence || older_than(g.fence, by) || flaws_.no_fence;
    if (out_.done && by != g.fence) {
      g.fence = by;
      g.number = 0;
    }
    out_.fence = out_.done ? by : g.fence;
    return out_.done;
  }
  void refuse(const store_data::group& g) { out_.fence = g.fence; }

  store_data& d_;
  std::uint64_t run_;
  const store_flaws& flaws_;
  answer out_;
};

} // namespace

answer store_data::apply(const operation& what, std::uint64_t run, const store_flaws& flaws) {
  script s(*this, run, flaws);
  std::visit(s, what);
  return std::move(s).take();
}

store_model::store_model(std::size_t groups, store_flaws flaws) : flaws_(flaws) {
  master_.groups.resize(groups);
  replica_ = master_;
}

bool store_model::apply(const operation& what, moment now, answer& out, moment& delay) {
  if (down_)
    return false;
  replicate(now);
  out = master_.apply(what, run_, flaws_);
  if (!std::holds_alternative<op::read_map>(what) && !std::holds_alternative<op::wait>(what))
    not_replicated_.push_back({replicated_at_ = std::max(replicated_at_, now + lag), what});
  auto until = std::max<moment>(replicated_at_ - now, 0);
  out.replicas = until <= wait_limit ? 1 : 0;
  delay = std::min(until, wait_limit);
  return true;
}

void store_model::replicate(moment now) {
  for (; !not_replicated_.empty() && not_replicated_.front().when <= now; not_replicated_.pop_front())
    replica_.apply(not_replicated_.front().what, run_, flaws_);
}

void store_model::go_down(moment now) {
  replicate(now);
  down_ = true;
}

void store_model::fail_over() {
  not_replicated_.clear();
  master_ = replica_;
  ++run_;
  down_ = false;
}

} // namespace troupe::simulation
