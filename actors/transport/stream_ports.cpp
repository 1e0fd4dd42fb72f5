#include "actors/transport/stream_ports.hpp"

#include <system_error>

#include "actors/transport/connection.hpp"

namespace troupe {
namespace {

using tcp = asio::ip::tcp;

asio::ip::address asio_address(const address& a) {
  if (a.v6)
    return asio::ip::address_v6(a.octets);
  return asio::ip::address_v4({a.octets[0], a.octets[1], a.octets[2], a.octets[3]});
}

address from_asio(const tcp::endpoint& e) {
  address out;
  out.port = e.port();
  out.v6 = e.address().is_v6();
  if (out.v6) {
    out.octets = e.address().to_v6().to_bytes();
  } else {
    auto v4 = e.address().to_v4().to_bytes();
    std::copy(v4.begin(), v4.end(), out.octets.begin());
  }
  return out;
}

std::string source_of(const address& a) { return {reinterpret_cast<const char*>(a.octets.data()), a.v6 ? 16u : 4u}; }

std::string key_of(transport by, sip::side where, const address& peer) {
  auto key = source_of(peer);
  key += static_cast<char>(by);
  key += static_cast<char>(where);
  key += static_cast<char>(peer.port >> 8);
  key += static_cast<char>(peer.port);
  return key;
}

} // namespace

struct stream_ports::acceptor {
  acceptor(asio::io_context& io, std::uint16_t index) : socket(io), listener(index) {}
  tcp::acceptor socket;
  std::uint16_t listener;
};

stream_ports::stream_ports(transports& owner) : owner_(owner) {}

stream_ports::~stream_ports() = default;

void stream_ports::use_tls(std::shared_ptr<asio::ssl::context> server, std::shared_ptr<asio::ssl::context> client) {
  tls_server_ = std::move(server);
  tls_client_ = std::move(client);
}

void stream_ports::open(std::uint16_t index) {
  auto& from = owner_.listeners()[index];
  auto name = std::string(from.transport == transport::tls ? "tls://" : "tcp://") + to_string(from.local);
  auto a = std::make_unique<acceptor>(owner_.home().io(), index);
  try {
    tcp::endpoint at(asio_address(from.local), from.local.port);
    a->socket.open(at.protocol());
    a->socket.set_option(tcp::acceptor::reuse_address(true));
    using reuse_port = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;
    a->socket.set_option(reuse_port(true));
    if (from.local.v6)
      a->socket.set_option(asio::detail::socket_option::boolean<IPPROTO_IPV6, IPV6_V6ONLY>(true));
    if (from.moves) {
      int on = 1;
      ::setsockopt(a->socket.native_handle(), from.local.v6 ? IPPROTO_IPV6 : IPPROTO_IP,
                   from.local.v6 ? IPV6_FREEBIND : IP_FREEBIND, &on, sizeof on);
    }
    a->socket.bind(at);
    a->socket.listen(4096);
  } catch (const std::system_error& e) {
    throw std::system_error(e.code(), "cannot listen on " + name);
  }
  acceptors_.push_back(std::move(a));
}

void stream_ports::begin() {
  for (auto& a : acceptors_)
    accept_next(*a);
}

void stream_ports::stop_accepting() {
  asio::error_code ignored;
  for (auto& a : acceptors_)
    a->socket.close(ignored);
}

void stream_ports::accept_next(acceptor& a) {
  a.socket.async_accept([this, &a](asio::error_code failed, tcp::socket socket) {
    if (failed == asio::error::operation_aborted || !a.socket.is_open())
      return;
    if (!failed)
      owner_.home().round([&] { accepted(a, std::move(socket)); });
    accept_next(a);
  });
}

bool stream_ports::room_for(const address& peer) const {
  auto from = per_source_.find(source_of(peer));
  return open_ < owner_.limits().max_connections &&
         (from == per_source_.end() || from->second < owner_.limits().max_connections_per_source);
}

void stream_ports::accepted(acceptor& a, tcp::socket socket) {
  asio::error_code failed;
  auto remote = socket.remote_endpoint(failed);
  if (failed)
    return;
  auto peer = from_asio(remote);
  auto& from = owner_.listeners()[a.listener];
  if (!room_for(peer))
    return owner_.counts().add(metric::connections_refused); // the socket closes as it goes
  auto* tls = from.transport == transport::tls ? tls_server_.get() : nullptr;
  auto c = std::make_shared<connection>(*this, std::move(socket), tls);
  auto at = take_place();
  c->place({from.transport, from.side, a.listener, owner_.home().index(), at, places_[at].generation, peer},
           key_of(from.transport, from.side, peer));
  add(c, at);
  owner_.counts().add(metric::connections_accepted);
  c->start_accepted();
}

std::optional<flow> stream_ports::flow_to(const listener& from, std::uint16_t index, const address& peer,
                                          std::string_view host) {
  auto key = key_of(from.transport, from.side, peer);
  if (auto known = by_peer_.find(key); known != by_peer_.end())
    return places_[known->second].held->self();
  if (!room_for(peer))
    return std::nullopt;
  auto* tls = from.transport == transport::tls ? tls_client_.get() : nullptr;
  if (from.transport == transport::tls && !tls)
    return std::nullopt;
  auto c = std::make_shared<connection>(*this, tcp::socket(owner_.home().io()), tls);
  auto at = take_place();
  flow self{from.transport, from.side, index, owner_.home().index(), at, places_[at].generation, peer};
  c->place(self, std::move(key));
  add(c, at);
  owner_.counts().add(metric::connections_opened);
  c->start_connecting(peer, std::string(host));
  return self;
}

std::uint32_t stream_ports::take_place() {
  if (free_.empty()) {
    places_.emplace_back();
    return static_cast<std::uint32_t>(places_.size() - 1);
  }
  auto at = free_.back();
  free_.pop_back();
  return at;
}

void stream_ports::add(std::shared_ptr<connection> c, std::uint32_t at) {
  by_peer_[c->peer_key()] = at;
  ++per_source_[source_of(c->self().peer)];
  places_[at].held = std::move(c);
  ++open_;
  owner_.counts().set(metric::connections_now, open_);
}

void stream_ports::closed(connection& c) {
  auto& self = c.self();
  auto& where = places_[self.index];
  if (where.held.get() != &c)
    return;
  if (auto known = by_peer_.find(c.peer_key()); known != by_peer_.end() && known->second == self.index)
    by_peer_.erase(known);
  if (auto from = per_source_.find(source_of(self.peer)); from != per_source_.end() && --from->second == 0)
    per_source_.erase(from);
  --open_;
  owner_.counts().set(metric::connections_now, open_);
  ++where.generation;
  free_.push_back(self.index);
  where.held.reset(); // the caller still holds it
}

bool stream_ports::is_open(const flow& f) const noexcept {
  return f.index < places_.size() && places_[f.index].generation == f.generation && places_[f.index].held != nullptr;
}

bool stream_ports::send(const flow& over, packet_ref octets, const sip::transaction_key& owner, transports& from) {
  if (!is_open(over))
    return false;
  places_[over.index].held->queue(std::move(octets), owner, from);
  return true;
}

void stream_ports::has_output(connection& c) {
  if (with_output_.empty() || with_output_.back() != c.self().index)
    with_output_.push_back(c.self().index);
}

void stream_ports::flush() {
  for (auto at : with_output_)
    if (places_[at].held)
      places_[at].held->write();
  with_output_.clear();
}

} // namespace troupe
