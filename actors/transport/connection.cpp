#include "actors/transport/connection.hpp"

#include <asio/ssl/host_name_verification.hpp>
#include <asio/write.hpp>

namespace troupe {

connection::connection(stream_ports& ports, asio::ip::tcp::socket socket, asio::ssl::context* tls)
    : ports_(ports),
      stream_(tls ? decltype(stream_)(std::in_place_type<secure>, std::move(socket), *tls)
                  : decltype(stream_)(std::in_place_type<plain>, std::move(socket))),
      framer_({.header = 16 * 1024, .body = ports.owner().limits().max_message}) {
  alarm_.owner = this;
}

connection::~connection() = default;

transports& connection::owner() const noexcept { return ports_.owner(); }

connection::plain& connection::socket() noexcept {
  if (auto* tls = std::get_if<secure>(&stream_))
    return tls->next_layer();
  return std::get<plain>(stream_);
}

void connection::place(const flow& self, std::string peer_key) {
  self_ = self;
  peer_key_ = std::move(peer_key);
}

void connection::idle_alarm::fire() {
  if (!connecting)
    owner->owner().counts().add(metric::connections_closed_idle);
  owner->close();
}

void connection::touch() {
  alarm_.connecting = !open_;
  auto after = open_ ? owner().limits().idle_timeout : owner().limits().connect_timeout;
  auto& home = owner().home();
  home.timers().arm(alarm_, home.now() + after);
}

void connection::start_accepted() {
  touch();
  if (std::holds_alternative<secure>(stream_))
    return handshake(asio::ssl::stream_base::server);
  established();
}

void connection::start_connecting(const address& peer, const std::string& host) {
  touch();
  asio::ip::address to =
      peer.v6
          ? asio::ip::address(asio::ip::address_v6(peer.octets))
          : asio::ip::address(asio::ip::address_v4({peer.octets[0], peer.octets[1], peer.octets[2], peer.octets[3]}));
  if (auto* tls = std::get_if<secure>(&stream_)) {
    auto name = host.empty() ? host_text(peer, false) : host;
    tls->set_verify_callback(asio::ssl::host_name_verification(name));
    if (!host.empty())
      SSL_set_tlsext_host_name(tls->native_handle(), host.c_str());
  }
  // From the listener's address: peers know us by it.
  auto& from = owner().of(self_).local;
  asio::ip::address own =
      from.v6
          ? asio::ip::address(asio::ip::address_v6(from.octets))
          : asio::ip::address(asio::ip::address_v4({from.octets[0], from.octets[1], from.octets[2], from.octets[3]}));
  asio::error_code failed_to_bind;
  socket().open(peer.v6 ? plain::protocol_type::v6() : plain::protocol_type::v4(), failed_to_bind);
  if (!failed_to_bind && !own.is_unspecified())
    socket().bind({own, 0}, failed_to_bind);
  if (failed_to_bind)
    return owner().home().post([self = shared_from_this()] { self->close(); });
  socket().async_connect({to, peer.port}, [self = shared_from_this()](asio::error_code failed) {
    self->owner().home().round([&] {
      if (self->closed_)
        return;
      if (failed)
        return self->close();
      if (std::holds_alternative<secure>(self->stream_))
        return self->handshake(asio::ssl::stream_base::client);
      self->established();
    });
  });
}

void connection::handshake(asio::ssl::stream_base::handshake_type side) {
  std::get<secure>(stream_).async_handshake(side, [self = shared_from_this()](asio::error_code failed) {
    self->owner().home().round([&] {
      if (self->closed_)
        return;
      if (failed)
        self->close();
      else
        self->established();
    });
  });
}

void connection::established() {
  asio::error_code ignored;
  socket().set_option(asio::ip::tcp::no_delay(true), ignored);
  open_ = true;
  touch();
  read();
  write();
}

void connection::read() {
  auto handler = [self = shared_from_this()](asio::error_code failed, std::size_t octets) {
    self->owner().home().round([&] {
      if (self->closed_)
        return;
      if (failed)
        return self->close();
      self->on_read(octets);
    });
  };
  std::visit([&](auto& stream) { stream.async_read_some(asio::buffer(room_), std::move(handler)); }, stream_);
}

void connection::on_read(std::size_t octets) {
  touch();
  framer_.feed({room_.data(), octets});
  if (take_messages())
    read();
}

/// False when the stream is over.
bool connection::take_messages() {
  static const auto pong = packet_ref(new packet("\r\n"));
  for (;;) {
    auto event = framer_.next();
    if (std::holds_alternative<sip::framer::need_more>(event))
      return true;
    if (std::holds_alternative<sip::framer::ping>(event)) {
      queue(pong, {}, owner());
      continue;
    }
    if (auto* message = std::get_if<ref<sip::storage>>(&event)) {
      owner().counts().add(self_.transport == transport::tls ? metric::received_tls : metric::received_tcp);
      owner().arrived(std::move(*message), self_);
      if (closed_)
        return false;
      continue;
    }
    auto& broken = std::get<sip::framer::broken>(event);
    owner().broken(std::move(broken.octets), broken.fault, self_);
    write();
    // What is queued by now goes out before the end: the answer that says why.
    closing_ = true;
    if (writing_.empty() && waiting_.empty())
      close();
    return false;
  }
}

void connection::queue(packet_ref octets, const sip::transaction_key& owner_key, transports& from) {
  waiting_octets_ += octets->octets.size();
  waiting_.push_back({std::move(octets), owner_key, &from});
  if (waiting_octets_ > owner().limits().write_queue) // the peer does not read
    return close();
  ports_.has_output(*this);
}

void connection::write() {
  if (!open_ || closed_ || !writing_.empty() || waiting_.empty())
    return;
  if (!owner().may_leave()) {
    owner().counts().add(metric::dropped_late, waiting_.size());
    waiting_.clear();
    waiting_octets_ = 0;
    return;
  }
  writing_.swap(waiting_);
  waiting_octets_ = 0;
  std::vector<asio::const_buffer> pieces;
  pieces.reserve(writing_.size());
  for (auto& item : writing_)
    pieces.emplace_back(item.octets->octets.data(), item.octets->octets.size());
  auto handler = [self = shared_from_this()](asio::error_code failed, std::size_t) {
    self->owner().home().round([&] { self->written(failed); });
  };
  std::visit([&](auto& stream) { asio::async_write(stream, pieces, std::move(handler)); }, stream_);
}

void connection::written(asio::error_code failed) {
  if (closed_)
    return;
  if (failed)
    return close();
  owner().counts().add(self_.transport == transport::tls ? metric::sent_tls : metric::sent_tcp, writing_.size());
  writing_.clear();
  touch();
  write();
  if (closing_ && writing_.empty())
    close();
}

void connection::fail_queue() {
  for (auto* list : {&writing_, &waiting_})
    for (auto& item : *list)
      item.from->failed(item.owner, self_, item.octets);
  waiting_.clear();
}

void connection::close() {
  if (std::exchange(closed_, true))
    return;
  auto keep = shared_from_this();
  alarm_.cancel();
  fail_queue();
  asio::error_code ignored;
  socket().shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
  socket().close(ignored);
  ports_.closed(*this);
}

} // namespace troupe
