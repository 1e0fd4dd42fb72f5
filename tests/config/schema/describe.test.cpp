// The table of options, and what comes from it: the documentation, the explanation, the reload.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>
#include <unistd.h>

#include "config/schema/config.hpp"
#include "config/schema/options.hpp"
#include "config/schema/suggest.hpp"
#include "tests/config/schema/support.hpp"

using namespace troupe;
using namespace troupe::config;
using namespace troupe::config::test;

TEST_CASE("docs/operations/configuration.md is what the table of options says") {
  std::string path = SOURCE_DIR "/docs/operations/configuration.md";
  if (std::getenv("TROUPE_WRITE_DOCS") != nullptr)
    std::ofstream(path, std::ios::binary) << describe_markdown();
  std::ifstream from(path, std::ios::binary);
  std::string written{std::istreambuf_iterator<char>(from), {}};
  INFO("to write it anew: TROUPE_WRITE_DOCS=1 test_config_schema");
  CHECK(written == describe_markdown());
}

namespace {

/// A working folder like the sources', with the files that the cluster's profiles name, as docs/operations/cluster.md has them made.
class cluster_files {
public:
  cluster_files() : before_(std::filesystem::current_path()) {
    auto here = std::filesystem::temp_directory_path() / ("profiles-" + std::to_string(::getpid()));
    std::filesystem::create_directories(here / "var/cluster");
    std::filesystem::create_directory_symlink(SOURCE_DIR "/config", here / "config");
    std::filesystem::current_path(here);
    for (auto name : {"secret", "redis-key", "cert.pem", "key.pem", "ca.pem"})
      std::ofstream(std::string("var/cluster/") + name) << std::string(64, '5') << '\n';
  }
  ~cluster_files() {
    auto here = std::filesystem::current_path();
    std::filesystem::current_path(before_);
    std::filesystem::remove_all(here);
  }

private:
  std::filesystem::path before_;
};

} // namespace

TEST_CASE("every profile is valid") {
  cluster_files made;
  std::size_t count = 0;
  for (auto& file : std::filesystem::directory_iterator(SOURCE_DIR "/config/profiles")) {
    auto path = file.path().string();
    if (path.ends_with("-subscribers.toml") || !path.ends_with(".toml"))
      continue;
    auto result = load(path);
    if (!result)
      for (auto& each : result.error())
        UNSCOPED_INFO(each.text());
    CHECK(result.has_value());
    ++count;
  }
  CHECK(count >= 8);
}

TEST_CASE("an option is well described: its key is its own, its section exists, its meaning is a sentence") {
  std::set<std::string_view> keys, names;
  for (auto& each : sections())
    names.insert(each.name);
  for (auto& each : options()) {
    INFO(each.key);
    CHECK(keys.insert(each.key).second);
    CHECK(names.count(each.section()) == 1);
    CHECK(each.description.ends_with('.'));
    CHECK(each.key.find('.', each.section().size() + 1) == std::string_view::npos);
    CHECK((each.about.default_note.empty() || !each.about.example.empty()));
    CHECK((each.about.least < each.about.most || (each.about.least == 0 && each.about.most == 0)));
  }
}

TEST_CASE("an option's example is a value that the option takes, and shows as the same again") {
  for (auto& each : options()) {
    auto example = std::string(each.about.example.empty() ? each.default_text() : each.about.example);
    INFO(each.key << " = " << example);
    auto document = parse_tree(std::string(each.leaf()) + " = " + example);
    REQUIRE(document);
    reading in{"example", {}, {}};
    node_config config;
    each.read(in, each, document->front().content, config);
    for (auto& fault : in.problems)
      UNSCOPED_INFO(fault.text());
    CHECK(in.problems.empty());
    CHECK(each.show(config) == example);
  }
}

TEST_CASE("the explanation shows each value, its unit and where it comes from, and no secret") {
  auto config =
      good("[node]\nname = \"a\"\nroles = [\"pcscf\"]\nhome_domain = \"ims.example\"\nsecret = \"0123456789abcdef\"\n"
           "[sip]\naccess = [\"udp://127.0.0.1:5060\"]\nudp_mtu = 1400\n");
  auto all = explain(config);
  CHECK(all.find("sip.udp_mtu = 1400                              # octets, from the file\n") != std::string::npos);
  CHECK(all.find("sip.t1 = 500                                    # ms, default\n") != std::string::npos);
  CHECK(all.find("log.level = \"info\"                              # default\n") != std::string::npos);
  CHECK(all.find("node.secret = \"(not shown)\"") != std::string::npos);
  CHECK(all.find("0123456789abcdef") == std::string::npos);
  CHECK(static_cast<std::size_t>(std::count(all.begin(), all.end(), '\n')) == options().size());
}

TEST_CASE("the explanation of one key or section has the descriptions") {
  auto config = good(minimal);
  CHECK(explain(config, "sip.udp_mtu") ==
        "sip.udp_mtu = 1300                              # octets, default\n"
        "    A larger request goes by TCP when it may, and by UDP when that fails (RFC 3261 clause 18.1.1).\n"
        "    whole number, 576 to 65535 octets; default: 1300\n");
  CHECK(explain(config, "dns").find("dns.attempts = 3") != std::string::npos);
  CHECK(explain(config, "dns").find("sip.") == std::string::npos);
  CHECK(explain(config, "no.such").empty());
}

TEST_CASE("a reload is told which changed keys need a restart, secrets too, though they are not shown") {
  auto running = good(minimal);
  auto wanted = running;
  CHECK(restart_needed(running, wanted).empty());
  wanted.sip.udp_mtu = 1'400;
  wanted.node.secret = "0123456789abcdef";
  CHECK(restart_needed(running, wanted) == std::vector<std::string>{"node.secret", "sip.udp_mtu"});
}

TEST_CASE("the documentation speaks of a reload only if an option takes part in it") {
  auto live = std::any_of(options().begin(), options().end(), [](const option& each) { return !each.about.restart; });
  CHECK((describe_markdown().find("SIGHUP") != std::string::npos) == live);
}

TEST_CASE("the edit distance counts insertions, deletions, replacements and swaps") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("abc", "") == 3);
  CHECK(edit_distance("kitten", "sitting") == 3);
  CHECK(edit_distance("clutser", "cluster") == 1);
  CHECK(edit_distance("ACCESS", "access") == 0);
}

TEST_CASE("only a near word is suggested, and the first of equally near ones") {
  constexpr std::string_view words[] = {"access", "core", "t1", "t2"};
  CHECK(nearest("acess", words) == "access");
  CHECK(nearest("t3", words) == "t1");
  CHECK(nearest("banana", words).empty());
  CHECK(did_you_mean("banana", words) == "it is one of access, core, t1, t2");
}
