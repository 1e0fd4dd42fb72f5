// All links of a node: the sockets around their machines (docs/decisions/links.md). On a shard of its own, so that neither
// a call waits for a handshake nor a renewal of a lease for calls.
#pragma once

#include <caf/send.hpp>
#include <functional>
#include <map>
#include <memory>

#include "actors/contracts/link.hpp"
#include "actors/contracts/metrics.hpp"
#include "actors/link/settings.hpp"
#include "actors/link/wire.hpp"

namespace troupe {

class links final : public wire::user {
public:
  links(shard& home, metrics& counts, link_settings how, link_log log);
  ~links();

  /// Binds; throws std::system_error with a sentence. Before the shard's thread starts.
  void open();
  /// On the shard, as all that follows.
  void start(link_gateway_actor gateway);
  void use(link_receiver_actor receiver);
  void send(cluster::node_id to, cluster::outgoing message);
  void consumed(cluster::node_id from, const cluster::link_event::consumed& what);
  std::vector<link_facts> peers() const;
  /// Says goodbye to all, and calls `done` when it is said, or half a second is over.
  void stop(std::function<void()> done);

private:
  struct peer {
    link_peer who;
    cluster::node_link state;
    std::shared_ptr<wire> connecting, connection;
    bool told_unreachable = false;
  };
  struct stranger {
    std::shared_ptr<wire> connection;
    cluster::frame_reader in;
  };
  struct beat final : wheel::entry {
    links* owner = nullptr;
    void fire() override { owner->on_beat(); }
  };

  void established(wire& w) override;
  void got(wire& w, std::string_view octets) override;
  void written(wire&) override {} // the round's end writes more
  void ended(wire& w, const std::string& why, bool handshake) override;

  void accept();
  void accepted(asio::ip::tcp::socket socket);
  void greet(stranger& from, std::string_view octets);
  void refuse(stranger& from, cluster::farewell why);
  void on_beat();
  void expire();
  void flush();
  void check_finished();
  peer* peer_of(const wire& w) noexcept;
  peer* find(cluster::node_id node) noexcept;

  void feed(peer& p, cluster::any_link_event event);
  void apply(peer& p, const cluster::link_effect::connect&);
  void apply(peer& p, cluster::link_effect::write& e);
  void apply(peer& p, cluster::link_effect::close& e);
  void apply(peer& p, cluster::link_effect::deliver& e);
  void apply(peer& p, cluster::link_effect::lost& e);
  void apply(peer& p, const cluster::link_effect::up& e);
  void apply(peer& p, const cluster::link_effect::down& e);
  void apply(peer& p, const cluster::link_effect::suspect& e);
  void apply(peer& p, const cluster::link_effect::refused& e);

  void count_refusal(cluster::farewell why);
  void unreachable(peer& p, const std::string& why);
  void note(link_note::weight how, std::string what, const peer& p, std::string detail = {},
            std::string_view kind = "what");
  template <class Event>
  void tell(Event what) {
    if (receiver_)
      caf::anon_send(receiver_, std::move(what));
  }

  shard& home_;
  metrics& counts_;
  link_settings how_;
  link_log log_;
  asio::ip::tcp::acceptor acceptor_;
  bool accepting_ = false;
  std::vector<std::unique_ptr<peer>> peers_;
  std::map<std::uint64_t, stranger> strangers_;
  std::vector<std::shared_ptr<wire>> finishing_;
  std::uint64_t last_number_ = 0;
  link_gateway_actor gateway_;
  link_receiver_actor receiver_;
  beat beat_;
  std::function<void()> stopped_;
};

} // namespace troupe
