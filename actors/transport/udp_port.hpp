// A UDP listener's socket on one shard: batches in by recvmmsg, batches out by sendmmsg.
#pragma once

#include <asio/ip/udp.hpp>
#include <memory>
#include <vector>

#include "actors/transport/transports.hpp"

namespace troupe {

class udp_port {
public:
  udp_port(transports& owner, std::uint16_t listener);
  ~udp_port();

  void open();
  void begin() { await_readable(); } ///< reads from now on
  void stop();
  void send(const address& to, packet_ref octets, const sip::transaction_key& owner);
  /// Sends what has gathered. What the kernel has no room for waits for the socket, up to a limit.
  void flush();

private:
  struct outgoing {
    address to;
    packet_ref octets;
    sip::transaction_key owner;
  };
  struct batch; // the kernel's structures, made once

  void await_readable();
  void read();
  bool read_errors();
  void await_writable();

  transports& owner_;
  std::uint16_t index_;
  asio::ip::udp::socket socket_;
  std::unique_ptr<batch> batch_;
  std::vector<outgoing> out_;
  bool waiting_ = false; ///< for the socket to take more
};

} // namespace troupe
