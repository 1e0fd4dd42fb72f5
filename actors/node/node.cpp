#include "actors/node/node.hpp"

#include <csignal>
#include <cstring>
#include <filesystem>
#include <future>
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

/// As the shards address them: registration_front and dispatcher.
std::size_t shard_of_record(store::entity_view id, const siphash_key& secret) {
  if (id.type == store::kind::call)
    if (auto call = call_table::call_of(id.key))
      return call->key.hash;
  if (id.type == store::kind::access_binding && id.key.size() >= sizeof(std::uint64_t)) {
    std::uint64_t hash;
    std::memcpy(&hash, id.key.data(), sizeof hash);
    return hash;
  }
  return siphash(secret, id.key);
}

} // namespace

node::node(const config::node_config& config) : config_(config) {
  use_quiet_clock(caf_config_);
  system_.emplace(caf_config_);
  auto secret = secret_of(config_);
  calls_ = call_settings_of(config_, secret);
  registrations_ = registration_settings_of(config_, secret);
  open_store();
  if (config_.has(config::role::hss))
    open_hss();
  make_shards();
  if (!config_.cluster.nodes.empty())
    links_ = std::make_unique<link_tree>(config_, *system_, [this](std::string why) { give_up(why); });
}

void node::open_store() {
  auto how = store_options_of(config_);
  how.shard_of = [this](store::entity_view id) { return shard_of_record(id, calls_->secret); };
  how.wake = [this](std::size_t index) {
    std::lock_guard held(waking_);
    if (!awake_)
      return;
    auto& tree = *shards_[index];
    tree.home.post([&tree] { tree.values.poll(); });
  };
  how.on_fenced = [this](store::group_number, const store::token&) {
    give_up("another node has taken over the records in " + store::without_password(config_.cluster.store));
  };
  auto opened = store::open(how);
  if (!opened)
    throw std::runtime_error(opened.error().what);
  store_ = std::move(*opened);
  for (auto& note : store_->notes())
    spdlog::warn("store: {}", note);
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
  if (config_.hss.provision.empty())
    return;
  auto wanted = hss::load_subscribers(config_.hss.provision, hss_->services(), current_time());
  if (!wanted)
    throw std::runtime_error(wanted.error().what);
  auto report = hss_->put_and_wait(std::move(*wanted));
  if (!report)
    throw std::runtime_error(config_.hss.provision + ": " + report.error().what);
  spdlog::info("subscribers: {} added, {} changed, {} as they were", report->added, report->changed, report->unchanged);
}

void node::make_shards() {
  auto log = [](const failure& f, verdict) {
    spdlog::error("an actor failed: {} while handling {}: {}", f.who, f.doing, f.what);
  };
  for (std::uint16_t i = 0; i < config_.node.shards; ++i) {
    auto& tree = *shards_.emplace_back(std::make_unique<shard_tree>(
        i, *system_, *calls_, listeners_of(config_), transport_limits_of(config_), resolver_options_of(config_),
        store_->at(i), *registrations_, seen_, config_.node.shards, log, [this](std::string why) { give_up(why); }));
    if (hss_)
      tree.use_hss(std::make_unique<hss::embedded>(
          *hss_, [&tree](std::function<void()> work) { tree.home.post(std::move(work)); }));
    else
      tree.use_hss(std::make_unique<no_hss>());
  }
  for (auto& tree : shards_)
    tree->connect(shards_, peers_of(config_));
  if (hss_)
    hss_->listen([this](const hss::notices& what) {
      auto& first = *shards_.front();
      first.home.post([&first, what] {
        for (auto& r : what.terminations)
          first.registrations->on(r);
        for (auto& p : what.profiles)
          first.registrations->on(p);
      });
    });
  use_tls();
  let_store_wake(true);
}

/// The store may want its partitions polled before there are shards, and when they are gone.
void node::let_store_wake(bool may) {
  std::lock_guard held(waking_);
  awake_ = may;
  for (auto& tree : shards_)
    if (may)
      tree->home.post([&tree = *tree] { tree.values.poll(); });
}

void node::use_tls() {
  auto contexts = tls_contexts_of(config_);
  if (contexts.server)
    for (auto& tree : shards_)
      tree->net.use_tls(contexts.server, contexts.client);
}

node::~node() {
  links_.reset();
  for (auto& tree : shards_)
    tree->home.stop();
  let_store_wake(false);
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

/// Calls read what registrations publish, on whatever shard these are: all of it is there before any shard hears a message.
void node::start() {
  claim_ports();
  for (auto& tree : shards_)
    tree->home.start([&tree = *tree] { tree.registrations->recover(); });
  on_each_shard([](shard_tree&) {}); // the rounds in which they published have ended
  on_each_shard([](shard_tree& tree) {
    tree.calls.recover();
    tree.net.open();
  });
  if (links_)
    links_->start();
}

/// Waits for all of them; what they throw is thrown here.
void node::on_each_shard(const std::function<void(shard_tree&)>& work) {
  std::vector<std::future<void>> done;
  for (auto& tree : shards_) {
    auto task = std::make_shared<std::packaged_task<void()>>([&work, &tree = *tree] { work(tree); });
    done.push_back(task->get_future());
    tree->home.post([task] { (*task)(); });
  }
  for (auto& each : done)
    each.get();
}

void node::give_up(const std::string& why) {
  spdlog::critical("giving up: {}", why);
  if (!gave_up_.exchange(true))
    ::kill(::getpid(), SIGTERM);
}

/// Requests without a final response, and calls.
std::size_t node::under_way() {
  std::size_t sum = 0;
  for (auto& tree : shards_)
    for (auto m : {metric::unanswered_now, metric::sessions_now})
      sum += tree->counts.get(m);
  return sum;
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

/// New work is refused with 503; what is under way is finished, up to the drain time.
void node::drain() {
  for (auto& tree : shards_)
    tree->home.post([&tree = *tree] {
      tree.in.drain();
      tree.net.stop_accepting();
    });
  auto until = std::chrono::steady_clock::now() + config_.node.drain_timeout;
  do {
    for (auto& tree : shards_)
      tree->home.post([&tree = *tree] { tree.refresh_gauges(); });
    std::this_thread::sleep_for(milliseconds(50));
  } while (under_way() > 0 && std::chrono::steady_clock::now() < until);
}

} // namespace troupe
