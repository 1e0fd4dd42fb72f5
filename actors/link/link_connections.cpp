// The connections around the links' machines: who comes, who goes, and who takes too long.
#include <algorithm>
#include <utility>

#include "actors/link/links.hpp"

namespace troupe {

using namespace cluster;
namespace event = link_event;
using weight = link_note::weight;

namespace {

constexpr milliseconds beat_every{50};
constexpr milliseconds last_words{500}; ///< to say goodbye in
constexpr std::size_t one_write = 64 * 1024;

} // namespace

void links::accept() {
  accepting_ = acceptor_.is_open();
  if (!accepting_)
    return;
  acceptor_.async_accept([this](asio::error_code failed, asio::ip::tcp::socket socket) {
    home_.round([&] {
      accepting_ = false;
      if (failed) // no descriptors: the next beat tries again
        return;
      accepted(std::move(socket));
      accept();
    });
  });
}

void links::accepted(asio::ip::tcp::socket socket) {
  if (strangers_.size() >= how_.most_strangers) { // the oldest goes: a node says who it is within milliseconds
    counts_.add(metric::link_refused_crowd);
    strangers_.begin()->second.connection->close();
    strangers_.erase(strangers_.begin());
  }
  auto w = std::make_shared<wire>(home_, *this, ++last_number_, std::move(socket), how_.server.get());
  strangers_[w->number()].connection = w;
  w->accept();
}

links::peer* links::peer_of(const wire& w) noexcept {
  for (auto& p : peers_)
    if (p->connection.get() == &w || p->connecting.get() == &w)
      return p.get();
  return nullptr;
}

links::peer* links::find(node_id node) noexcept {
  for (auto& p : peers_)
    if (p->who.node == node)
      return p.get();
  return nullptr;
}

void links::established(wire& w) {
  auto* p = peer_of(w);
  if (!p)
    return; // a stranger has to say who he is
  p->connection = std::move(p->connecting);
  feed(*p, event::connected{w.number()});
}

void links::got(wire& w, std::string_view octets) {
  counts_.add(metric::link_octets_received, octets.size());
  if (auto* p = peer_of(w))
    return feed(*p, event::received{w.number(), octets});
  if (auto at = strangers_.find(w.number()); at != strangers_.end())
    greet(at->second, octets);
}

void links::ended(wire& w, const std::string& why, bool handshake) {
  auto number = w.number();
  if (auto* p = peer_of(w)) {
    if (!why.empty())
      unreachable(*p, why);
    if (p->connecting.get() == &w) {
      p->connecting.reset();
      return feed(*p, event::connect_failed{});
    }
    p->connection.reset();
    return feed(*p, event::closed{number});
  }
  auto at = strangers_.find(number);
  if (at == strangers_.end())
    return;
  if (handshake && !why.empty()) {
    counts_.add(metric::link_refused_tls);
    log_({weight::warn, "a stranger was refused at the link", w.remote(), why, true});
  }
  strangers_.erase(at);
}

/// The first frame of an accepted connection: a HELLO, and nothing after it before it is answered.
void links::greet(stranger& from, std::string_view octets) {
  from.in.feed(octets);
  auto f = from.in.next();
  if (!f && !from.in.broken())
    return;
  auto h = f && f->kind == frame_kind::hello && from.in.left() == 0 ? decode_hello(f->content) : std::nullopt;
  if (!h)
    return refuse(from, farewell::malformed);
  auto* p = find(h->node);
  if (!p)
    return refuse(from, judge(*h, node_id::none, 0, how_.policy).value_or(farewell::wrong_node));
  auto connection = std::move(from.connection);
  strangers_.erase(connection->number());
  auto older = std::exchange(p->connection, connection);
  feed(*p, event::greeted{connection->number(), std::move(*h)});
  if (older && p->state.connection == older->number())
    p->connection = std::move(older); // the new one was refused
  else if (older)
    older->close();
}

void links::refuse(stranger& from, farewell why) {
  count_refusal(why);
  log_({weight::warn, "a stranger was refused at the link", from.connection->remote(), std::string(to_string(why)),
        true});
  auto connection = std::move(from.connection);
  strangers_.erase(connection->number());
  if (finishing_.size() >= how_.most_strangers)
    return connection->close();
  connection->finish(goodbye(why));
  finishing_.push_back(std::move(connection));
}

void links::on_beat() {
  for (auto& p : peers_)
    feed(*p, event::tick{});
  expire();
  check_finished();
  if (!accepting_)
    accept();
  std::uint64_t open = 0, octets = 0;
  for (auto& p : peers_) {
    open += p->state.at == node_link::phase::open ? 1U : 0U;
    for (auto& lane : p->state.out)
      octets += lane.octets;
  }
  counts_.set(metric::links_now, open);
  counts_.set(metric::link_queue_octets_now, octets);
  home_.timers().arm(beat_, home_.now() + beat_every);
}

/// Who takes too long to connect, to say who he is, or to go.
void links::expire() {
  auto late = home_.now() - how_.policy.greeting;
  for (auto& p : peers_)
    if (p->connecting && p->connecting->since() <= late) {
      std::exchange(p->connecting, nullptr)->close();
      unreachable(*p, "it takes too long to connect");
      feed(*p, event::connect_failed{});
    }
  for (auto at = strangers_.begin(); at != strangers_.end();)
    if (auto& w = *at->second.connection; w.since() <= late) {
      counts_.add(metric::link_refused_silent);
      log_({weight::warn, "a stranger was refused at the link", w.remote(), "it does not say who it is", true});
      w.close();
      at = strangers_.erase(at);
    } else {
      ++at;
    }
  for (auto& w : finishing_)
    if (w->since() <= home_.now() - last_words)
      w->close();
}

void links::check_finished() {
  std::erase_if(finishing_, [](auto& w) { return w->closed(); });
  if (stopped_ && finishing_.empty())
    std::exchange(stopped_, nullptr)();
}

/// The end of a round: what it has produced leaves in one write a peer.
void links::flush() {
  for (auto& p : peers_)
    if (p->connection && p->connection->writable() && wants_to_write(p->state))
      feed(*p, event::drain{one_write});
}

} // namespace troupe
