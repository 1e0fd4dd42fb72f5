// No sequence number twice: TS 33.102 clause 6.3.2, whatever happens to process and disk.
#include <csignal>
#include <set>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>

#include "homes.hpp"
#include "protocols/base/random.hpp"

using namespace troupe;
using namespace troupe::hss;

namespace {

const std::string impi = "001010000000001@ims.example";
const std::string anna = "sip:anna@ims.example";

/// A process that gives vectors until it is killed, and says each number once it is given.
struct giver {
  pid_t child = -1;
  int numbers = -1;

  explicit giver(const std::string& database) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      ::close(ends[0]);
      give(database, ends[1]);
      ::_exit(1);
    }
    ::close(ends[1]);
    numbers = ends[0];
  }
  ~giver() { ::close(numbers); }

  static void give(const std::string& database, int into) {
    auto hss = server::open({database, 4, [] { return noon; }, {}});
    for (;;) {
      std::mutex lock;
      std::condition_variable told;
      std::optional<cx::maa> answer;
      (*hss)->on(challenge_for(), at_once, [&](cx::maa given) {
        std::lock_guard hold(lock);
        answer = std::move(given);
        told.notify_one();
      });
      std::unique_lock hold(lock);
      told.wait(hold, [&] { return answer.has_value(); });
      auto number = sqn_of(answer->items.at(0));
      if (::write(into, &number, sizeof number) != sizeof number)
        ::_exit(2);
    }
  }

  /// All that it said until its death.
  std::vector<aka::sequence_number> kill_after(std::chrono::microseconds time) {
    std::vector<aka::sequence_number> said;
    aka::sequence_number number = 0;
    auto read = [&] { return ::read(numbers, &number, sizeof number) == sizeof number; };
    REQUIRE(read());
    said.push_back(number);
    std::this_thread::sleep_for(time);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    while (read())
      said.push_back(number);
    return said;
  }
};

/// No file may grow beyond `octets` while it lives: a full disk without a disk.
struct full_disk {
  rlimit before{};
  void (*handler)(int) = nullptr;

  explicit full_disk(std::uintmax_t octets) {
    handler = std::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before);
    auto limited = before;
    limited.rlim_cur = octets;
    ::setrlimit(RLIMIT_FSIZE, &limited);
  }
  ~full_disk() {
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
  }
};

} // namespace

