#include "actors/transport/transports.hpp"

#include "actors/transport/stream_ports.hpp"
#include "actors/transport/udp_port.hpp"
#include "protocols/sip/proxy.hpp"

namespace troupe {
transports::transports(shard& home, metrics& counts, const std::vector<listener>& listeners,
                       const transport_limits& limits, receiver& up)
    : home_(home),
      counts_(counts),
      listeners_(listeners),
      limits_(limits),
      up_(up),
      streams_(std::make_unique<stream_ports>(*this)) {
  udp_.resize(listeners_.size());
  home_.at_round_end([this] { flush(); });
}

transports::~transports() = default;

void transports::open() {
  for (std::uint16_t i = 0; i < listeners_.size(); ++i) {
    if (listeners_[i].transport == transport::udp) {
      udp_[i] = std::make_unique<udp_port>(*this, i);
      udp_[i]->open();
    } else if (listeners_[i].transport != transport::local) {
      streams_->open(i);
    }
  }
}

void transports::begin() {
  for (auto& port : udp_)
    if (port)
      port->begin();
  streams_->begin();
}

void transports::stop_accepting() { streams_->stop_accepting(); }

void transports::use_tls(std::shared_ptr<asio::ssl::context> server, std::shared_ptr<asio::ssl::context> client) {
  streams_->use_tls(std::move(server), std::move(client));
}

void transports::send(const flow& over, packet_ref octets, const sip::transaction_key& owner) {
  if (over.transport == transport::udp) {
    if (over.listener < udp_.size() && udp_[over.listener])
      return udp_[over.listener]->send(over.peer, std::move(octets), owner);
    return failed(owner, over, std::move(octets));
  }
  if (over.shard != home_.index()) { // the connection is another shard's
    if (over.shard >= all_.size())
      return failed(owner, over, std::move(octets));
    auto* there = all_[over.shard];
    auto* here = this;
    return there->home().post([there, here, over, octets = std::move(octets), owner] {
      if (!there->streams_->send(over, octets, owner, *here))
        here->failed(owner, over, octets);
    });
  }
  if (!streams_->send(over, octets, owner, *this))
    failed(owner, over, std::move(octets));
}

std::optional<flow> transports::flow_to(transport by, sip::side where, const address& peer, std::string_view host) {
  for (std::uint16_t i = 0; i < listeners_.size(); ++i) {
    auto& from = listeners_[i];
    if (from.transport != by || from.side != where || from.local.v6 != peer.v6)
      continue;
    if (by == transport::udp)
      return flow{by, where, i, home_.index(), 0, 0, peer};
    return streams_->flow_to(from, i, peer, host);
  }
  return std::nullopt;
}

bool transports::is_open(const flow& f) const noexcept {
  return f.transport == transport::udp || f.shard != home_.index() || streams_->is_open(f);
}

const listener* transports::find_listener(transport by, sip::side where, bool v6) const noexcept {
  for (auto& l : listeners_)
    if (l.transport == by && l.side == where && l.local.v6 == v6)
      return &l;
  return nullptr;
}

/// Counts a source's messages in this second. At most so many sources are told apart; a flood from more of them than that
/// is one for the network to stop.
bool transports::floods(const address& source) {
  constexpr std::size_t most_sources = 65'536;
  auto limit = limits_.messages_per_second_per_source;
  if (limit == 0)
    return false;
  if (auto now = home_.now().ms / 1000; now != second_) {
    second_ = now;
    this_second_.clear();
  }
  if (this_second_.size() >= most_sources)
    return false;
  return ++this_second_[{reinterpret_cast<const char*>(source.octets.data()), source.v6 ? 16u : 4u}] > limit;
}

void transports::arrived(ref<sip::storage> octets, const flow& by) {
  if (by.side == sip::side::access && floods(by.peer))
    return counts_.add(metric::dropped_flood);
  auto in = sip::parse(std::move(octets));
  if (in.msg->is_request())
    sip::note_source(*in.msg, host_text(by.peer), by.peer.port);
  up_.on_received(std::move(in), by);
}

void transports::broken(ref<sip::storage> octets, const error& fault, const flow& by) {
  if (fault.status == 0 || !octets)
    return counts_.add(metric::dropped_malformed);
  auto in = sip::parse(std::move(octets));
  if (in.fault && in.fault->status == 0)
    return counts_.add(metric::dropped_malformed);
  in.fault = fault;
  up_.on_received(std::move(in), by);
}

void transports::failed(const sip::transaction_key& owner, const flow& over, packet_ref octets) {
  if (owner != sip::transaction_key{})
    home_.post([this, owner, over, octets = std::move(octets)] { up_.on_send_failed(owner, over, octets); });
}

void transports::flush() {
  for (auto& port : udp_)
    if (port)
      port->flush();
  streams_->flush();
}

} // namespace troupe
