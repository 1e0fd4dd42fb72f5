#include "actors/link/wire.hpp"

#include <asio/write.hpp>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <utility>

namespace troupe {

namespace {

/// What the kernel holds unsent: membership's messages stand behind no more than this and one write.
constexpr int unsent = 64 * 1024;

} // namespace

std::string to_text(const asio::ip::tcp::endpoint& at) {
  auto host = at.address().to_string();
  return (at.address().is_v6() ? '[' + host + ']' : host) + ':' + std::to_string(at.port());
}

wire::wire(shard& home, user& of, std::uint64_t number, asio::ip::tcp::socket socket, asio::ssl::context* tls)
    : home_(home),
      user_(of),
      number_(number),
      stream_(tls ? decltype(stream_)(std::in_place_type<secure>, std::move(socket), *tls)
                  : decltype(stream_)(std::in_place_type<plain>, std::move(socket))),
      since_(home.now()) {}

wire::plain& wire::socket() noexcept {
  if (auto* tls = std::get_if<secure>(&stream_))
    return tls->next_layer();
  return std::get<plain>(stream_);
}

/// A completion handler that does nothing any more once the connection is closed.
template <class Work>
auto wire::in_round(Work work) {
  return [self = shared_from_this(), work](asio::error_code failed, std::size_t octets = 0) {
    if (self->closed_)
      return;
    self->home_.round([&] {
      if (failed)
        self->fail(failed);
      else
        work(*self, octets);
    });
  };
}

void wire::accept() {
  asio::error_code ignored;
  remote_ = to_text(socket().remote_endpoint(ignored));
  handshake(asio::ssl::stream_base::server);
}

void wire::connect(const asio::ip::tcp::endpoint& to) {
  remote_ = to_text(to);
  socket().async_connect(to, in_round([](wire& w, std::size_t) { w.handshake(asio::ssl::stream_base::client); }));
}

void wire::handshake(asio::ssl::stream_base::handshake_type side) {
  asio::error_code ignored;
  socket().set_option(asio::ip::tcp::no_delay(true), ignored);
  ::setsockopt(socket().native_handle(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &unsent, sizeof unsent);
  auto done = in_round([](wire& w, std::size_t) { w.established(); });
  if (auto* tls = std::get_if<secure>(&stream_))
    return tls->async_handshake(side, std::move(done));
  asio::post(socket().get_executor(), [done] { done({}); });
}

void wire::established() {
  established_ = true;
  read();
  user_.established(*this);
}

void wire::read() {
  auto handler = in_round([](wire& w, std::size_t octets) {
    if (!w.finishing_)
      w.user_.got(w, {w.room_.data(), octets});
    if (!w.closed_)
      w.read();
  });
  std::visit([&](auto& stream) { stream.async_read_some(asio::buffer(room_), std::move(handler)); }, stream_);
}

void wire::write(std::string octets) {
  writing_ = std::move(octets);
  start_write();
}

void wire::start_write() {
  auto handler = in_round([](wire& w, std::size_t) { w.on_written(); });
  std::visit([&](auto& stream) { asio::async_write(stream, asio::buffer(writing_), std::move(handler)); }, stream_);
}

void wire::on_written() {
  writing_.clear();
  if (!finishing_)
    return user_.written(*this);
  if (!last_.empty()) {
    writing_ = std::exchange(last_, {});
    return start_write();
  }
  // Reading goes on until the peer has closed: a reset would take the last words from it.
  asio::error_code ignored;
  socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
}

void wire::finish(std::string last) {
  if (closed_ || std::exchange(finishing_, true))
    return;
  since_ = home_.now();
  if (!established_)
    return close();
  last_ = std::move(last);
  if (writing_.empty())
    on_written();
}

void wire::fail(asio::error_code why) {
  auto told = !finishing_;
  close();
  auto quiet = why == asio::error::eof || why == asio::ssl::error::stream_truncated;
  if (told)
    user_.ended(*this, quiet ? std::string() : why.message(), !established_);
}

void wire::close() {
  if (std::exchange(closed_, true))
    return;
  asio::error_code ignored;
  socket().close(ignored);
}

} // namespace troupe
