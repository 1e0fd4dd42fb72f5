#include "actors/node/link_tree.hpp"

#include <future>

#include "actors/console/log.hpp"
#include "actors/link/tls.hpp"

namespace troupe {

namespace {

constexpr milliseconds goodbye_patience{1'000};

asio::ip::tcp::endpoint endpoint_of(const config::endpoint& at) { return {asio::ip::make_address(at.host), at.port}; }

link_settings settings_of(const config::node_config& config) {
  auto& c = config.cluster;
  link_settings out;
  out.policy.cluster = c.name;
  out.policy.self = static_cast<cluster::node_id>(c.node_id);
  // Until the store numbers lives: it grows with each start unless the clock was set back in between.
  out.policy.life = static_cast<cluster::incarnation>(current_time().ms);
  out.listen = endpoint_of(c.link);
  for (auto& each : c.nodes)
    if (each.id != c.node_id)
      out.peers.push_back({static_cast<cluster::node_id>(each.id), each.name, endpoint_of(each.link)});
  if (!c.tls_certificate.empty()) {
    auto tls = make_link_tls(c.tls_certificate, c.tls_key, c.tls_ca);
    out.server = std::move(tls.server);
    out.client = std::move(tls.client);
  }
  return out;
}

void write_note(const link_note& n) {
  static console::flood_gate from_strangers;
  auto level = n.how == link_note::weight::info ? log::level::info : log::level::warn;
  if (n.from_outside)
    log::write(from_strangers, current_time(), level, n.what, {{"peer", n.peer}, {n.kind, n.detail}});
  else if (n.detail.empty())
    log::write(level, n.what, {{"peer", n.peer}});
  else
    log::write(level, n.what, {{"peer", n.peer}, {n.kind, n.detail}});
}

/// What comes from other nodes is for the node's own machines, which take it on their own threads.
class listener_of_links final : public pinned<link_receiver_actor> {
public:
  using handle = link_receiver_actor;

  listener_of_links(caf::actor_config& config, shard& home, link_tree::hearing heard, gateway::escalation give_up)
      : pinned(config, home), heard_(std::move(heard)), give_up_(std::move(give_up)) {}

  behavior_type make_behavior() override {
    return {[this](from_link::batch& b) {
              for (auto& each : b.messages)
                heard_(b.from, each);
            },
            [](from_link::lost&) {}, [](const from_link::up&) {}, [](const from_link::down&) {},
            [](const from_link::suspect&) {}};
  }

protected:
  void on_failure(std::exception_ptr& thrown) override { give_up_("a node's word failed: " + describe(thrown)); }

private:
  link_tree::hearing heard_;
  gateway::escalation give_up_;
};

} // namespace

link_tree::link_tree(const config::node_config& config, caf::actor_system& system, gateway::escalation give_up)
    : home_(static_cast<std::uint16_t>(config.node.shards), system),
      all_(home_, counts_, settings_of(config), write_note),
      give_up_(std::move(give_up)) {
  all_.open();
}

link_tree::~link_tree() {
  if (started_) {
    auto said = std::make_shared<std::promise<void>>();
    home_.post([this, said] { all_.stop([said] { said->set_value(); }); });
    said->get_future().wait_for(goodbye_patience);
  }
  home_.stop();
}

void link_tree::start(hearing heard) {
  gateway_ = spawn_pinned<gateway>(home_, all_, give_up_);
  if (heard)
    receiver_ = spawn_pinned<listener_of_links>(home_, std::move(heard), give_up_);
  started_ = true;
  home_.start([this] {
    all_.start(gateway_);
    if (receiver_)
      all_.use(receiver_);
  });
}

void link_tree::send(cluster::node_id to, cluster::outgoing message) {
  home_.post([this, to, message = std::move(message)]() mutable { all_.send(to, std::move(message)); });
}

std::optional<std::vector<link_facts>> link_tree::peers(milliseconds patience) {
  using facts = std::vector<link_facts>;
  auto asked = std::make_shared<std::promise<facts>>();
  auto answer = asked->get_future();
  home_.post([this, asked] { asked->set_value(all_.peers()); });
  if (answer.wait_for(patience) != std::future_status::ready)
    return std::nullopt;
  return answer.get();
}

} // namespace troupe
