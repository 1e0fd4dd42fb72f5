#include "actors/node/site.hpp"

#include <algorithm>
#include <cstring>
#include <future>
#include <spdlog/spdlog.h>
#include <thread>

#include "actors/charging/file_sink.hpp"
#include "actors/charging/stream_sink.hpp"
#include "actors/node/settings.hpp"

namespace troupe {
namespace {

/// As the shards address them: registration_front and dispatcher.
std::size_t shard_of_record(store::entity_view id, const siphash_key& secret) {
  if (id.type == store::kind::call || id.type == store::kind::charging_record)
    if (auto call = call_table::call_of(id.key.substr(0, store::call_key_octets)))
      return call->key.hash;
  if (id.type == store::kind::access_binding && id.key.size() >= sizeof(std::uint64_t)) {
    std::uint64_t hash;
    std::memcpy(&hash, id.key.data(), sizeof hash);
    return hash;
  }
  return siphash(secret, id.key);
}

} // namespace

site::site(const config::node_config& config, surroundings around) : config_(config), around_(std::move(around)) {
  calls_ = call_settings_of(config_, around_.secret);
  registrations_ = registration_settings_of(config_, around_.secret);
  open_store();
  if (around_.own_hss)
    open_hss();
  open_charging();
  make_shards();
}

void site::wake(std::size_t partition) {
  std::lock_guard held(waking_);
  if (partition == config_.node.shards) {
    if (hss_)
      hss_->wake();
  } else if (awake_) {
    auto& tree = *shards_[partition];
    tree.home.post([&tree] { tree.values.poll(); });
  }
}

void site::open_store() {
  auto how = store_options_of(config_);
  how.partitions = config_.node.shards + (around_.own_hss ? 1 : 0); // the last is the HSS's
  how.shard_of = [this](store::entity_view id) {
    return hss::is_hss_kind(id.type) ? config_.node.shards : shard_of_record(id, calls_->secret) % config_.node.shards;
  };
  how.wake = [this](std::size_t partition) { wake(partition); };
  how.on_fenced = [this](store::group_number, const store::token& fence) {
    if (std::lock_guard held(waking_); hss_)
      hss_->fence();
    around_.overtaken(fence);
  };
  if (around_.as) {
    auto group = around_.as->group;
    how.groups = {group};
    how.as = around_.as->by;
    how.group_of = [group](store::entity_view) { return group; };
  }
  auto opened = store::open(how);
  if (!opened)
    throw std::runtime_error(opened.error().what);
  store_ = std::move(*opened);
  for (auto& note : store_->notes())
    spdlog::warn("store: {}", note);
}

void site::open_hss() {
  auto opened = around_.own_hss(store_->at(config_.node.shards));
  for (auto& fault : opened->faults())
    spdlog::error("hss: {}", fault);
  {
    std::lock_guard held(waking_);
    hss_ = std::move(opened);
  }
  hss_->wake(); // what came meanwhile
  if (around_.provision)
    around_.provision(*hss_);
  cx_ = std::make_unique<hss::cx_service>(*hss_, [](std::function<void()> work) { work(); });
}

/// Where state is shared, records are too; a single node's are in files beside it.
void site::open_charging() {
  if (config_.charging.records.empty())
    return;
  if (config_.cluster.store.starts_with("redis")) {
    stream_sink::options how;
    how.group = around_.as ? around_.as->group : 0;
    how.most = config_.charging.stream_length;
    charging_ = std::make_unique<stream_sink>(*store_, how);
  } else {
    charging_ = std::make_unique<file_sink>(config_.charging.folder,
                                            [](const std::string& what) { spdlog::error("charging: {}", what); });
  }
}

void site::make_shards() {
  auto log = [](const failure& f, verdict) {
    spdlog::error("an actor failed: {} while handling {}: {}", f.who, f.doing, f.what);
  };
  for (std::uint16_t i = 0; i < config_.node.shards; ++i) {
    auto& tree = *shards_.emplace_back(std::make_unique<shard_tree>(
        i, around_.system, *calls_, listeners_of(config_), transport_limits_of(config_), resolver_options_of(config_),
        store_->at(i), *registrations_, seen_, config_.node.shards, log, around_.give_up));
    tree.net.guard(around_.gate);
    tree.use_hss(around_.hss(tree));
    if (charging_)
      tree.charge_to(*charging_);
    pulses_.push_back(std::make_shared<pulse>());
  }
  for (auto& tree : shards_)
    tree->connect(shards_, peers_of(config_));
  auto contexts = tls_contexts_of(config_);
  if (contexts.server)
    for (auto& tree : shards_)
      tree->net.use_tls(contexts.server, contexts.client);
  let_store_wake(true);
}

/// The store may want its partitions polled before there are shards, and when they are gone.
void site::let_store_wake(bool may) {
  std::lock_guard held(waking_);
  awake_ = may;
  for (auto& tree : shards_)
    if (may)
      tree->home.post([&tree = *tree] { tree.values.poll(); });
}

/// What is only in memory must not go with it; the wait is short, for the disk is the only other party.
void site::write_charged() {
  if (!charging_ || charging_->settles().count() != 0 || !started_)
    return;
  auto waits = [this] {
    return std::any_of(shards_.begin(), shards_.end(), [](auto& tree) { return tree->charged->unwritten() != 0; });
  };
  for (auto until = std::chrono::steady_clock::now() + seconds(2); waits() && std::chrono::steady_clock::now() < until;)
    std::this_thread::sleep_for(milliseconds(10));
}

site::~site() {
  write_charged();
  for (auto& tree : shards_)
    tree->home.stop();
  let_store_wake(false);
  cx_.reset();
  std::unique_ptr<hss::server> gone;
  {
    std::lock_guard held(waking_);
    gone = std::move(hss_);
  }
}

/// Whoever finds the addresses finds somebody at home, and what is recovered speaks from them. Calls read what registrations
/// publish, on whatever shard these are: all of it is there before any shard hears a message.
void site::start() {
  for (auto& tree : shards_)
    tree->home.start();
  on_each_shard([](shard_tree& tree) { tree.net.open(); });
  if (around_.listening)
    around_.listening();
  on_each_shard([](shard_tree& tree) { tree.registrations->recover(); });
  on_each_shard([](shard_tree&) {}); // the rounds in which they published have ended
  on_each_shard([](shard_tree& tree) {
    tree.calls.recover();
    if (tree.charged)
      tree.charged->recover();
    tree.net.begin();
  });
  started_ = true;
}

/// Waits for all of them; what they throw is thrown here.
void site::on_each_shard(const std::function<void(shard_tree&)>& work) {
  std::vector<std::future<void>> done;
  for (auto& tree : shards_) {
    auto task = std::make_shared<std::packaged_task<void()>>([&work, &tree = *tree] { work(tree); });
    done.push_back(task->get_future());
    tree->home.post([task] { (*task)(); });
  }
  for (auto& each : done)
    each.get();
}

void site::drain() {
  for (auto& tree : shards_)
    tree->home.post([&tree = *tree] {
      tree.in.drain();
      tree.net.stop_accepting();
    });
}

void site::settle(std::function<void()> done) {
  auto left = std::make_shared<std::atomic<std::size_t>>(shards_.size());
  auto one = [left, done = std::move(done)](store::outcome how) {
    if (how == store::outcome::stored && left->fetch_sub(1) == 1)
      done();
  };
  for (auto& tree : shards_)
    tree->home.post([&values = tree->values, one] {
      values.after_commit(one);
      values.flush();
    });
}

void site::tell(const hss::notices& what, std::function<void(cx::result_code)> told) {
  auto& first = *shards_.front();
  first.home.post([&first, what, told = std::move(told)] {
    auto all = cx::success;
    auto note = [&all](cx::result_code one) { all = all.is_success() ? one : all; };
    for (auto& r : what.terminations)
      note(first.registrations->on(r));
    for (auto& p : what.profiles)
      note(first.registrations->on(p));
    if (told)
      told(all);
  });
}

std::size_t site::under_way() const {
  std::size_t sum = 0;
  for (auto& tree : shards_) {
    tree->home.post([&tree = *tree] { tree.refresh_gauges(); });
    for (auto m : {metric::unanswered_now, metric::sessions_now})
      sum += tree->counts.get(m);
  }
  return sum;
}

bool site::alive(milliseconds patience) {
  auto now = std::chrono::steady_clock::now();
  bool all = true;
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    auto& one = pulses_[i];
    if (one->answered.exchange(false)) {
      one->asked = now;
      shards_[i]->home.post([one] { one->answered = true; });
    } else if (now - one->asked > patience) {
      all = false;
    }
  }
  return all;
}

} // namespace troupe
