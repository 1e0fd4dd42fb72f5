#include "actors/link/links.hpp"

#include <algorithm>
#include <system_error>

namespace troupe {

using namespace cluster;
namespace event = link_event;
namespace effect = link_effect;
using weight = link_note::weight;

links::links(shard& home, metrics& counts, link_settings how, link_log log)
    : home_(home), counts_(counts), how_(std::move(how)), log_(std::move(log)), acceptor_(home.io()) {
  beat_.owner = this;
  for (auto& who : how_.peers) {
    auto seed = how_.policy.life ^ static_cast<std::uint64_t>(who.node) << 48;
    peers_.push_back(std::make_unique<peer>(peer{who, make_link(who.node, seed), nullptr, nullptr, false}));
  }
  home_.at_round_end([this] { flush(); });
}

links::~links() = default;

void links::open() {
  asio::error_code failed;
  acceptor_.open(how_.listen.protocol(), failed);
  acceptor_.set_option(asio::socket_base::reuse_address(true), failed);
  if (!failed)
    acceptor_.bind(how_.listen, failed);
  if (!failed)
    acceptor_.listen(asio::socket_base::max_listen_connections, failed);
  if (failed)
    throw std::system_error(failed.value(), std::system_category(), "cannot listen for other nodes on cluster.link");
}

void links::start(link_gateway_actor gateway) {
  gateway_ = std::move(gateway);
  for (auto& p : peers_)
    feed(*p, event::start{});
  on_beat();
}

void links::use(link_receiver_actor receiver) {
  receiver_ = std::move(receiver);
  for (auto& p : peers_)
    if (p->state.at == node_link::phase::open)
      tell(from_link::up{p->who.node, p->state.life});
}

void links::send(node_id to, outgoing message) {
  if (auto* p = find(to))
    return feed(*p, event::send{std::move(message)});
  counts_.add(metric::link_lost_no_link);
  if (message.ticket != 0)
    tell(from_link::lost{to, loss::no_link, {message.ticket}});
}

void links::consumed(node_id from, const event::consumed& what) {
  if (auto* p = find(from))
    feed(*p, what);
}

std::vector<link_facts> links::peers() const {
  std::vector<link_facts> out;
  for (auto& p : peers_) {
    auto& s = p->state;
    link_facts f{p->who.node, p->who.name, to_text(p->who.at), s.at, s.suspected, s.life, {}, s.round_trip, 0, 0};
    if (s.at == node_link::phase::open)
      f.open_since = s.since;
    for (auto& lane : s.out) {
      f.queued_messages += lane.items.size();
      f.queued_octets += lane.octets;
    }
    out.push_back(std::move(f));
  }
  return out;
}

void links::stop(std::function<void()> done) {
  asio::error_code ignored;
  acceptor_.close(ignored);
  for (auto& [number, s] : strangers_)
    s.connection->close();
  strangers_.clear();
  for (auto& p : peers_)
    feed(*p, event::stop{});
  stopped_ = std::move(done);
  check_finished();
}

void links::feed(peer& p, any_link_event what) {
  auto step = on(std::move(p.state), std::move(what), home_.now(), how_.policy);
  p.state = std::move(step.next);
  for (auto& e : step.effects)
    std::visit([&](auto& each) { apply(p, each); }, e);
}

void links::apply(peer& p, const effect::connect&) {
  counts_.add(metric::link_attempts);
  p.connecting =
      std::make_shared<wire>(home_, *this, ++last_number_, asio::ip::tcp::socket(home_.io()), how_.client.get());
  p.connecting->connect(p.who.at);
}

void links::apply(peer& p, effect::write& e) {
  counts_.add(metric::link_octets_sent, e.octets.size());
  counts_.add(metric::link_frames_sent, e.frames);
  p.connection->write(std::move(e.octets));
}

void links::apply(peer& p, effect::close& e) {
  if (!p.connection || p.connection->number() != e.connection)
    return; // replaced: closed by who replaced it
  p.connection->finish(std::move(e.last));
  finishing_.push_back(std::move(p.connection));
}

void links::apply(peer& p, effect::deliver& e) {
  counts_.add(metric::link_frames_received, e.messages.size());
  event::consumed all{e.of, e.life, e.octets, e.messages.size()};
  if (!receiver_)
    return feed(p, all);
  std::shared_ptr<void> receipt(nullptr, [gateway = gateway_, from = p.who.node, all](void*) {
    caf::anon_send(gateway, to_link::consumed{from, all});
  });
  tell(from_link::batch{p.who.node, e.life, e.of, std::move(e.messages), std::move(receipt)});
}

void links::apply(peer& p, effect::lost& e) {
  constexpr metric reasons[] = {metric::link_lost_full, metric::link_lost_too_large, metric::link_lost_no_link,
                                metric::link_lost_restarted};
  counts_.add(reasons[static_cast<std::size_t>(e.why) - 1], e.messages);
  if (!e.tickets.empty())
    tell(from_link::lost{p.who.node, e.why, std::move(e.tickets)});
}

void links::apply(peer& p, const effect::up& e) {
  p.told_unreachable = false;
  if (e.again) {
    note(weight::info, "a silent node is heard again", p);
  } else {
    counts_.add(metric::link_opened);
    note(weight::info, "linked", p, std::to_string(e.life), "incarnation");
  }
  tell(from_link::up{p.who.node, e.life});
}

void links::apply(peer& p, const effect::down& e) {
  counts_.add(metric::link_closed);
  note(weight::warn, "the link is down", p);
  tell(from_link::down{p.who.node, e.life});
}

void links::apply(peer& p, const effect::suspect& e) {
  counts_.add(metric::link_suspicions);
  note(weight::warn, "a node is silent", p);
  tell(from_link::suspect{p.who.node, e.life});
}

void links::apply(peer& p, const effect::refused& e) {
  count_refusal(e.why);
  if (e.by_peer && e.why == farewell::stopping)
    return note(weight::info, "a node says goodbye", p);
  note(weight::warn, e.by_peer ? "a node refuses the link" : "a node was refused at the link", p,
       std::string(to_string(e.why)));
}

void links::count_refusal(farewell why) {
  switch (why) {
  case farewell::stopping: return;
  case farewell::version: return counts_.add(metric::link_refused_version);
  case farewell::other_cluster: return counts_.add(metric::link_refused_cluster);
  case farewell::itself:
  case farewell::wrong_node: return counts_.add(metric::link_refused_node);
  case farewell::older_life: return counts_.add(metric::link_refused_life);
  case farewell::overrun: return counts_.add(metric::link_refused_overrun);
  default: return counts_.add(metric::link_refused_malformed);
  }
}

void links::unreachable(peer& p, const std::string& why) {
  if (!std::exchange(p.told_unreachable, true))
    note(weight::warn, "a node cannot be linked", p, why);
}

void links::note(weight how, std::string what, const peer& p, std::string detail, std::string_view kind) {
  log_({how, std::move(what), p.who.name, std::move(detail), false, kind});
}

} // namespace troupe
