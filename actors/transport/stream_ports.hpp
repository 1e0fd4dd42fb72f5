// A shard's TCP and TLS: listening, connecting, framing, write queues, idle and number limits.
//
// A connection is addressed by its place in the shard's table and a generation, so that a flow kept in a
// registration never reaches somebody else's connection later.
#pragma once

#include <asio/ip/tcp.hpp>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "actors/transport/transports.hpp"

namespace troupe {

class connection;

class stream_ports {
public:
  explicit stream_ports(transports& owner);
  ~stream_ports();

  /// Binds the stream listener `index`. Throws std::system_error.
  void open(std::uint16_t index);
  void begin(); ///< accepts from now on
  void stop_accepting();
  void use_tls(std::shared_ptr<asio::ssl::context> server, std::shared_ptr<asio::ssl::context> client);

  /// False when the flow's connection is gone.
  bool send(const flow& over, packet_ref octets, const sip::transaction_key& owner, transports& from);
  bool is_open(const flow& f) const noexcept;
  /// An open or opening connection to that peer, else a new one.
  std::optional<flow> flow_to(const listener& from, std::uint16_t index, const address& peer, std::string_view host);
  /// Writes what the round has gathered, one gathering write a connection.
  void flush();
  std::size_t size() const noexcept { return open_; }

  // for connections
  transports& owner() const noexcept { return owner_; }
  void closed(connection& c);
  void has_output(connection& c);

private:
  struct acceptor;
  struct place {
    std::shared_ptr<connection> held;
    std::uint32_t generation = 0;
  };

  void accept_next(acceptor& a);
  void accepted(acceptor& a, asio::ip::tcp::socket socket);
  std::uint32_t take_place();
  void add(std::shared_ptr<connection> c, std::uint32_t at);
  bool room_for(const address& peer) const;

  transports& owner_;
  std::vector<std::unique_ptr<acceptor>> acceptors_;
  std::vector<place> places_;
  std::vector<std::uint32_t> free_;
  std::unordered_map<std::string, std::uint32_t> by_peer_;  ///< transport, side and address -> place
  std::unordered_map<std::string, std::size_t> per_source_; ///< IP address -> connections
  std::vector<std::uint32_t> with_output_;
  std::shared_ptr<asio::ssl::context> tls_server_, tls_client_;
  std::size_t open_ = 0;
};

} // namespace troupe
