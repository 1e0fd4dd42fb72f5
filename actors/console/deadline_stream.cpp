#include "actors/console/deadline_stream.hpp"

#include <algorithm>
#include <cerrno>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <utility>

namespace troupe::console {
namespace {

using name_of = int (*)(int, sockaddr*, socklen_t*);

void read_address(socket_t socket, name_of which, std::string& ip, int& port) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  std::array<char, NI_MAXHOST> host{};
  std::array<char, NI_MAXSERV> service{};
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (which(socket, generic, &size) == 0 && getnameinfo(generic, size, host.data(), host.size(), service.data(),
                                                        service.size(), NI_NUMERICHOST | NI_NUMERICSERV) == 0) {
    ip = host.data();
    port = std::atoi(service.data());
  }
}

} // namespace

bool deadline_stream::wait(short for_what) const {
  for (;;) {
    auto left = std::chrono::ceil<std::chrono::milliseconds>(until_ - clock::now()).count();
    if (left <= 0)
      return false;
    pollfd one{socket_, for_what, 0};
    auto ready = ::poll(&one, 1, static_cast<int>(std::min<long long>(left, 60'000)));
    if (ready > 0)
      return true;
    if (ready < 0 && errno != EINTR)
      return false;
  }
}

bool deadline_stream::is_readable() const { return at_ < end_ || wait(POLLIN); }

bool deadline_stream::is_writable() const { return wait(POLLOUT); }

ssize_t deadline_stream::read(char* to, size_t size) {
  if (at_ == end_) {
    ssize_t got = 0;
    do {
      if (!wait(POLLIN))
        return -1;
      got = ::recv(socket_, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
    } while (got < 0 && (errno == EINTR || errno == EAGAIN));
    if (got <= 0)
      return got;
    at_ = 0;
    end_ = static_cast<std::size_t>(got);
  }
  auto count = std::min(size, end_ - at_);
  std::copy_n(buffer_.data() + at_, count, to);
  at_ += count;
  return static_cast<ssize_t>(count);
}

ssize_t deadline_stream::write(const char* from, size_t size) {
  if (!std::exchange(answering_, true))
    until_ = clock::now() + patience_;
  for (;;) {
    if (!wait(POLLOUT))
      return -1;
    auto sent = ::send(socket_, from, size, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0 || (errno != EINTR && errno != EAGAIN))
      return sent;
  }
}

void deadline_stream::get_remote_ip_and_port(std::string& ip, int& port) const {
  read_address(socket_, &::getpeername, ip, port);
}

void deadline_stream::get_local_ip_and_port(std::string& ip, int& port) const {
  read_address(socket_, &::getsockname, ip, port);
}

void deadline_stream::close_gently() {
  ::shutdown(socket_, SHUT_WR);
  until_ = std::min(until_, clock::now() + std::chrono::milliseconds(500));
  for (int reads = 0; reads < 1024 && wait(POLLIN); ++reads)
    if (::recv(socket_, buffer_.data(), buffer_.size(), MSG_DONTWAIT) <= 0)
      break;
}

} // namespace troupe::console
