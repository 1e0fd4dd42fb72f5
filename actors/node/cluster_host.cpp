#include "actors/node/cluster_host.hpp"

#include <algorithm>
#include <filesystem>
#include <sys/socket.h>
#include <unistd.h>

#include "actors/console/log.hpp"
#include "actors/node/settings.hpp"
#include "cluster/authority/boot_time.hpp"
#include "config/schema/words.hpp"

namespace troupe {

namespace {

constexpr milliseconds beat_every{50};
/// Where no other node serves, a node that drains waits so long for one.
constexpr milliseconds lone_patience{1'000};
/// A shard that has not run for so long is stuck: its node shall lose its lease.
constexpr milliseconds longest_round{1'500};
/// Should an address not be had, the group's others are served.
constexpr milliseconds longest_wait_for_addresses{500};

/// Whether it may be sent from.
bool is_here(const cluster::ip_address& ip) {
  auto local = parse_address(to_string(ip), 0);
  auto fd = ::socket(ip.v6 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_storage name{};
  auto bound = local && ::bind(fd, reinterpret_cast<sockaddr*>(&name), to_sockaddr(*local, name)) == 0;
  ::close(fd);
  return bound;
}

std::string name_of(cluster::group_id group) { return "g" + std::to_string(cluster::index_of(group)); }

cluster::authority_options options_of(const config::node_config& c) {
  auto stored = store_options_of(c);
  cluster::authority_options out;
  out.spec = stored.spec;
  out.redis = stored.redis;
  out.self = static_cast<cluster::node_id>(c.cluster.node_id);
  out.life_file = c.cluster.life_file;
  out.shards = 1; // one beat for all sites: they come and go
  out.leases.replicas = c.cluster.store.starts_with("redis-sentinel") ? std::min(c.cluster.redis_replicas, 1u) : 0;
  out.owners.replicas = out.leases.replicas;
  out.owners.groups = c.cluster.groups.size();
  for (auto& each : c.cluster.nodes)
    out.owners.members.push_back({static_cast<cluster::node_id>(each.id), 1, false});
  return out;
}

} // namespace

std::vector<cluster::service_address> service_addresses_of(const config::node_config& c) {
  std::vector<cluster::service_address> out;
  for (std::size_t i = 0; i < c.cluster.groups.size(); ++i) {
    auto& group = c.cluster.groups[i];
    auto add = [&](const config::listener& l) {
      auto ip = cluster::parse_ip(l.address);
      if (ip && !config::is_wildcard(l.address) &&
          std::none_of(out.begin(), out.end(), [&](auto& known) { return known.ip == *ip; }))
        out.push_back({static_cast<cluster::group_id>(i), *ip, group.interface});
    };
    std::for_each(group.access.begin(), group.access.end(), add);
    std::for_each(group.core.begin(), group.core.end(), add);
  }
  return out;
}

cluster_host::cluster_host(const config::node_config& config, link_tree& links, surroundings around)
    : config_(config), links_(links), around_(std::move(around)) {
  auto count = config_.cluster.groups.size();
  gate_ = cluster::make_gate(count);
  addressed_.resize(count);
  logged_.resize(count);
  if (!config_.cluster.egress_log.empty())
    egress_log_.open(config_.cluster.egress_log, std::ios::app);
  for (std::size_t i = 0; i < count; ++i)
    servers_.push_back(std::make_unique<group_server>(
        static_cast<cluster::group_id>(i),
        group_server::surroundings{
            [this](cluster::group_id group, const cluster::token& by, egress& gate) {
              return around_.make(
                  static_cast<std::uint32_t>(group), {static_cast<store::group_number>(group), by}, gate,
                  [this, group] { listening(group); },
                  [this, group](const store::token& fence) {
                    of(group).overtaken(fence);
                    tell(cluster::owner_event::overtaken{group, fence});
                  });
            },
            [this](cluster::group_id group, const cluster::token& by, const cluster::token& fence) {
              tell(cluster::owner_event::opened{group, by, fence});
            },
            [this](cluster::group_id group) { tell(cluster::owner_event::flushed{group}); },
            [this](const std::string& what) { report(what); }}));
  if (config_.cluster.install_addresses) {
    cluster::vip_policy policy;
    policy.addresses = service_addresses_of(config_);
    addresses_ = std::make_unique<cluster::address_keeper>(
        policy, cluster::make_address_host(), cluster::boot_time,
        [](const cluster::service_address& which, const std::string& fault) {
          if (fault.empty())
            log::info("address in order again", {{"address", to_string(which.ip)}});
          else
            log::warn("address", {{"address", to_string(which.ip)}, {"what", fault}});
        });
  }
  if (auto folder = std::filesystem::path(config_.cluster.life_file).parent_path(); !folder.empty())
    std::filesystem::create_directories(folder);
  auto opened = cluster::authority::open(options_of(config_), *this);
  if (!opened)
    throw std::runtime_error(opened.error().what);
  std::lock_guard held(asking_);
  authority_ = std::move(*opened);
}

cluster_host::~cluster_host() {
  ending_ = true;
  if (beats_.joinable())
    beats_.join();
  std::unique_ptr<cluster::authority> last;
  {
    std::lock_guard held(asking_);
    last = std::move(authority_);
  }
  last.reset(); // its thread uses the servers, and theirs use it
}

cluster::direction cluster_host::route(cluster::group_id group, unsigned hops) const {
  std::lock_guard held(asking_);
  return authority_ ? authority_->route(group, hops) : cluster::direction{};
}

cluster::authority::snapshot cluster_host::view() const {
  std::lock_guard held(asking_);
  return authority_ ? authority_->view() : cluster::authority::snapshot{};
}

void cluster_host::start() {
  beats_ = std::thread([this] { beat(); });
  authority_->begin_life();
}

std::vector<std::shared_ptr<site>> cluster_host::sites() const {
  std::vector<std::shared_ptr<site>> out;
  for (auto& each : servers_)
    if (auto one = each->now())
      out.push_back(std::move(one));
  return out;
}

std::shared_ptr<site> cluster_host::site_of(cluster::group_id group) const {
  return cluster::index_of(group) < servers_.size() ? servers_[cluster::index_of(group)]->now() : nullptr;
}

bool cluster_host::drain(milliseconds patience) {
  drains_ = true;
  tell(cluster::owner_event::drain{});
  auto until = std::chrono::steady_clock::now() + patience;
  auto lone_until = std::chrono::steady_clock::now() + lone_patience;
  while (!sites().empty() && std::chrono::steady_clock::now() < until) {
    if (auto now = std::chrono::steady_clock::now(); others_serve())
      lone_until = now + lone_patience;
    else if (now >= lone_until)
      break;
    std::this_thread::sleep_for(beat_every);
  }
  return sites().empty();
}

/// Whether there is a node to which groups could go.
bool cluster_host::others_serve() const {
  auto seen = view().owner;
  return std::any_of(seen.live.begin(), seen.live.end(), [&](cluster::node_id id) {
    auto line = cluster::member_of(seen.map, id);
    return id != seen.self && line != nullptr && !line->draining;
  });
}

/// The lease is renewed as long as all shards run.
void cluster_host::beat() {
  while (!ending_) {
    std::this_thread::sleep_for(beat_every);
    auto all = sites();
    if (std::all_of(all.begin(), all.end(), [](auto& one) { return !one->started() || one->alive(longest_round); }))
      shards_beat();
    std::lock_guard held(mutex_);
    for (std::size_t i = 0; i < servers_.size(); ++i)
      log_egress(static_cast<cluster::group_id>(i));
  }
}

void cluster_host::shards_beat() {
  std::lock_guard held(asking_);
  if (authority_)
    authority_->shard_ticks(0);
}

/// What the oracle of two owners reads: cluster.md 27. Under the mutex, and before the group's token changes.
void cluster_host::log_egress(cluster::group_id group) {
  if (!egress_log_.is_open())
    return;
  auto last = of(group).gate().last();
  auto from = std::exchange(logged_[cluster::index_of(group)], last);
  auto& by = gate_.groups[cluster::index_of(group)].by;
  if (last == from || by.epoch == 0)
    return;
  if (last - from > 2 * beat_every) // it was silent meanwhile
    from = last;
  egress_log_ << "{\"group\":" << cluster::index_of(group) << ",\"generation\":" << by.generation
              << ",\"epoch\":" << by.epoch << ",\"incarnation\":" << by.life << ",\"node\":" << config_.cluster.node_id
              << ",\"from\":" << from.ms << ",\"to\":" << last.ms << "}" << std::endl;
}

void cluster_host::heard(cluster::node_id from, const cluster::incoming& message) {
  if (message.kind == cluster::frame_kind::membership) {
    if (auto read = cluster::decode_member_message(message.octets))
      tell(cluster::member_event::heard{from, std::move(*read)});
  } else if (message.kind == cluster::frame_kind::ownership) {
    if (auto read = cluster::decode_handover_message(message.octets))
      tell(cluster::owner_event::heard{from, std::move(*read)});
  }
}

// -- the authority's effects, on its thread -----------------------------------------------------------------------

/// Under the mutex: what the gate says, to where the shards look.
void cluster_host::publish(cluster::group_id group) {
  auto& g = gate_.groups[cluster::index_of(group)];
  auto& to = of(group).gate();
  if (!g.open || g.by <= g.stale_up_to)
    return to.close();
  to.open_until(g.deadline);
  if (addresses_ && addressed_[cluster::index_of(group)].given)
    addresses_->post(cluster::vip_event::extend{group, g.deadline});
}

void cluster_host::run(const cluster::member_effect::extend& e) {
  std::lock_guard held(mutex_);
  cluster::extend(gate_, e.deadline, e.generation);
  for (std::size_t i = 0; i < servers_.size(); ++i)
    publish(static_cast<cluster::group_id>(i));
}

void cluster_host::run(const cluster::member_effect::send_link& e) {
  links_.send(e.to, {cluster::frame_kind::membership, {}, 0, encode(e.message)});
}

void cluster_host::run(const cluster::owner_effect::send_link& e) {
  links_.send(e.to, {cluster::frame_kind::ownership, e.message.group, 0, encode(e.message)});
}

void cluster_host::run(const cluster::owner_effect::open_group& e) { of(e.group).open(e.by); }

void cluster_host::run(const cluster::owner_effect::rewrite_group& e) { of(e.group).renew(e.by); }

void cluster_host::run(const cluster::owner_effect::take_group& e) {
  log::info("serving", {{"group", name_of(e.group)}, {"epoch", std::to_string(e.by.epoch)}});
  {
    std::lock_guard held(mutex_);
    log_egress(e.group);
    open(gate_, e.group, e.by);
    publish(e.group);
  }
  of(e.group).serve();
}

void cluster_host::run(const cluster::owner_effect::give_up_group& e) {
  log::info("given up", {{"group", name_of(e.group)}, {"to", std::to_string(static_cast<int>(e.to))}});
  {
    std::lock_guard held(mutex_);
    log_egress(e.group);
    close(gate_, e.group);
    publish(e.group);
  }
  of(e.group).drop();
}

void cluster_host::run(const cluster::owner_effect::install_addresses& e) {
  std::lock_guard held(mutex_);
  addressed_[cluster::index_of(e.group)].wanted = true;
  give_addresses(e.group);
}

/// Under the mutex. Not before the sockets are open: whoever finds an address shall find somebody at home.
void cluster_host::give_addresses(cluster::group_id group) {
  auto& how = addressed_[cluster::index_of(group)];
  if (!addresses_ || !how.wanted || !how.listening || std::exchange(how.given, true))
    return;
  addresses_->post(cluster::vip_event::hold{group, gate_.groups[cluster::index_of(group)].deadline});
}

/// On the group's thread.
void cluster_host::listening(cluster::group_id group) {
  {
    std::lock_guard held(mutex_);
    addressed_[cluster::index_of(group)].listening = true;
    give_addresses(group);
  }
  if (!addresses_)
    return;
  auto until = std::chrono::steady_clock::now() + longest_wait_for_addresses;
  for (auto& each : service_addresses_of(config_))
    while (each.group == group && !is_here(each.ip) && std::chrono::steady_clock::now() < until)
      std::this_thread::sleep_for(milliseconds(1));
}

void cluster_host::stop_addresses(cluster::group_id group) {
  addressed_[cluster::index_of(group)] = {};
  if (addresses_)
    addresses_->post(cluster::vip_event::release{group});
}

void cluster_host::run(const cluster::owner_effect::remove_addresses& e) {
  std::lock_guard held(mutex_);
  stop_addresses(e.group);
}

/// All of it is in Redis: the new owner reads it there.
void cluster_host::run(const cluster::owner_effect::snapshot_group& e) {
  tell(cluster::owner_event::content{e.group, {}});
}

void cluster_host::run(const cluster::owner_effect::hold_group& e) { of(e.group).hold(); }

void cluster_host::run(const cluster::owner_effect::silence_group& e) {
  std::lock_guard held(mutex_);
  close(gate_, e.group);
  publish(e.group);
}

void cluster_host::run(const cluster::owner_effect::resume_group& e) {
  std::lock_guard held(mutex_);
  open(gate_, e.group, e.by);
  publish(e.group);
}

void cluster_host::ended(cluster::incarnation life, cluster::life_end why) {
  auto reason = why == cluster::life_end::late       ? "its lease was not renewed in time"
                : why == cluster::life_end::declared ? "others were told that it had died"
                                                     : "another process of this node has begun a later one";
  log::warn("a life has ended", {{"life", std::to_string(life)}, {"why", reason}});
  {
    std::lock_guard held(mutex_);
    for (std::size_t i = 0; i < servers_.size(); ++i)
      log_egress(static_cast<cluster::group_id>(i));
    gate_ = cluster::make_gate(servers_.size());
    for (std::size_t i = 0; i < servers_.size(); ++i) {
      publish(static_cast<cluster::group_id>(i));
      stop_addresses(static_cast<cluster::group_id>(i));
    }
  }
  for (auto& each : servers_)
    each->drop();
  if (why == cluster::life_end::replaced)
    return around_.give_up("another process runs as this node");
  std::lock_guard held(asking_);
  if (!authority_)
    return;
  authority_->begin_life();
  if (drains_)
    authority_->give(cluster::owner_event::drain{});
}

void cluster_host::report(const std::string& what) { log::warn("cluster", {{"what", what}}); }

} // namespace troupe
