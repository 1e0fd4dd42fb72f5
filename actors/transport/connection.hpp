// One TCP or TLS connection of a shard: framing in, a queue out, idle and connect limits. RFC 3261 clause 18; RFC 5626.
#pragma once

#include <asio/ip/tcp.hpp>
#include <asio/ssl/stream.hpp>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "actors/supervision/wheel.hpp"
#include "actors/transport/stream_ports.hpp"
#include "protocols/sip/framing.hpp"

namespace troupe {

class connection : public std::enable_shared_from_this<connection> {
public:
  /// `tls`: null for plain TCP.
  connection(stream_ports& ports, asio::ip::tcp::socket socket, asio::ssl::context* tls);
  ~connection();

  /// Where it stands in the shard's table; set once before anything else.
  void place(const flow& self, std::string peer_key);
  void start_accepted();
  /// `host`: the name that the peer's certificate must have; empty: its address.
  void start_connecting(const address& peer, const std::string& host);

  /// `from`: the shard whose transaction it is, to be told when it cannot be sent.
  void queue(packet_ref octets, const sip::transaction_key& owner, transports& from);
  /// Begins to write what is queued, if nothing is being written.
  void write();
  void close();

  const flow& self() const noexcept { return self_; }
  const std::string& peer_key() const noexcept { return peer_key_; }

private:
  using plain = asio::ip::tcp::socket;
  using secure = asio::ssl::stream<plain>;
  struct outgoing {
    packet_ref octets;
    sip::transaction_key owner;
    transports* from;
  };
  struct idle_alarm final : wheel::entry {
    connection* owner = nullptr;
    bool connecting = false;
    void fire() override;
  };

  plain& socket() noexcept;
  void established();
  void handshake(asio::ssl::stream_base::handshake_type side);
  void read();
  void on_read(std::size_t octets);
  bool take_messages();
  void touch();
  void written(asio::error_code failed);
  void fail_queue();
  transports& owner() const noexcept;

  stream_ports& ports_;
  std::variant<plain, secure> stream_;
  flow self_;
  std::string peer_key_;
  sip::framer framer_;
  std::array<char, 16'384> room_;
  std::vector<outgoing> waiting_, writing_;
  std::size_t waiting_octets_ = 0;
  bool open_ = false;    ///< established: may be written
  bool closing_ = false; ///< nothing more is read; closes when all is written
  bool closed_ = false;
  idle_alarm alarm_;
};

} // namespace troupe
