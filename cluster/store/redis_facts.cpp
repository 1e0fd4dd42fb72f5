#include "cluster/store/redis_facts.hpp"

#include <algorithm>

#include "protocols/base/text.hpp"

namespace troupe::store {
namespace {

constexpr std::uint32_t most_replicas = 64; // of what is shown

struct known_refusal {
  std::string_view code;
  remedy what;
  std::string_view meaning;
};
constexpr known_refusal refusals[] = {
    {"NOSCRIPT", remedy::load_scripts, "it has forgotten our scripts; they are loaded again"},
    {"OOM", remedy::none, "it is out of memory: raise its maxmemory"},
    {"READONLY", remedy::find_master, "it has become a replica; the master is looked for"},
    {"NOREPLICAS", remedy::find_master, "too few replicas follow it (min-replicas-to-write): start them"},
    {"MASTERDOWN", remedy::find_master, "it is a replica without its master"},
    {"LOADING", remedy::wait, "it is still loading its data"},
    {"BUSY", remedy::wait, "a script blocks it: look at SLOWLOG, then SCRIPT KILL"},
    {"MOVED", remedy::find_master, "the slot has moved; the map is read again"},
    {"ASK", remedy::wait, "the slot is being moved: if that does not end, see CLUSTER SETSLOT"},
    {"TRYAGAIN", remedy::wait, "the slot is being moved: if that does not end, see CLUSTER SETSLOT"},
    {"CLUSTERDOWN", remedy::wait, "its cluster is down: see CLUSTER INFO"},
    {"MISCONF", remedy::none, "it cannot save to its disk and takes no writes: free its disk"},
    {"NOAUTH", remedy::none, "it wants a password: set it in the spec or in cluster.redis_password_file"},
    {"WRONGPASS", remedy::none, "it does not take this user and password"},
    {"NOPERM", remedy::none, "its ACL does not let us: grant what docs/decisions/redis-data-model.md lists"},
};

std::string_view line_of(std::string_view info, std::string_view name) {
  for (std::size_t at = 0; (at = info.find(name, at)) != info.npos; at += name.size())
    if ((at == 0 || info[at - 1] == '\n') && info.substr(at + name.size()).starts_with(':')) {
      auto rest = info.substr(at + name.size() + 1);
      return rest.substr(0, rest.find_first_of("\r\n"));
    }
  return {};
}

} // namespace

server_facts read_facts(std::string_view info) {
  server_facts out;
  auto number = [&](std::string_view name) { return to_number<std::uint32_t>(line_of(info, name)).value_or(0); };
  auto version = line_of(info, "redis_version");
  auto dot = version.find('.');
  auto rest = dot == version.npos ? std::string_view{} : version.substr(dot + 1);
  out.major = to_number<std::uint32_t>(version.substr(0, dot)).value_or(0);
  out.minor = to_number<std::uint32_t>(rest.substr(0, rest.find('.'))).value_or(0);
  out.run_id = line_of(info, "run_id");
  out.role = line_of(info, "role");
  out.policy = line_of(info, "maxmemory_policy");
  out.replicas = number("connected_slaves");
  out.least_replicas = !line_of(info, "min_slaves_good_slaves").empty();
  out.loading = number("loading") != 0;
  out.cluster = number("cluster_enabled") != 0;
  return out;
}

/// "ip=192.0.2.52,port=6379,state=online,offset=1234,lag=0"
static replication_facts::replica read_replica(std::string_view line, std::uint64_t written) {
  auto field = [line](std::string_view name) {
    auto at = line.starts_with(name) ? 0 : line.find(',' + std::string(name));
    auto from = at == line.npos ? line.npos : line.find('=', at);
    return from == line.npos ? std::string_view{} : line.substr(from + 1, line.find(',', from) - from - 1);
  };
  auto has = to_number<std::uint64_t>(field("offset=")).value_or(0);
  return {std::string(field("ip=")) + ':' + std::string(field("port=")), field("state=") == "online",
          written > has ? written - has : 0, to_number<std::uint32_t>(field("lag=")).value_or(0)};
}

replication_facts read_replication(std::string_view info) {
  replication_facts out;
  auto written = to_number<std::uint64_t>(line_of(info, "master_repl_offset")).value_or(0);
  auto count = to_number<std::uint32_t>(line_of(info, "connected_slaves")).value_or(0);
  for (std::uint32_t i = 0; i < std::min(count, most_replicas); ++i)
    if (auto line = line_of(info, "slave" + std::to_string(i)); !line.empty())
      out.replicas.push_back(read_replica(line, written));
  return out;
}

std::string not_ready(const server_facts& facts) {
  if (facts.loading)
    return "it is still loading its data";
  if (facts.role != "master")
    return "it is a replica, not a master";
  return {};
}

std::string unfit(const server_facts& facts, const redis_spec& spec, const redis_options& options) {
  if (facts.major < 6 || (facts.major == 6 && facts.minor < 2))
    return "it is version " + std::to_string(facts.major) + '.' + std::to_string(facts.minor) +
           ": 6.2 is the oldest that will do";
  if (facts.policy != "noeviction")
    return "it may throw calls away when memory is short: set its maxmemory-policy to noeviction, not " + facts.policy;
  if (facts.cluster != (spec.how == redis_spec::kind::cluster))
    return facts.cluster ? "it is a node of a Redis Cluster: write redis-cluster:// in the spec"
                         : "it is not a node of a Redis Cluster: write redis:// in the spec";
  if (spec.how == redis_spec::kind::sentinel && options.replicas != 0 && !facts.least_replicas)
    return "it would take writes while no replica follows: set its min-replicas-to-write to 1 or more";
  return {};
}

std::string too_few_replicas(const server_facts& facts, const redis_spec& spec, const redis_options& options) {
  if (spec.how != redis_spec::kind::sentinel || facts.replicas >= options.replicas)
    return {};
  return "it has " + std::to_string(facts.replicas) + " replicas of " + std::to_string(options.replicas) +
         ": start more, or ask for fewer with cluster.redis_replicas";
}

redis_refusal read_refusal(std::string_view error) {
  auto code = error.substr(0, error.find(' '));
  // What a script was refused may come wrapped: "ERR Error running script ...: -OOM command ...".
  for (auto& known : refusals)
    if (code == known.code || (code == "ERR" && error.find('-' + std::string(known.code) + ' ') != error.npos))
      return {known.what, std::string(known.meaning) + " (" + std::string(known.code) + ')'};
  return {remedy::none, "it refuses: " + std::string(error)};
}

} // namespace troupe::store
