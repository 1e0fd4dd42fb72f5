#include "actors/transport/stream_ports.hpp"

namespace troupe {
class connection {};
struct stream_ports::acceptor {};
stream_ports::stream_ports(transports& owner) : owner_(owner) {}
stream_ports::~stream_ports() = default;
void stream_ports::open(std::uint16_t) {}
void stream_ports::stop_accepting() {}
void stream_ports::use_tls(std::shared_ptr<asio::ssl::context>, std::shared_ptr<asio::ssl::context>) {}
bool stream_ports::send(const flow&, packet_ref, const sip::transaction_key&) { return false; }
bool stream_ports::is_open(const flow&) const noexcept { return false; }
std::optional<flow> stream_ports::flow_to(const listener&, std::uint16_t, const address&, std::string_view) { return {}; }
void stream_ports::flush() {}
} // namespace troupe
