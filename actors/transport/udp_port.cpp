#include "actors/transport/udp_port.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <sys/socket.h>
#include <system_error>

namespace troupe {
namespace {

constexpr std::size_t batch_size = 32;
constexpr std::size_t datagram_room = 65'536;
/// Datagrams that wait while the kernel's buffer is full; beyond, they are dropped and counted.
constexpr std::size_t max_waiting = 4'096;
constexpr int buffer_octets = 4 << 20;

address address_of(const sockaddr_storage& from) noexcept {
  address out;
  if (from.ss_family == AF_INET6) {
    sockaddr_in6 v6;
    std::memcpy(&v6, &from, sizeof v6);
    out.v6 = true;
    out.port = ntohs(v6.sin6_port);
    std::memcpy(out.octets.data(), &v6.sin6_addr, 16);
    return out;
  }
  sockaddr_in v4;
  std::memcpy(&v4, &from, sizeof v4);
  out.port = ntohs(v4.sin_port);
  std::memcpy(out.octets.data(), &v4.sin_addr, 4);
  return out;
}

} // namespace

struct udp_port::batch {
  std::array<mmsghdr, batch_size> headers{};
  std::array<iovec, batch_size> pieces{};
  std::array<sockaddr_storage, batch_size> peers{};
  std::unique_ptr<char[]> room{new char[batch_size * datagram_room]}; // touched only as far as datagrams reach

  void prepare_reading() noexcept {
    for (std::size_t i = 0; i < batch_size; ++i) {
      pieces[i] = {room.get() + i * datagram_room, datagram_room};
      headers[i].msg_hdr = {&peers[i], sizeof(sockaddr_storage), &pieces[i], 1, nullptr, 0, 0};
    }
  }
};

udp_port::udp_port(transports& owner, std::uint16_t listener)
    : owner_(owner), index_(listener), socket_(owner.home().io()), batch_(std::make_unique<batch>()) {}

udp_port::~udp_port() = default;

void udp_port::open() {
  auto& local = owner_.listeners()[index_].local;
  socket_.open(local.v6 ? asio::ip::udp::v6() : asio::ip::udp::v4());
  int on = 1, size = buffer_octets;
  auto fd = socket_.native_handle();
  if (local.v6)
    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on);
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
  setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof size);
  sockaddr_storage name{};
  if (::bind(fd, reinterpret_cast<sockaddr*>(&name), to_sockaddr(local, name)) != 0)
    throw std::system_error(errno, std::system_category(), "cannot listen on udp://" + to_string(local));
  socket_.non_blocking(true);
  await_readable();
}

void udp_port::stop() {
  asio::error_code ignored;
  socket_.cancel(ignored);
}

void udp_port::await_readable() {
  socket_.async_wait(asio::ip::udp::socket::wait_read, [this](asio::error_code failed) {
    if (failed)
      return;
    owner_.home().round([this] { read(); });
    await_readable();
  });
}

void udp_port::read() {
  batch_->prepare_reading();
  auto count = ::recvmmsg(socket_.native_handle(), batch_->headers.data(), batch_size, 0, nullptr);
  flow by{transport::udp, owner_.listeners()[index_].side, index_, owner_.home().index(), 0, 0, {}};
  for (int i = 0; i < count; ++i) {
    auto& header = batch_->headers[static_cast<std::size_t>(i)];
    if (header.msg_len > owner_.limits().max_message || (header.msg_hdr.msg_flags & MSG_TRUNC) != 0) {
      owner_.counts().add(metric::dropped_oversized);
      continue;
    }
    by.peer = address_of(batch_->peers[static_cast<std::size_t>(i)]);
    // Room behind the datagram, so that the first edits of the message need no storage of their own.
    auto octets = sip::storage::make(header.msg_len + 160u);
    std::memcpy(octets->data(), batch_->room.get() + static_cast<std::size_t>(i) * datagram_room, header.msg_len);
    octets->set_used(header.msg_len);
    owner_.counts().add(metric::received_udp);
    owner_.arrived(std::move(octets), by);
  }
}

void udp_port::send(const address& to, packet_ref octets, const sip::transaction_key& owner) {
  if (out_.size() >= max_waiting) {
    owner_.counts().add(metric::dropped_send_failed);
    return owner_.failed(owner);
  }
  out_.push_back({to, std::move(octets), owner});
}

void udp_port::flush() {
  std::size_t done = 0;
  while (!waiting_ && done < out_.size()) {
    auto count = std::min(batch_size, out_.size() - done);
    for (std::size_t i = 0; i < count; ++i) {
      auto& item = out_[done + i];
      auto size = to_sockaddr(item.to, batch_->peers[i]);
      batch_->pieces[i] = {const_cast<char*>(item.octets->octets.data()), item.octets->octets.size()};
      batch_->headers[i].msg_hdr = {&batch_->peers[i], size, &batch_->pieces[i], 1, nullptr, 0, 0};
    }
    auto sent = ::sendmmsg(socket_.native_handle(), batch_->headers.data(), static_cast<unsigned>(count), 0);
    if (sent > 0) {
      done += static_cast<std::size_t>(sent);
      owner_.counts().add(metric::sent_udp, static_cast<std::uint64_t>(sent));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS) {
      await_writable();
    } else if (errno != EINTR) { // of the first in the batch: unreachable, too long, not permitted
      owner_.counts().add(metric::dropped_send_failed);
      owner_.failed(out_[done].owner);
      ++done;
    }
  }
  out_.erase(out_.begin(), out_.begin() + static_cast<std::ptrdiff_t>(done));
}

void udp_port::await_writable() {
  waiting_ = true;
  socket_.async_wait(asio::ip::udp::socket::wait_write, [this](asio::error_code failed) {
    waiting_ = false;
    if (!failed)
      owner_.home().round([] {}); // its end flushes
  });
}

} // namespace troupe
