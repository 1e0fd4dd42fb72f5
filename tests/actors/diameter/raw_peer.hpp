// A peer made of a socket, which says what it likes.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include "tests/actors/diameter/messages.hpp"

namespace troupe::by_hand {

inline std::string capabilities(std::string_view host, std::string_view more = {}, std::uint8_t flags = 0x80) {
  return message(flags, 257, 0,
                 avp(264, host) + avp(296, "ims.test") + avp(257, std::string("\0\1\x7f\0\0\1", 6)) + avp(266, 0) +
                     avp(269, "raw", 0, 0) + vendor_specific(cx) + std::string(more));
}

class raw_peer {
public:
  explicit raw_peer(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
  }
  raw_peer(const raw_peer&) = delete;
  ~raw_peer() { ::close(socket_); }

  bool connected() const { return connected_; }
  void send(std::string_view octets) {
    while (!octets.empty()) {
      auto n = ::send(socket_, octets.data(), octets.size(), MSG_NOSIGNAL);
      if (n <= 0)
        return;
      octets.remove_prefix(static_cast<std::size_t>(n));
    }
  }
  /// A message, or what came of it within the patience; empty when it was closed without a word.
  std::string receive(int patience_ms) {
    std::string out;
    while (out.size() < 4 || out.size() < number_at(out, 1, 3)) {
      pollfd readable{socket_, POLLIN, 0};
      char room[4'096];
      auto wanted = out.size() < 4 ? 4 - out.size() : std::min(sizeof room, number_at(out, 1, 3) - out.size());
      if (::poll(&readable, 1, patience_ms) <= 0)
        break;
      auto n = ::recv(socket_, room, wanted, 0);
      if (n <= 0)
        break;
      out.append(room, static_cast<std::size_t>(n));
    }
    return out;
  }
  /// Whether the other end closes it.
  bool closed_within(int patience_ms) {
    pollfd readable{socket_, POLLIN, 0};
    char room[4'096];
    while (::poll(&readable, 1, patience_ms) > 0)
      if (::recv(socket_, room, sizeof room, 0) <= 0)
        return true;
    return false;
  }
  /// A capabilities exchange: whether it was granted.
  bool introduce(std::string_view host) {
    send(capabilities(host));
    auto answer = receive(1'000);
    return answer.size() > 20 && number_at(answer, 5, 3) == 257 && result_code(answer) == 2'001;
  }

private:
  int socket_;
  bool connected_ = false;
};

} // namespace troupe::by_hand
