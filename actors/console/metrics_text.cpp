#include "actors/console/metrics_text.hpp"

#include <array>
#include <cstdio>

namespace troupe::console {
namespace {

struct family {
  std::string_view name, type, labels, help;
};

/// What the shards do not count.
constexpr std::array own_families{
    family{"troupe_call_setup_seconds", "histogram", "le", "INVITE to its first 2xx"},
    family{"troupe_registration_seconds", "histogram", "le", "REGISTER to its final response"},
    family{"troupe_cx_seconds", "histogram", "le", "a question to the HSS to its answer"},
    family{"troupe_build_info", "gauge", "version", "always 1; the version is in the label"},
    family{"troupe_node_info", "gauge", "node, home_domain, roles", "always 1; who this node is stands in the labels"},
    family{"troupe_ready", "gauge", "", "1 while the node serves; 0 while it starts or drains"},
    family{"troupe_shard_delay_seconds", "gauge", "shard",
           "how long work that the console gave to the shard waited for its turn; absent when it did not come in time"},
    family{"troupe_shard_stuck", "gauge", "shard", "1 when the shard did not take up the console's work in time"},
    family{"troupe_store_commits_total", "counter", "result", "group commits of the store"},
    family{"troupe_store_records_total", "counter", "", "puts and erases that were committed"},
    family{"troupe_store_commit_seconds_total", "counter", "", "time spent in group commits"},
    family{"troupe_store_recovered", "gauge", "", "records found in the store when it was opened"},
    family{"troupe_store_quarantined_total", "counter", "", "records set aside because they cannot be used"},
    family{"troupe_hss_subscribers", "gauge", "", "private identities in the embedded HSS"},
    family{"troupe_hss_unwritten", "gauge", "", "changes of the embedded HSS that wait for the disk"},
    family{"troupe_hss_disk_failures_total", "counter", "", "writes of the embedded HSS that failed"},
    family{"troupe_log_lines_lost_total", "counter", "", "log lines that were overwritten before they were written"},
    family{"troupe_admin_requests_total", "counter", "", "requests to the admin interface"},
    family{"troupe_admin_refused_total", "counter", "", "connections to the admin interface beyond its limit"},
    family{"process_cpu_seconds_total", "counter", "", "user and system time"},
    family{"process_resident_memory_bytes", "gauge", "", "resident memory"},
    family{"process_virtual_memory_bytes", "gauge", "", "virtual memory"},
    family{"process_open_fds", "gauge", "", "open file descriptors"},
    family{"process_max_fds", "gauge", "", "the limit of open file descriptors"},
    family{"process_threads", "gauge", "", "threads"},
    family{"process_start_time_seconds", "gauge", "", "start of the process, seconds since the epoch"},
};

constexpr auto shard_metrics = static_cast<std::size_t>(metric::last_);

std::string number(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.15g", value);
  return text.data();
}

std::string label(std::string_view name, std::string_view value) {
  std::string out(name);
  out += "=\"";
  for (char c : value) {
    if (c == '\\' || c == '"')
      out += '\\';
    if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
  return out + '"';
}

class exposition {
public:
  void begin(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    ((text_ += "# HELP ") += name) += ' ';
    (text_ += help) += '\n';
    ((text_ += "# TYPE ") += name) += ' ';
    (text_ += type) += '\n';
  }
  void begin(std::string_view name) {
    for (auto& f : own_families)
      if (f.name == name)
        return begin(f.name, f.type, f.help);
    throw std::logic_error("no such metric: " + std::string(name));
  }
  void sample(double value, std::string_view labels = {}, std::string_view suffix = {}) {
    (text_ += name_) += suffix;
    if (!labels.empty())
      ((text_ += '{') += labels) += '}';
    ((text_ += ' ') += number(value)) += '\n';
  }
  /// A family of one sample.
  void one(std::string_view name, double value, std::string_view labels = {}) {
    begin(name);
    sample(value, labels);
  }
  std::string take() { return std::move(text_); }

private:
  std::string text_;
  std::string_view name_;
};

std::uint64_t sum_of(const std::vector<std::shared_ptr<const metrics>>& shards, metric m) {
  std::uint64_t sum = 0;
  for (auto& each : shards)
    sum += each->get(m);
  return sum;
}

/// Samples of one name stand together, whatever their order in the enumeration.
void write_counts(exposition& out, const std::vector<std::shared_ptr<const metrics>>& shards) {
  std::array<bool, shard_metrics> done{};
  for (std::size_t i = 0; i < shard_metrics; ++i) {
    auto& first = describe(static_cast<metric>(i));
    if (done[i])
      continue;
    out.begin(first.name, first.gauge ? "gauge" : "counter", first.help);
    for (std::size_t j = i; j < shard_metrics; ++j) {
      auto& each = describe(static_cast<metric>(j));
      if (each.name != first.name)
        continue;
      done[j] = true;
      out.sample(static_cast<double>(sum_of(shards, static_cast<metric>(j))), each.labels);
    }
  }
}

void write_histogram(exposition& out, std::string_view name, const std::vector<std::shared_ptr<const metrics>>& shards,
                     histogram metrics::*which) {
  out.begin(name);
  std::uint64_t count = 0, sum_ms = 0;
  for (std::size_t at = 0; at <= histogram::bounds_ms.size(); ++at) {
    for (auto& each : shards)
      count += ((*each).*which).bucket(at);
    auto last = at == histogram::bounds_ms.size();
    out.sample(static_cast<double>(count), label("le", last ? "+Inf" : number(histogram::bounds_ms[at] / 1000.0)),
               "_bucket");
  }
  for (auto& each : shards)
    sum_ms += ((*each).*which).sum_ms();
  out.sample(static_cast<double>(sum_ms) / 1000, {}, "_sum");
  out.sample(static_cast<double>(count), {}, "_count");
}

void write_node(exposition& out, const scrape& from) {
  std::string roles;
  for (auto& r : from.node.roles)
    roles += (roles.empty() ? "" : ",") + r;
  out.one("troupe_build_info", 1, label("version", from.node.version));
  out.one("troupe_node_info", 1,
          label("node", from.node.name) + ',' + label("home_domain", from.node.home_domain) + ',' +
              label("roles", roles));
  out.one("troupe_ready", from.state == phase::serving ? 1 : 0);
}

void write_delays(exposition& out, const std::vector<std::optional<milliseconds>>& delays) {
  auto shard = [](std::size_t i) { return label("shard", std::to_string(i)); };
  out.begin("troupe_shard_delay_seconds");
  for (std::size_t i = 0; i < delays.size(); ++i)
    if (delays[i])
      out.sample(static_cast<double>(delays[i]->count()) / 1000, shard(i));
  out.begin("troupe_shard_stuck");
  for (std::size_t i = 0; i < delays.size(); ++i)
    out.sample(delays[i] ? 0 : 1, shard(i));
}

void write_store(exposition& out, const store_facts& store) {
  out.begin("troupe_store_commits_total");
  out.sample(static_cast<double>(store.commits), label("result", "stored"));
  out.sample(static_cast<double>(store.failed_commits), label("result", "failed"));
  out.one("troupe_store_records_total", static_cast<double>(store.records));
  out.one("troupe_store_commit_seconds_total", static_cast<double>(store.commit_us) / 1e6);
  out.one("troupe_store_recovered", static_cast<double>(store.recovered));
  out.one("troupe_store_quarantined_total", static_cast<double>(store.quarantined));
}

void write_process(exposition& out, const process_facts& process) {
  out.one("process_cpu_seconds_total", process.cpu_seconds);
  out.one("process_resident_memory_bytes", static_cast<double>(process.resident_octets));
  out.one("process_virtual_memory_bytes", static_cast<double>(process.virtual_octets));
  out.one("process_open_fds", static_cast<double>(process.open_descriptors));
  out.one("process_max_fds", static_cast<double>(process.most_descriptors));
  out.one("process_threads", static_cast<double>(process.threads));
  out.one("process_start_time_seconds", process.started_at);
}

std::string row(std::string_view name, std::string_view type, std::string_view labels, std::string_view help) {
  std::string out = "| `";
  ((out += name) += "` | ") += type;
  ((out += " | ") += labels) += " | ";
  return (out += help) += " |\n";
}

/// The labels of all samples of a name: `reason="malformed"`, `"oversized"`, ...
std::string labels_of(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < shard_metrics; ++i) {
    auto& each = describe(static_cast<metric>(i));
    if (each.name != name || each.labels.empty())
      continue;
    auto equals = each.labels.find('=');
    if (out.empty())
      out = "`" + std::string(each.labels.substr(0, equals)) + "`: ";
    else
      out += ", ";
    out += each.labels.substr(equals + 2, each.labels.size() - equals - 3);
  }
  return out;
}

constexpr std::string_view preface =
    "<!-- Made by metrics_markdown() of actors/console/metrics_text.cpp. After a change:\n"
    "     TROUPE_WRITE_DOCS=1 build/dev/tests/test_actors_console -->\n"
    "# Metrics\n"
    "\n"
    "`GET /metrics` on `[admin] listen`, in Prometheus' text format 0.0.4. Counters begin at 0 with each start of the\n"
    "process; a node's shards are added up. Where `admin.token` is set, Prometheus needs it as its bearer token.\n";

} // namespace

std::string metrics_text(const scrape& from) {
  exposition out;
  write_counts(out, from.shards);
  write_histogram(out, "troupe_call_setup_seconds", from.shards, &metrics::call_setup);
  write_histogram(out, "troupe_registration_seconds", from.shards, &metrics::registration);
  write_histogram(out, "troupe_cx_seconds", from.shards, &metrics::cx);
  write_node(out, from);
  write_delays(out, from.delays);
  write_store(out, from.store);
  if (from.hss) {
    out.one("troupe_hss_subscribers", static_cast<double>(from.hss->subscribers));
    out.one("troupe_hss_unwritten", static_cast<double>(from.hss->unwritten));
    out.one("troupe_hss_disk_failures_total", static_cast<double>(from.hss->disk_failures));
  }
  out.one("troupe_log_lines_lost_total", static_cast<double>(from.log_lines_lost));
  out.one("troupe_admin_requests_total", static_cast<double>(from.admin_requests));
  out.one("troupe_admin_refused_total", static_cast<double>(from.admin_refused));
  write_process(out, from.process);
  return out.take();
}

std::string metrics_markdown() {
  std::string out(preface);
  out += "\n## Signalling\n\n| name | type | labels | meaning |\n| --- | --- | --- | --- |\n";
  std::string_view last;
  for (std::size_t i = 0; i < shard_metrics; ++i) {
    auto& each = describe(static_cast<metric>(i));
    if (each.name == last)
      continue;
    last = each.name;
    out += row(each.name, each.gauge ? "gauge" : "counter", labels_of(each.name), each.help);
  }
  out += "\n## Latencies, node, store and process\n\n| name | type | labels | meaning |\n| --- | --- | --- | --- |\n";
  for (auto& f : own_families)
    out += row(f.name, f.type, f.labels.empty() ? std::string() : "`" + std::string(f.labels) + "`", f.help);
  return out;
}

} // namespace troupe::console
