#include "actors/transport/udp_port.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <linux/errqueue.h>
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
  if (owner_.listeners()[index_].moves)
    setsockopt(fd, local.v6 ? IPPROTO_IPV6 : IPPROTO_IP, local.v6 ? IPV6_FREEBIND : IP_FREEBIND, &on, sizeof on);
  sockaddr_storage name{};
  if (::bind(fd, reinterpret_cast<sockaddr*>(&name), to_sockaddr(local, name)) != 0)
    throw std::system_error(errno, std::system_category(), "cannot listen on udp://" + to_string(local));
  if (local.v6)
    setsockopt(fd, IPPROTO_IPV6, IPV6_RECVERR, &on, sizeof on);
  else
    setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof on);
  socket_.non_blocking(true);
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
  if (count < 0) { // an error that came back, or nothing
    read_errors();
    return;
  }
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

/// ICMP's word on datagrams that did not arrive: RFC 3261 clause 18.4. True when there was any.
bool udp_port::read_errors() {
  bool any = false;
  for (std::size_t n = 0; n < batch_size; ++n) {
    std::array<char, 576> quoted; // what ICMP quotes at most
    std::array<char, 512> control;
    iovec piece{quoted.data(), quoted.size()};
    msghdr header{nullptr, 0, &piece, 1, control.data(), control.size(), 0};
    auto size = ::recvmsg(socket_.native_handle(), &header, MSG_ERRQUEUE | MSG_DONTWAIT);
    if (size < 0)
      return any;
    any = true;
    for (auto* c = CMSG_FIRSTHDR(&header); c; c = CMSG_NXTHDR(&header, c)) {
      if (!(c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_RECVERR) &&
          !(c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_RECVERR))
        continue;
      sock_extended_err what;
      std::memcpy(&what, CMSG_DATA(c), sizeof what);
      auto from_network = what.ee_origin == SO_EE_ORIGIN_ICMP || what.ee_origin == SO_EE_ORIGIN_ICMP6;
      if (!from_network || what.ee_errno == EMSGSIZE)
        continue;
      owner_.counts().add(metric::undelivered_udp);
      owner_.up().on_undelivered({quoted.data(), static_cast<std::size_t>(size)});
    }
  }
  return any;
}

void udp_port::send(const address& to, packet_ref octets, const sip::transaction_key& owner) {
  if (out_.size() >= max_waiting) {
    owner_.counts().add(metric::dropped_send_failed);
    return owner_.failed(owner, {}, {});
  }
  out_.push_back({to, std::move(octets), owner});
}

void udp_port::flush() {
  if (!out_.empty() && !owner_.may_leave()) {
    owner_.counts().add(metric::dropped_late, out_.size());
    out_.clear();
  }
  std::size_t done = 0;
  bool blamed = false; // for an error that came back for an earlier datagram: the kernel tells it on the next call
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
      blamed = false;
      owner_.counts().add(metric::sent_udp, static_cast<std::uint64_t>(sent));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS) {
      await_writable();
    } else if (errno == EINTR) {
      continue;
    } else if (!std::exchange(blamed, true) && read_errors()) {
      continue;
    } else { // of the first in the batch: unreachable, too long, not permitted
      owner_.counts().add(metric::dropped_send_failed);
      owner_.failed(out_[done].owner, {}, {});
      ++done;
      blamed = false;
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
