// A shard's way to the network: its sockets, what comes in by them, and the one place where anything leaves.
//
// Each shard binds every listener itself (SO_REUSEPORT): datagrams may leave by any shard, a stream lives on the shard
// that accepted or opened it. Datagrams are read and written in batches; what a round sends leaves at its end.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "actors/contracts/egress.hpp"
#include "actors/contracts/flow.hpp"
#include "actors/contracts/metrics.hpp"
#include "actors/supervision/shard.hpp"
#include "actors/transport/packet.hpp"
#include "protocols/sip/message.hpp"
#include "protocols/sip/transaction_key.hpp"

namespace asio::ssl {
class context;
}

namespace troupe {

struct listener {
  troupe::transport transport = troupe::transport::udp;
  sip::side side = sip::side::access;
  address local;
  std::string public_host; ///< for Via and Record-Route; IPv6 in brackets
  std::uint16_t public_port = 5060;
  bool moves = false; ///< its address may be another host's now: bound all the same
};

struct transport_limits {
  std::size_t max_message = 65'535;
  std::size_t max_connections = 20'000;           ///< a node's; each shard takes its share
  std::size_t max_connections_per_source = 1'000; ///< of one IP address
  seconds idle_timeout{3'620};
  seconds connect_timeout{5};
  std::size_t write_queue = 1 << 20;                ///< octets waiting on one stream; beyond, it is closed
  std::uint32_t messages_per_second_per_source = 0; ///< 0: no limit
};

/// What a message that has arrived is given to. Called on the receiving shard, within a round.
class receiver {
public:
  virtual ~receiver() = default;
  virtual void on_received(sip::parsed&& in, const flow& by) = 0;
  /// A packet of this transaction could not be sent over this flow.
  virtual void on_send_failed(const sip::transaction_key& owner, const flow& over, const packet_ref& octets) = 0;
  /// A router or host says that a datagram of ours could not be delivered; `quoted` is how it began. Anyone can say so:
  /// whether it was ours is for the receiver to find out.
  virtual void on_undelivered(std::string_view quoted) = 0;
};

class udp_port;
class stream_ports;

class transports {
public:
  transports(shard& home, metrics& counts, const std::vector<listener>& listeners, const transport_limits& limits,
             receiver& up);
  ~transports();

  /// Opens the sockets: what comes waits in the kernel. Throws std::system_error, with the address in its text.
  void open();
  /// Takes what comes from now on.
  void begin();
  /// No further connections or datagrams are taken; what is open goes on (drain).
  void stop_accepting();

  /// Sends at the end of the round. When it fails, `owner` (if not zero) is told by on_send_failed, in a later round.
  void send(const flow& over, packet_ref octets, const sip::transaction_key& owner = {});

  /// The flow to a peer: for UDP made from the listener; for streams the open connection to that address, else a new
  /// one (what is sent over it waits until it is established). `host` is the name that TLS verifies. Nothing when there is no listener of that
  /// transport, side and address family.
  std::optional<flow> flow_to(troupe::transport by, sip::side where, const address& peer, std::string_view host = {});
  bool is_open(const flow& f) const noexcept;

  const listener& of(const flow& f) const noexcept { return listeners_[f.listener]; }
  const std::vector<listener>& listeners() const noexcept { return listeners_; }
  /// The listener to name in a Via or Record-Route towards that side; nothing if there is none.
  const listener* find_listener(troupe::transport by, sip::side where, bool v6) const noexcept;

  shard& home() const noexcept { return home_; }
  metrics& counts() const noexcept { return counts_; }
  const transport_limits& limits() const noexcept { return limits_; }
  receiver& up() const noexcept { return up_; }
  /// TLS contexts for both directions, set before open() where a listener is TLS.
  void use_tls(std::shared_ptr<asio::ssl::context> server, std::shared_ptr<asio::ssl::context> client);
  /// Asked before each batch, from now on; without one everything leaves.
  void guard(egress* gate) noexcept { gate_ = gate; }
  bool may_leave() const noexcept { return gate_ == nullptr || gate_->may_leave(); }
  /// The other shards' transports, by index: a stream's packets are handed to its owner.
  void know(std::vector<transports*> all) { all_ = std::move(all); }

  /// For the ports: octets of one message that has come in. Parses, notes received and rport, passes it up.
  void arrived(ref<sip::storage> octets, const flow& by);
  /// For the ports: a stream that has lost its frame; `octets` are those of the header, as far as they came.
  void broken(ref<sip::storage> octets, const error& fault, const flow& by);
  /// For the ports: tells the owner in a round of its own.
  void failed(const sip::transaction_key& owner, const flow& over, packet_ref octets);

private:
  void flush();
  bool floods(const address& source);

  shard& home_;
  metrics& counts_;
  std::vector<listener> listeners_;
  transport_limits limits_;
  receiver& up_;
  std::vector<std::unique_ptr<udp_port>> udp_; ///< by listener; null for streams
  std::unique_ptr<stream_ports> streams_;
  std::vector<transports*> all_;
  egress* gate_ = nullptr;
  std::unordered_map<std::string, std::uint32_t> this_second_; ///< messages by source address
  std::int64_t second_ = 0;
};

} // namespace troupe