TEST_CASE("TS 33.102 6.3.2: a process that is killed while it gives vectors has given none that comes again") {
  auto seed = 20240607u;
  INFO("seed " << seed);
  random_source random(seed);
  folder where;
  put(*open(where.database()), phone_toml);
  std::set<aka::sequence_number> numbers;
  std::size_t given = 0;
  for (int life = 0; life < 15; ++life) {
    giver process(where.database());
    for (auto number : process.kill_after(std::chrono::microseconds(random.below(30'000)))) {
      CHECK(numbers.insert(number).second);
      ++given;
    }
  }
  CHECK(given > 15);
  CHECK(numbers.size() == given);
}

namespace {

/// What a process over a store says once it has been answered.
struct answered {
  aka::sequence_number number; ///< given; or 0:
  std::uint64_t server;        ///< this S-CSCF is assigned
};

std::string server_of(std::uint64_t number) { return "sip:scscf" + std::to_string(number) + ".ims.example"; }

/// In another process: asks for a vector and for another S-CSCF in turn, until it is killed.
[[noreturn]] void serve(home& where, std::uint64_t first, int into) {
  auto hss = where.open(8, [] {
    return instant{
        std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch()).count()};
  });
  for (auto server = first;; ++server) {
    answered told{sqn_of(ask(*hss, challenge_for()).items.at(0)), 0};
    if (::write(into, &told, sizeof told) != sizeof told)
      ::_exit(2);
    auto done = assign(*hss, {impi, {anna}, server_of(server), cx::assignment_type::registration, false});
    told = {0, server};
    if (done.result != cx::success || ::write(into, &told, sizeof told) != sizeof told)
      ::_exit(3);
  }
}

} // namespace

TEST_CASE("cluster.md 23: what a killed process has answered is there when the HSS is opened anew from the store") {
  std::vector<std::string> lasting{"file"};
  if (store::test::have_redis())
    lasting.push_back("redis");
  home where(GENERATE_COPY(from_range(lasting)));
  INFO(where.kind());
  auto seed = 20251001u;
  INFO("seed " << seed);
  random_source random(seed);
  put(*where.open(), phone_toml);
  where.close_store();
  std::set<aka::sequence_number> numbers;
  std::uint64_t last = 0;
  for (int killed = 0; killed < 8; ++killed) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    auto child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      ::close(ends[0]);
      serve(where, last + 1, ends[1]);
    }
    ::close(ends[1]);
    answered told{};
    auto read = [&] { return ::read(ends[0], &told, sizeof told) == sizeof told; };
    auto note = [&] {
      if (told.number == 0)
        last = told.server;
      else
        CHECK(numbers.insert(told.number).second);
    };
    REQUIRE(read());
    note();
    std::this_thread::sleep_for(std::chrono::microseconds(random.below(60'000)));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    while (read())
      note();
    ::close(ends[0]);

    auto hss = where.open();
    CHECK(hss->faults().empty());
    auto assigned = hss->show(impi)->server_name;
    INFO("after " << killed << " deaths: " << assigned << ", answered last: " << last);
    // The next one may have been stored, and its answer not have been said.
    CHECK((assigned == server_of(last + 1) || assigned == (last == 0 ? "" : server_of(last))));
    last += assigned == server_of(last + 1);
    hss.reset();
    where.close_store();
  }
  CHECK(last > 8);
  CHECK(numbers.size() > 8);
}

TEST_CASE("TS 33.102 6.3.2: on a full disk challenges are refused, and given again when there is space") {
  folder where;
  auto hss = open(where.database(), 8);
  put(*hss, phone_toml);
  std::set<aka::sequence_number> numbers;
  auto give = [&] {
    auto answer = ask(*hss, challenge_for());
    return answer.result == cx::success && numbers.insert(sqn_of(answer.items.at(0))).second;
  };
  REQUIRE(give());
  std::size_t given = 0;
  std::size_t refused = 0;
  cx::maa last;
  result<import_report> added;
  {
    full_disk full(std::filesystem::file_size(where.database() + "-wal"));
    for (int i = 0; i < 40; ++i) {
      last = ask(*hss, challenge_for());
      if (last.result == cx::success) {
        given += numbers.insert(sqn_of(last.items.at(0))).second;
        CHECK(refused == 0);
      } else {
        ++refused;
      }
    }
    added = hss->put_and_wait(read_all(alice_toml, hss->services()));
    assign(*hss, cx::sar{impi, {anna}, scscf, cx::assignment_type::registration, false});
    for (int i = 0; i < 100 && hss->disk_failures() < 5; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    CHECK(hss->unwritten() == 1);
  }
  CHECK(given <= 8);
  CHECK(refused >= 32);
  CHECK(last.result == cx::unable_to_comply);
  CHECK_FALSE(added);
  CHECK_FALSE(hss->show("alice@ims.example"));
  CHECK(hss->on(cx::lir{anna}).server_name == scscf);

  CHECK(give());
  CHECK(put(*hss, alice_toml).added == 1);
  for (int i = 0; i < 300 && hss->unwritten() > 0; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  CHECK(hss->unwritten() == 0);
  hss.reset();
  hss = open(where.database());
  CHECK(hss->on(cx::lir{anna}).server_name == scscf);
  for (int i = 0; i < 20; ++i)
    CHECK(give());
}

TEST_CASE("A random generator that fails costs a number and gives no vector") {
  server_options options;
  options.randomise = [](auto) { return false; };
  auto hss = server::open(std::move(options));
  REQUIRE(hss);
  put(**hss, phone_toml);
  CHECK(ask(**hss, challenge_for()).result == cx::unable_to_comply);
}
