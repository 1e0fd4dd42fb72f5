#include "actors/charging/file_sink.hpp"

#include <catch2/catch.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <future>
#include <sys/resource.h>

#include "tests/cluster/store/support.hpp"

using namespace troupe;
using store::outcome;

namespace {

constexpr instant noon{1'700'049'600'000}; // 2023-11-15T12:00:00Z
using lines = std::vector<std::string>;

charging_sink::item item(const std::string& id, bool seen = false, instant ended = noon) {
  charging_sink::item out;
  out.record.id = id;
  out.record.ended = ended;
  out.seen = seen;
  return out;
}

lines read(const std::string& path) {
  lines out;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);)
    out.push_back(line.substr(7, line.find('"', 7) - 7)); // behind {"id":"
  return out;
}

struct bench {
  store::test::temporary_folder folder;
  std::vector<std::string> said;
  std::unique_ptr<file_sink> sink;

  bench() { open(); }
  void open() {
    sink.reset();
    sink = std::make_unique<file_sink>(folder.file("cdr"), [this](const std::string& what) { said.push_back(what); });
  }
  std::pair<outcome, std::size_t> write(std::vector<charging_sink::item> what) {
    std::promise<std::pair<outcome, std::size_t>> done;
    sink->write(std::move(what), [&](outcome how, std::size_t added) { done.set_value({how, added}); });
    return done.get_future().get();
  }
  std::string day(const std::string& date = "2023-11-15") const { return folder.file("cdr/cdr-" + date + ".jsonl"); }
};

/// No file of this process may be longer, as on a disk that is full.
class small_disk {
public:
  explicit small_disk(rlim_t octets) {
    std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit now{octets, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &now);
  }
  small_disk(const small_disk&) = delete;
  ~small_disk() { ::setrlimit(RLIMIT_FSIZE, &before_); }

private:
  rlimit before_{};
};

} // namespace

TEST_CASE("records go to the file of the day on which their call ended, by UTC") {
  bench b;
  CHECK(b.write({item("a"), item("b", false, noon + seconds(43'199)), item("c", false, noon + seconds(43'200))}) ==
        std::pair{outcome::stored, std::size_t{3}});
  CHECK(read(b.day()) == lines{"a", "b"});
  CHECK(read(b.day("2023-11-16")) == lines{"c"});
}

TEST_CASE("a record that was written before its erasure was stored is not written again by the next process") {
  bench b;
  b.write({item("a"), item("b")});
  b.open(); // the process died
  CHECK(b.write({item("b", true), item("c", true)}) == std::pair{outcome::stored, std::size_t{1}});
  CHECK(read(b.day()) == lines{"a", "b", "c"});
}

TEST_CASE("a record that comes twice in one write is written once") {
  bench b;
  CHECK(b.write({item("a", true), item("a", true)}).second == 1);
  CHECK(read(b.day()) == lines{"a"});
}

TEST_CASE(
    "a line that a crash has cut off is taken away and said, and its record, which comes again, is written whole") {
  bench b;
  b.write({item("a")});
  b.sink.reset();
  std::ofstream(b.day(), std::ios::app) << R"({"id":"b","type":"ses)";
  b.open();
  CHECK(b.write({item("b", true)}) == std::pair{outcome::stored, std::size_t{1}});
  CHECK(read(b.day()) == lines{"a", "b"});
  REQUIRE(b.said.size() == 1);
  CHECK(b.said[0].find("cut off") != std::string::npos);
}

TEST_CASE("on a full disk records are refused whole, said once, and written once when there is room") {
  bench b;
  b.write({item("a")});
  auto full = std::filesystem::file_size(b.day());
  {
    small_disk disk(full + 100); // room for half a record
    CHECK(b.write({item("b")}).first == outcome::failed);
    CHECK(b.write({item("b", true), item("c")}).first == outcome::failed);
    CHECK(b.said.size() == 1);
    CHECK(std::filesystem::file_size(b.day()) == full);
  }
  CHECK(b.write({item("b", true), item("c", true)}) == std::pair{outcome::stored, std::size_t{2}});
  CHECK(read(b.day()) == lines{"a", "b", "c"});
  CHECK(b.said.size() == 2);
}

TEST_CASE("a file that was moved away is followed by a new one") {
  bench b;
  b.write({item("a")});
  std::filesystem::rename(b.day(), b.day() + ".collected");
  b.write({item("b")});
  CHECK(read(b.day() + ".collected") == lines{"a"});
  CHECK(read(b.day()) == lines{"b"});
}

TEST_CASE("what was given before the end is written before it") {
  bench b;
  b.sink->write({item("a")}, [](outcome, std::size_t) {});
  b.sink.reset();
  CHECK(read(b.day()) == lines{"a"});
}

TEST_CASE("a day of many records is searched as well as a short one") {
  bench b;
  std::vector<charging_sink::item> many;
  for (int i = 0; i < 5'000; ++i)
    many.push_back(item(std::to_string(i)));
  b.write(many);
  b.open();
  for (auto& each : many)
    each.seen = true;
  many.push_back(item("last", true));
  CHECK(b.write(many) == std::pair{outcome::stored, std::size_t{1}});
  CHECK(read(b.day()).size() == 5'001);
}
