#include "actors/node/node.hpp"

#include <csignal>
#include <filesystem>
#include <openssl/rand.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <system_error>
#include <thread>
#include <unistd.h>

#include "actors/node/settings.hpp"
#include "actors/roles/hss/embedded.hpp"
#include "actors/roles/hss/provision.hpp"
#include "actors/supervision/quiet_clock.hpp"
#include "protocols/base/text.hpp"

namespace troupe {
namespace {

std::string secret_of(const config::node_config& c) {
  if (!c.node.secret.empty())
    return c.node.secret;
  std::array<std::uint8_t, 32> random{};
  if (RAND_bytes(random.data(), static_cast<int>(random.size())) != 1)
    throw std::runtime_error("no random numbers for the node's secret");
  spdlog::warn("node.secret is not set: calls and registrations will not be recognised after a restart");
  return to_hex(random);
}

} // namespace

node::node(const config::node_config& config) : config_(config) {
  use_quiet_clock(caf_config_);
  system_.emplace(caf_config_);
  secret_ = secret_of(config_);
  hash_key_ = make_siphash_key(secret_);
  if (config_.has(config::role::hss) && config_.cluster.groups.empty())
    open_hss();
  if (!config_.cluster.nodes.empty())
    links_ = std::make_unique<link_tree>(config_, *system_, [this](std::string why) { give_up(why); });
  if (!config_.diameter.identity.empty())
    open_diameter();
  if (config_.cluster.groups.empty())
    open_site();
  else
    open_cluster();
  if (cx_)
    open_cx();
}

void node::open_diameter() {
  diameter_ = std::make_unique<diameter_tree>(config_, *system_, [this](const std::string& why) { give_up(why); });
  cx_ = std::make_unique<diameter_cx>(config_, diameter_->port());
}

/// Once what serves and what is told is there.
void node::open_cx() {
  if (config_.has(config::role::hss))
    return cx_->serve([this] { return subscribers(); });
  cx_->hear([this](const hss::notices& what, std::function<void(cx::result_code)> told) {
    if (only_)
      return only_->tell(what, std::move(told));
    exchange_->tell(what); // the owner of the registration may be any node
    told(cx::success);
  });
}

void node::open_hss() {
  hss::server_options how;
  how.database = config_.hss.database;
  if (how.database != ":memory:")
    if (auto folder = std::filesystem::path(how.database).parent_path(); !folder.empty())
      std::filesystem::create_directories(folder);
  auto opened = hss::server::open(std::move(how));
  if (!opened)
    throw std::runtime_error(opened.error().what);
  hss_ = std::move(*opened);
  for (auto& fault : hss_->faults())
    spdlog::error("hss: {}", fault);
  provision(*hss_);
}

void node::provision(hss::server& of) const {
  if (config_.hss.provision.empty())
    return;
  auto wanted = hss::load_subscribers(config_.hss.provision, of.services(), current_time());
  if (!wanted)
    throw std::runtime_error(wanted.error().what);
  auto report = of.put_and_wait(std::move(*wanted));
  if (!report)
    throw std::runtime_error(config_.hss.provision + ": " + report.error().what);
  spdlog::info("subscribers: {} added, {} changed, {} as they were", report->added, report->changed, report->unchanged);
}

site::surroundings node::around_site() {
  site::surroundings out{*system_, secret_};
  out.give_up = [this](const std::string& why) { give_up(why); };
  out.hss = [this](shard_tree& tree) -> std::unique_ptr<cx_port> {
    if (!hss_ && cx_)
      return cx_->port_for(tree);
    if (!hss_)
      return std::make_unique<no_hss>();
    return std::make_unique<hss::embedded>(*hss_,
                                           [&tree](std::function<void()> work) { tree.home.post(std::move(work)); });
  };
  return out;
}

void node::open_site() {
  auto around = around_site();
  around.overtaken = [this](const store::token&) {
    give_up("another node has taken over the records in " + store::without_password(config_.cluster.store));
  };
  only_ = std::make_shared<site>(config_, std::move(around));
  if (hss_)
    hss_->listen([this](const hss::notices& what) { tell_servers(what); });
}

void node::open_cluster() {
  auto make = [this](std::uint32_t group, site::surroundings::grant as, egress& gate, std::function<void()> listening,
                     std::function<void(const store::token&)> overtaken) {
    auto around = around_site();
    around.as = as;
    around.gate = &gate;
    around.listening = std::move(listening);
    around.overtaken = std::move(overtaken);
    if (config_.has(config::role::hss))
      around.hss = [this, as](shard_tree& tree) { return exchange_->port_for(as, tree); };
    if (config_.has(config::role::hss) && group == cluster::index_of(hss_group)) {
      around.own_hss = [this](store::partition& records) { return open_hss_over(records); };
      around.provision = [this](hss::server& of) { provision(of); };
    }
    return std::make_unique<site>(site_config(config_, group), std::move(around));
  };
  std::vector<cluster::node_id> others;
  for (auto& each : config_.cluster.nodes)
    if (each.id != config_.cluster.node_id)
      others.push_back(static_cast<cluster::node_id>(each.id));
  exchange_ = std::make_unique<cx_exchange>(*links_, static_cast<cluster::node_id>(config_.cluster.node_id), others);
  host_ = std::make_unique<cluster_host>(
      config_, *links_, cluster_host::surroundings{make, [this](const std::string& why) { give_up(why); }});
  exchange_->use(*host_);
}

std::unique_ptr<hss::server> node::open_hss_over(store::partition& records) const {
  hss::server_options how;
  how.records = &records;
  auto opened = hss::server::open(std::move(how));
  if (!opened)
    throw std::runtime_error(opened.error().what);
  (*opened)->listen([this](const hss::notices& what) { tell_servers(what); });
  return std::move(*opened);
}

/// To the S-CSCF that has the user: by Diameter, or here and in the cluster.
void node::tell_servers(const hss::notices& what) const {
  if (cx_ && cx_->send(what))
    return;
  if (only_)
    only_->tell(what);
  else
    exchange_->tell(what);
}

std::shared_ptr<hss::server> node::subscribers() const {
  if (!host_)
    return hss_;
  auto here = host_->site_of(hss_group);
  return here && here->hss() != nullptr ? std::shared_ptr<hss::server>(here, here->hss()) : nullptr;
}

std::vector<std::shared_ptr<site>> node::sites() const {
  if (host_)
    return host_->sites();
  return {only_};
}

/// The links outlive the host, which says its last words by them: what still comes is heard by nobody.
node::~node() {
  {
    std::lock_guard held(hearing_);
    hears_ = false;
  }
  if (cx_)
    cx_->close();
  host_.reset();
  links_.reset();
  only_.reset();
  diameter_.reset();
}

/// The shards share their ports; nobody else may: a second node would take a part of the messages.
void node::claim_ports() {
  for (auto& l : listeners_of(config_)) {
    if (l.local.port == 0)
      continue;
    auto udp = l.transport == transport::udp;
    auto fd = ::socket(l.local.v6 ? AF_INET6 : AF_INET, udp ? SOCK_DGRAM : SOCK_STREAM, 0);
    int on = 1;
    if (!udp)
      ::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_storage name{};
    auto size = to_sockaddr(l.local, name);
    auto taken = ::bind(fd, reinterpret_cast<sockaddr*>(&name), size) != 0 ? errno : 0;
    ::close(fd);
    if (taken != 0)
      throw std::system_error(taken, std::system_category(), "cannot listen on " + to_string(l.local));
  }
}

void node::start() {
  if (only_) {
    claim_ports();
    only_->start();
  }
  if (links_)
    links_->start(host_ ? link_tree::hearing([this](cluster::node_id from, const cluster::incoming& message) {
      std::lock_guard held(hearing_);
      if (!hears_)
        return;
      if (message.kind == cluster::frame_kind::entity)
        exchange_->heard(from, message);
      else
        host_->heard(from, message);
    })
                        : link_tree::hearing());
  if (diameter_)
    diameter_->start();
  if (host_)
    host_->start();
}

void node::give_up(const std::string& why) {
  spdlog::critical("giving up: {}", why);
  if (!gave_up_.exchange(true))
    ::kill(::getpid(), SIGTERM);
}

exit_status node::run() {
  sigset_t wanted;
  sigemptyset(&wanted);
  sigaddset(&wanted, SIGTERM);
  sigaddset(&wanted, SIGINT);
  int got = 0;
  sigwait(&wanted, &got);
  if (before_drain_)
    before_drain_();
  if (gave_up_)
    return exit_status::gave_up;
  spdlog::info("{} received: draining", got == SIGTERM ? "SIGTERM" : "SIGINT");
  drain();
  return exit_status::ok;
}

/// A cluster's groups go to other nodes. Elsewhere new work is refused with 503, and what is under way is finished, up to
/// the drain time.
void node::drain() {
  if (host_) {
    if (!host_->drain(config_.node.drain_timeout))
      spdlog::warn("not all groups could be handed over: others will take them over when the lease has run out");
    return;
  }
  only_->drain();
  auto until = std::chrono::steady_clock::now() + config_.node.drain_timeout;
  do {
    only_->under_way(); // asks; the next look sees it
    std::this_thread::sleep_for(milliseconds(50));
  } while (only_->under_way() > 0 && std::chrono::steady_clock::now() < until);
}

} // namespace troupe
