#include "actors/node/cx_exchange.hpp"

#include "cluster/link/entity.hpp"

namespace troupe {
namespace {

/// What an entity's message between nodes is about. The numbers are on the wire.
enum class word : std::uint8_t { cx_question = 1, cx_answer = 2, cx_notice = 3 };

/// A question's `key`: whose answer it will be.
std::string text_of(cluster::group_id group) { return std::to_string(cluster::index_of(group)); }

std::optional<cluster::group_id> group_in(const std::string& text) {
  if (text.empty() || text.size() > 5 || text.find_first_not_of("0123456789") != text.npos)
    return std::nullopt;
  return static_cast<cluster::group_id>(std::stoul(text));
}

cluster::outgoing letter(cluster::group_id to, word about, std::string key, std::string octets) {
  return {cluster::frame_kind::entity, to, 0,
          encode(cluster::entity_message{static_cast<std::uint8_t>(about), std::move(key), 1, std::move(octets)})};
}

} // namespace

std::unique_ptr<cx_port> cx_exchange::port_for(const site::surroundings::grant& as, shard_tree& of) {
  // Two groups of one life have epochs of their own, which may be equal: the group is part of the name.
  auto life = siphash({as.by.life, as.by.generation}, std::to_string(as.group) + ':' + std::to_string(as.by.epoch));
  auto group = static_cast<cluster::group_id>(as.group);
  return std::make_unique<cx_client>(
      cx::asker{life, of.home.index()},
      cx_client::surroundings{of.home.timers(), [&of] { return of.home.now(); },
                              [this, group](std::string octets) { ask(group, std::move(octets)); }});
}

std::shared_ptr<hss::cx_service> cx_exchange::service() const {
  auto here = host_->site_of(hss_group);
  return here && here->cx() != nullptr ? std::shared_ptr<hss::cx_service>(here, here->cx()) : nullptr;
}

/// To nobody, while nobody has the HSS: the client asks again.
void cx_exchange::ask(cluster::group_id asker, std::string octets) {
  using kind = cluster::direction::kind;
  auto way = host_->route(hss_group, 0);
  if (way.what == kind::forward)
    links_.send(way.to, letter(hss_group, word::cx_question, text_of(asker), std::move(octets)));
  else if (auto here = service(); here && way.what == kind::serve)
    here->take(octets, [this, asker](std::string reply) { answer(self_, asker, std::move(reply)); });
}

void cx_exchange::answer(cluster::node_id asker, cluster::group_id group, std::string octets) {
  if (asker == self_)
    return deliver(group, std::move(octets));
  links_.send(asker, letter(group, word::cx_answer, {}, std::move(octets)));
}

void cx_exchange::deliver(cluster::group_id group, std::string octets) {
  auto name = cx::asker_of(octets);
  auto to = host_->site_of(group);
  if (!name || !to || !to->started() || name->shard >= to->shards().size())
    return;
  auto& tree = *to->shards()[name->shard];
  tree.home.post([&tree, octets = std::move(octets)] { static_cast<cx_client&>(*tree.hss).received(octets); });
}

void cx_exchange::tell_here(const hss::notices& what) {
  for (auto& each : host_->sites())
    if (each->started())
      each->tell(what);
}

void cx_exchange::tell(const hss::notices& what) {
  tell_here(what);
  for (auto& text : hss::encode(what))
    for (auto node : others_)
      links_.send(node, letter(hss_group, word::cx_notice, {}, text));
}

void cx_exchange::heard(cluster::node_id from, const cluster::incoming& message) {
  auto read = cluster::decode_entity_message(message.octets);
  if (!read)
    return;
  switch (static_cast<word>(read->kind)) {
  case word::cx_question:
    if (auto group = group_in(read->key))
      if (auto here = service(); here && host_->route(hss_group, read->hops).what == cluster::direction::kind::serve)
        here->take(read->octets, [this, from, group](std::string reply) { answer(from, *group, std::move(reply)); });
    return;
  case word::cx_answer: return deliver(message.group, std::move(read->octets));
  case word::cx_notice:
    if (auto what = hss::decode_notice(read->octets))
      tell_here(*what);
    return;
  }
}

} // namespace troupe
