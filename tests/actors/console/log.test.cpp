// Log lines: their two forms, what they never hold, and that writing them does not wait.
#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>
#include <unistd.h>

#include "actors/console/flood_gate.hpp"
#include "actors/console/log_line.hpp"

using namespace troupe;

namespace {

std::string text(std::string_view event, log::fields with) {
  std::string out;
  log::append_text(out, 1'700'000'000'123, "info", log::pack(event, with));
  return out;
}

nlohmann::json as_json(std::string_view event, log::fields with) {
  std::string out;
  log::append_json(out, 1'700'000'000'123, "info", log::pack(event, with));
  CHECK(out.find('\n') == out.size() - 1);
  return nlohmann::json::parse(out);
}

/// The lines that a log of these settings has written when it has ended.
template <class Write>
std::vector<std::string> written(log::settings how, Write write) {
  auto file = std::filesystem::temp_directory_path() / ("troupe-log-" + std::to_string(::getpid()));
  std::filesystem::remove(file);
  how.file = file;
  log::setup(how);
  write();
  log::end();
  std::vector<std::string> out;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);)
    out.push_back(line);
  std::filesystem::remove(file);
  return out;
}

} // namespace

TEST_CASE("a line of text has time, level, event and fields") {
  CHECK(text("registered", {{"subscriber", "sip:a@h"}, {"call", "x y"}}) ==
        "2023-11-14T22:13:20.123Z info  registered subscriber=sip:a@h call=\"x y\"\n");
}

TEST_CASE("a line of JSON has the same") {
  auto line = as_json("registered", {{"subscriber", "sip:a@h"}, {"call", "x y"}});
  CHECK(line == nlohmann::json{{"time", "2023-11-14T22:13:20.123Z"},
                               {"level", "info"},
                               {"event", "registered"},
                               {"subscriber", "sip:a@h"},
                               {"call", "x y"}});
}

TEST_CASE("what a stranger sends stays within its line and its field") {
  auto nasty = std::string("a\r\n2023 critical fake\x1b[0m\"=\\\x1f\x1e");
  CHECK(text("dropped", {{"call", nasty}}) ==
        "2023-11-14T22:13:20.123Z info  dropped call=\"a\\r\\n2023 critical fake\\x1b[0m\\\"=\\\\  \"\n");
  CHECK(as_json("dropped", {{"call", nasty}})["call"] == "a\r\n2023 critical fake\x1b[0m\"=\\  ");
  CHECK(text("a\nb", {}) == "2023-11-14T22:13:20.123Z info  a\\nb\n");
  CHECK(as_json("dropped", {{"call", "\xff"}})["call"] == "\xef\xbf\xbd");
}

TEST_CASE("an empty value is seen to be empty") {
  CHECK(text("e", {{"call", ""}}) == "2023-11-14T22:13:20.123Z info  e call=\"\"\n");
}

TEST_CASE("a field that names a secret has no value in any log") {
  for (auto* name : {"password", "k", "OPc", "op", "topc", "ck", "ik", "ha1", "xres", "token", "Authorization",
                     "secret", "response"}) {
    INFO(name);
    CHECK(text("e", {{name, "465b5ce8"}}).find("465b5ce8") == std::string::npos);
    CHECK(as_json("e", {{name, "465b5ce8"}})[name] == "(not shown)");
  }
}

TEST_CASE("lines below the level are left out, and all others are written when the log ends") {
  log::settings how;
  how.least = log::level::warn;
  how.ring = 64;
  auto lines = written(how, [] {
    log::info("quiet");
    log::warn("first", {{"call", "1"}});
    log::error("second");
  });
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].find("warn  first call=1") != std::string::npos);
  CHECK(lines[1].find("error second") != std::string::npos);
}

TEST_CASE("lines in JSON can be parsed one by one") {
  log::settings how;
  how.format = log::format::json;
  auto lines = written(how, [] {
    for (int i = 0; i < 10; ++i)
      log::info("line", {{"call", std::to_string(i)}});
  });
  REQUIRE(lines.size() == 10);
  for (int i = 0; i < 10; ++i)
    CHECK(nlohmann::json::parse(lines[static_cast<std::size_t>(i)])["call"] == std::to_string(i));
}

TEST_CASE("a full ring loses the oldest lines, counts them, and holds nobody up") {
  log::settings how;
  how.ring = 16;
  std::uint64_t lost = 0;
  auto lines = written(how, [&] {
    for (int i = 0; i < 20'000; ++i)
      log::info("line", {{"n", std::to_string(i)}});
    lost = log::lost();
  });
  REQUIRE_FALSE(lines.empty());
  CHECK(lost > 0);
  CHECK(lines.size() + lost >= 20'000);
  CHECK(lines.back().find("n=19999") != std::string::npos);
}

TEST_CASE("a log file that cannot be opened is an error that names the option") {
  log::settings how;
  how.file = "/proc/nowhere/troupe.log";
  CHECK_THROWS_WITH(log::setup(how), Catch::Contains("log.file"));
}

TEST_CASE("a flood of one kind of line passes in a burst, then by the second, and the rest is counted") {
  console::flood_gate gate(2, 3);
  instant t{1'000'000};
  for (int i = 0; i < 3; ++i)
    CHECK(gate.pass(t) == 0);
  for (int i = 0; i < 10; ++i)
    CHECK(gate.pass(t) == std::nullopt);
  CHECK(gate.pass(t + milliseconds(400)) == std::nullopt);
  CHECK(gate.pass(t + milliseconds(500)) == 11);
  CHECK(gate.pass(t + milliseconds(500)) == std::nullopt);
  CHECK(gate.pass(t + seconds(3'600)) == 1);
  for (int i = 0; i < 2; ++i)
    CHECK(gate.pass(t + seconds(3'600)) == 0);
  CHECK(gate.pass(t + seconds(3'600)) == std::nullopt);
}

TEST_CASE("a clock that steps back opens no gate") {
  console::flood_gate gate(1, 1);
  CHECK(gate.pass({5'000}) == 0);
  CHECK(gate.pass({1'000}) == std::nullopt);
  CHECK(gate.pass({5'500}) == std::nullopt);
  CHECK(gate.pass({6'000}) == 2);
}

TEST_CASE("the first line after a flood says how many were left out") {
  log::settings how;
  console::flood_gate gate(1, 1);
  auto lines = written(how, [&] {
    for (int i = 0; i < 5; ++i)
      log::write(gate, {1'000'000}, log::level::warn, "malformed", {{"peer", "192.0.2.1:5060"}});
    log::write(gate, {1'001'000}, log::level::warn, "malformed", {{"peer", "192.0.2.1:5060"}});
  });
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].ends_with("malformed peer=192.0.2.1:5060"));
  CHECK(lines[1].ends_with("malformed peer=192.0.2.1:5060 left_out=4"));
}
