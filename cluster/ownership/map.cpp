#include "cluster/ownership/map.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "protocols/base/cursor.hpp"

namespace troupe::cluster {

namespace {

constexpr std::uint8_t version = 1;
constexpr std::uint64_t most_members = 1024;

/// Weighted rendezvous: -weight / ln(hash as a fraction). The hash is splitmix64's finaliser, the same on every node.
double score(node_id node, std::size_t group, std::uint32_t weight) {
  auto z = (static_cast<std::uint64_t>(node) << 32 | group) + 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  z ^= z >> 31;
  auto fraction = (static_cast<double>(z >> 11) + 0.5) * 0x1p-53;
  return -static_cast<double>(weight) / std::log(fraction);
}

struct candidate {
  node_id node;
  std::uint32_t weight;
  std::size_t room;
};

std::vector<candidate> candidates(const cluster_map& map, const std::vector<node_id>& live) {
  std::vector<candidate> out;
  double total = 0;
  for (const auto& m : map.members)
    if (!m.draining && m.weight > 0 && std::find(live.begin(), live.end(), m.node) != live.end()) {
      out.push_back({m.node, m.weight, 0});
      total += m.weight;
    }
  for (auto& c : out) {
    auto share = static_cast<double>(map.groups.size()) * c.weight / total;
    c.room = static_cast<std::size_t>(std::max(std::ceil(share), std::floor(1.25 * share)));
  }
  return out;
}

} // namespace

cluster_map make_map(std::vector<map_member> members, std::size_t groups) {
  cluster_map map;
  map.members = std::move(members);
  map.groups.resize(groups);
  return map;
}

const map_member* member_of(const cluster_map& map, node_id node) noexcept {
  auto found = std::find_if(map.members.begin(), map.members.end(), [&](const auto& m) { return m.node == node; });
  return found == map.members.end() ? nullptr : &*found;
}

std::vector<node_id> propose(const cluster_map& map, const std::vector<node_id>& live) {
  auto among = candidates(map, live);
  std::vector<node_id> out(map.groups.size(), node_id::none);
  for (std::size_t group = 0; group < out.size(); ++group) {
    candidate* best = nullptr;
    double highest = 0;
    for (auto& c : among)
      if (auto at = score(c.node, group, c.weight); c.room > 0 && (!best || at > highest)) {
        best = &c;
        highest = at;
      }
    if (!best)
      break;
    --best->room;
    out[group] = best->node;
  }
  return out;
}

std::string encode(const cluster_map& map) {
  std::string out;
  writer w(out);
  w.u8(version);
  w.number(map.version);
  w.number(map.members.size());
  for (const auto& m : map.members) {
    w.number(static_cast<std::uint16_t>(m.node));
    w.number(m.weight);
    w.u8(m.draining);
  }
  w.number(map.groups.size());
  for (const auto& g : map.groups) {
    w.number(static_cast<std::uint16_t>(g.owner));
    w.number(g.by.generation);
    w.number(g.by.epoch);
    w.number(g.by.life);
  }
  return out + map.unknown;
}

std::optional<cluster_map> decode_map(std::string_view octets) {
  reader in(octets);
  if (in.u8() != version)
    return std::nullopt;
  cluster_map map;
  map.version = in.number();
  bool fits = true;
  auto node = [&] {
    auto number = in.number();
    fits = fits && number <= std::numeric_limits<std::uint16_t>::max();
    return static_cast<node_id>(number);
  };
  auto members = in.number();
  if (members > most_members)
    return std::nullopt;
  for (; members > 0 && in.ok(); --members) {
    auto& m = map.members.emplace_back();
    m.node = node();
    auto weight = in.number();
    fits = fits && weight <= std::numeric_limits<std::uint32_t>::max();
    m.weight = static_cast<std::uint32_t>(weight);
    m.draining = in.u8() != 0;
  }
  auto groups = in.number();
  if (groups > slot_count)
    return std::nullopt;
  for (; groups > 0 && in.ok(); --groups) {
    auto& g = map.groups.emplace_back();
    g.owner = node();
    g.by.generation = in.number();
    g.by.epoch = in.number();
    g.by.life = in.number();
  }
  if (!in.ok() || !fits)
    return std::nullopt;
  map.unknown = octets.substr(octets.size() - in.left());
  return map;
}

} // namespace troupe::cluster
