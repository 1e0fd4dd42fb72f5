#include "actors/node/diameter_tree.hpp"

#include <filesystem>
#include <future>

#include "actors/console/log.hpp"

namespace troupe {

namespace {

constexpr milliseconds goodbye_patience{4'000};
constexpr std::uint16_t usual_port = 3'868, usual_tls_port = 5'868;

diameter_channel::peer_settings peer_of(const config::diameter_peer& p) {
  auto port = p.address.port != 0 ? p.address.port : p.tls ? usual_tls_port : usual_port;
  return {p.identity, p.address.host, port, p.tls};
}

diameter_settings settings_of(const config::node_config& config) {
  auto& d = config.diameter;
  diameter_settings out;
  auto& f = out.framework;
  f.identity = d.identity;
  f.realm = d.realm;
  f.listen = d.listen;
  f.port = d.port;
  f.tls_port = d.tls_port;
  f.tls_certificate = d.tls_certificate;
  f.tls_key = d.tls_key;
  f.tls_ca = d.tls_ca;
  for (auto& p : d.peers)
    f.peers.push_back(peer_of(p));
  for (auto& r : d.routes)
    f.routes.push_back({r.realm, r.peers, r.backup});
  for (auto& a : d.applications)
    f.applications.push_back({a.id, a.vendor, a.accounting});
  f.reconnect_s = static_cast<std::uint32_t>(d.reconnect.count());
  f.watchdog_s = static_cast<std::uint32_t>(d.watchdog.count());
  f.most_questions = d.max_questions;
  f.answer_within_ms = static_cast<std::uint32_t>(d.answer_within.count());
  out.max_in_flight = d.max_in_flight;
  out.command = {std::filesystem::read_symlink("/proc/self/exe").string(), "diameter"};
  return out;
}

void write_note(const diameter_note& n) {
  static console::flood_gate from_peers;
  constexpr log::level levels[] = {log::level::debug, log::level::info, log::level::warn, log::level::error};
  auto level = levels[static_cast<std::size_t>(n.how)];
  if (n.from_outside)
    log::write(from_peers, current_time(), level, n.what, {{"what", n.detail}});
  else if (n.detail.empty())
    log::write(level, n.what, {});
  else
    log::write(level, n.what, {{"of", n.detail}});
}

} // namespace

diameter_tree::diameter_tree(const config::node_config& config, caf::actor_system& system,
                             diameter_transport::escalation give_up)
    : home_(static_cast<std::uint16_t>(config.node.shards + 1), system),
      transport_(home_, counts_, settings_of(config), write_note, std::move(give_up)) {}

diameter_tree::~diameter_tree() {
  if (started_) {
    auto said = std::make_shared<std::promise<void>>();
    home_.post([this, said] { transport_.stop([said] { said->set_value(); }); });
    said->get_future().wait_for(goodbye_patience);
  }
  home_.stop();
}

void diameter_tree::start() {
  started_ = true;
  home_.start([this] { transport_.start(); });
}

} // namespace troupe
