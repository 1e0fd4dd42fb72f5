#include "actors/node/node.hpp"

#include <csignal>
#include <openssl/rand.h>
#include <spdlog/spdlog.h>
#include <thread>

#include "actors/node/settings.hpp"
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

std::size_t shard_of_record(store::entity_view id) {
  auto call = id.type == store::kind::call ? call_table::call_of(id.key) : std::nullopt;
  return call ? call->key.hash : std::hash<std::string_view>{}(id.key);
}

/// For roles that never ask.
struct nothing_known final : fact_finder {
  void find(roles::question, std::function<void(put)> done) override { done([](roles::facts&) {}); }
};

} // namespace

node::node(const config::node_config& config) : config_(config) {
  use_quiet_clock(caf_config_);
  system_.emplace(caf_config_);
  calls_ = call_settings_of(config_, secret_of(config_));
  no_facts_ = std::make_unique<nothing_known>();

  store::open_options how;
  how.spec = config_.cluster.store;
  how.partitions = config_.node.shards;
  how.shard_of = shard_of_record;
  how.wake = [this](std::size_t index) {
    auto& tree = *shards_[index];
    tree.home.post([&tree] { tree.values.poll(); });
  };
  auto opened = store::open(how);
  if (!opened)
    throw std::runtime_error(opened.error().what);
  store_ = std::move(*opened);
  for (auto& note : store_->notes())
    spdlog::warn("store: {}", note);

  auto log = [](const failure& f, verdict) { spdlog::error("an actor failed: {} while handling {}: {}", f.who, f.doing, f.what); };
  for (std::uint16_t i = 0; i < config_.node.shards; ++i)
    shards_.push_back(std::make_unique<shard_tree>(i, *system_, *calls_, listeners_of(config_),
                                                   transport_limits_of(config_), resolver_options_of(config_),
                                                   store_->at(i), log, [this](std::string why) { give_up(why); }));
  std::vector<dispatcher*> dispatchers;
  std::vector<transports*> nets;
  for (auto& tree : shards_) {
    dispatchers.push_back(&tree->in);
    nets.push_back(&tree->net);
  }
  for (auto& tree : shards_) {
    tree->in.connect(tree->net, tree->transactions, tree->calls, dispatchers);
    tree->in.allow_peers(peers_of(config_));
    tree->net.know(nets);
    tree->calls.connect(tree->net, tree->transactions, tree->in, *no_facts_, tree->names);
  }
}

node::~node() {
  for (auto& tree : shards_)
    tree->home.stop();
}

void node::start() {
  for (auto& tree : shards_)
    tree->net.open();
  for (auto& tree : shards_)
    tree->home.start([&tree = *tree] { tree.calls.recover(); });
}

void node::give_up(const std::string& why) {
  spdlog::critical("giving up: {}", why);
  if (!gave_up_.exchange(true))
    ::kill(::getpid(), SIGTERM);
}

std::size_t node::transactions() {
  std::size_t sum = 0;
  for (auto& tree : shards_)
    sum += tree->counts.get(metric::transactions_now);
  return sum;
}

exit_status node::run() {
  sigset_t wanted;
  sigemptyset(&wanted);
  sigaddset(&wanted, SIGTERM);
  sigaddset(&wanted, SIGINT);
  int got = 0;
  sigwait(&wanted, &got);
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
    std::this_thread::sleep_for(milliseconds(20));
  } while (transactions() > 0 && std::chrono::steady_clock::now() < until);
}

} // namespace troupe
