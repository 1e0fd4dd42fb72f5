// The text that Prometheus reads, held to the rules of the format 0.0.4, and the page that documents it.
#include <catch2/catch.hpp>

#include <cstdlib>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "actors/console/metrics_text.hpp"

using namespace troupe;
using namespace troupe::console;

namespace {

struct exposition {
  std::map<std::string, std::string> types; ///< by family
  std::map<std::string, double> samples;    ///< by name with labels
  std::vector<std::string> order;           ///< families as they began
};

/// Throws what is wrong.
exposition read(const std::string& text) {
  static const std::regex sample(
      R"re(([a-zA-Z_:][a-zA-Z0-9_:]*)(\{([a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\["\\n])*",?)*\})? (\S+))re");
  exposition out;
  std::string family, helped;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    std::string hash, what, name, type;
    std::smatch parts;
    if (line.rfind("# HELP ", 0) == 0) {
      words >> hash >> what >> helped;
    } else if (line.rfind("# TYPE ", 0) == 0) {
      words >> hash >> what >> family >> type;
      if (family != helped || !out.types.emplace(family, type).second)
        throw std::runtime_error("HELP and TYPE stand once, before the samples: " + line);
      out.order.push_back(family);
    } else if (!std::regex_match(line, parts, sample)) {
      throw std::runtime_error("no sample: " + line);
    } else {
      name = parts[1];
      auto plain =
          out.types[family] == "histogram" ? std::regex_replace(name, std::regex("_(bucket|sum|count)$"), "") : name;
      if (plain != family)
        throw std::runtime_error("a sample outside its family: " + line);
      if (!out.samples.emplace(name + parts[2].str(), std::stod(parts[5])).second)
        throw std::runtime_error("twice: " + line);
    }
  }
  return out;
}

struct shards {
  metrics a, b;
  scrape from;
  shards() {
    from.shards = {{std::shared_ptr<void>(), &a}, {std::shared_ptr<void>(), &b}};
    from.delays = {milliseconds(1), milliseconds(2)};
    from.hss = hss_facts{};
    from.node.name = "a \"quoted\\ name\nin two lines";
  }
};

} // namespace

TEST_CASE("the metrics are well-formed, each family once with its type") {
  shards s;
  exposition got;
  REQUIRE_NOTHROW(got = read(metrics_text(s.from)));
  CHECK(got.types.at("troupe_messages_received_total") == "counter");
  CHECK(got.types.at("troupe_registrations") == "gauge");
  CHECK(got.types.at("troupe_call_setup_seconds") == "histogram");
  CHECK(metrics_text(s.from).back() == '\n');
}

TEST_CASE("every metric of a shard is shown, as the sum of the shards") {
  shards s;
  for (std::size_t i = 0; i < static_cast<std::size_t>(metric::last_); ++i) {
    s.a.set(static_cast<metric>(i), i + 1);
    s.b.set(static_cast<metric>(i), 1'000);
  }
  auto got = read(metrics_text(s.from));
  for (std::size_t i = 0; i < static_cast<std::size_t>(metric::last_); ++i) {
    auto& d = describe(static_cast<metric>(i));
    auto name = std::string(d.name) + (d.labels.empty() ? "" : "{" + std::string(d.labels) + "}");
    INFO(name);
    REQUIRE(got.samples.count(name) == 1);
    CHECK(got.samples.at(name) == static_cast<double>(i + 1'001));
  }
}

TEST_CASE("a large counter keeps its last digit") {
  shards s;
  s.a.set(metric::received_udp, 123'456'789'012'345);
  CHECK(metrics_text(s.from).find("troupe_messages_received_total{transport=\"udp\"} 123456789012345\n") !=
        std::string::npos);
}

TEST_CASE("a histogram's buckets are cumulative, end in +Inf, and are in seconds") {
  shards s;
  s.a.call_setup.observe(1);
  s.a.call_setup.observe(3);
  s.b.call_setup.observe(3);
  s.b.call_setup.observe(70'000);
  auto got = read(metrics_text(s.from)).samples;
  CHECK(got.at("troupe_call_setup_seconds_bucket{le=\"0.001\"}") == 1);
  CHECK(got.at("troupe_call_setup_seconds_bucket{le=\"0.002\"}") == 1);
  CHECK(got.at("troupe_call_setup_seconds_bucket{le=\"0.005\"}") == 3);
  CHECK(got.at("troupe_call_setup_seconds_bucket{le=\"50\"}") == 3);
  CHECK(got.at("troupe_call_setup_seconds_bucket{le=\"+Inf\"}") == 4);
  CHECK(got.at("troupe_call_setup_seconds_count") == 4);
  CHECK(got.at("troupe_call_setup_seconds_sum") == Approx(70.007));
}

TEST_CASE("a metric's name and help are as Prometheus wants them") {
  for (std::size_t i = 0; i < static_cast<std::size_t>(metric::last_); ++i) {
    auto& d = describe(static_cast<metric>(i));
    INFO(d.name);
    CHECK(d.name.ends_with("_total") == !d.gauge);
    CHECK(d.name.starts_with("troupe_"));
    CHECK_FALSE(d.help.empty());
    CHECK(d.help.find('\n') == std::string_view::npos);
  }
}

TEST_CASE("the process's own metrics are those of this process") {
  auto facts = read_process_facts();
  CHECK(facts.resident_octets > 1'000'000);
  CHECK(facts.virtual_octets >= facts.resident_octets);
  CHECK(facts.open_descriptors >= 3);
  CHECK(facts.most_descriptors >= facts.open_descriptors);
  CHECK(facts.threads >= 1);
  auto now = static_cast<double>(std::time(nullptr));
  CHECK(facts.started_at > now - 3'600);
  CHECK(facts.started_at < now + 2);
}

TEST_CASE("docs/operations/metrics.md is what the metrics say of themselves") {
  std::string path = SOURCE_DIR "/docs/operations/metrics.md";
  if (std::getenv("TROUPE_WRITE_DOCS") != nullptr)
    std::ofstream(path, std::ios::binary) << metrics_markdown();
  std::ifstream from(path, std::ios::binary);
  std::string written{std::istreambuf_iterator<char>(from), {}};
  INFO("to write it anew: TROUPE_WRITE_DOCS=1 test_actors_console");
  CHECK(written == metrics_markdown());
}

TEST_CASE("every name in /metrics is documented, and no other") {
  shards s;
  auto page = metrics_markdown();
  std::set<std::string> documented, shown;
  std::regex cell(R"re(\| `((?:troupe|process)_[a-z_0-9]+)` \|)re");
  for (std::sregex_iterator at(page.begin(), page.end(), cell), end; at != end; ++at)
    documented.insert((*at)[1]);
  for (auto& [name, type] : read(metrics_text(s.from)).types)
    shown.insert(name);
  CHECK(shown == documented);
}
