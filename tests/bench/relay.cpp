// The floor: what moving the datagrams costs, and nothing else. Listens on 127.0.0.1:5060, sends to and from 127.0.0.1:5070.
#include <arpa/inet.h>
#include <cstdint>
#include <cstdio>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

static sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int main() {
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  auto here = loopback(5060), callee = loopback(5070), caller = loopback(5061);
  int size = 8 << 20;
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  if (bind(fd, reinterpret_cast<sockaddr*>(&here), sizeof here) != 0) {
    std::perror("relay: bind");
    return 1;
  }
  char octets[65536];
  for (;;) {
    sockaddr_in from{};
    socklen_t length = sizeof from;
    auto got = recvfrom(fd, octets, sizeof octets, 0, reinterpret_cast<sockaddr*>(&from), &length);
    if (got <= 0)
      continue;
    bool answering = from.sin_port == callee.sin_port;
    if (!answering)
      caller = from;
    auto& to = answering ? caller : callee;
    sendto(fd, octets, static_cast<std::size_t>(got), 0, reinterpret_cast<sockaddr*>(&to), sizeof to);
  }
}
