// The subscribers' file: whose it is, and how it grows older.
#include <fstream>
#include <sqlite3.h>

#include "bench.hpp"

using namespace troupe;
using namespace troupe::hss;

namespace {

void execute(const std::string& file, const std::string& sql) {
  sqlite3* handle = nullptr;
  REQUIRE(sqlite3_open(file.c_str(), &handle) == SQLITE_OK);
  INFO(sql);
  CHECK(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(handle);
}

std::string refusal(const std::string& file) {
  server_options options;
  options.database = file;
  auto opened = server::open(std::move(options));
  REQUIRE_FALSE(opened);
  CHECK(opened.error().what.find("subscriber database " + file + ": ") == 0);
  return opened.error().what;
}

bool says(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

} // namespace

TEST_CASE("A file that another process holds is refused") {
  folder where;
  auto hss = open(where.database());
  CHECK(says(refusal(where.database()), "another process uses it"));
}

TEST_CASE("A file that is no SQLite file, or another program's, is refused and left as it is") {
  folder where;
  std::ofstream(where.database()) << std::string(4096, 'x');
  CHECK(says(refusal(where.database()), "no SQLite file"));
  auto other = (where.path / "other.sqlite").string();
  execute(other, "CREATE TABLE precious (x); INSERT INTO precious VALUES (1)");
  auto before = std::filesystem::file_size(other);
  CHECK(says(refusal(other), "another program's"));
  CHECK(std::filesystem::file_size(other) == before);
  execute(other, "INSERT INTO precious SELECT x + 1 FROM precious");
}

TEST_CASE("A file of a newer version is refused") {
  folder where;
  open(where.database()).reset();
  execute(where.database(), "PRAGMA user_version = 99");
  CHECK(says(refusal(where.database()), "schema 99 of a newer version"));
}

TEST_CASE("A file of the first version is brought up to date, its subscribers kept") {
  folder where;
  put(*open(where.database()), phone_toml);
  execute(where.database(), "DROP TABLE sequence; DROP TABLE state; PRAGMA user_version = 1");
  auto hss = open(where.database());
  CHECK(hss->show("sip:anna@ims.example"));
  CHECK(ask(*hss, challenge_for()).result == cx::success);
}

TEST_CASE("A subscriber whose octets are damaged is left out and named; the others are served") {
  folder where;
  aka::sequence_number given = 0;
  {
    auto hss = open(where.database());
    put(*hss, phone_toml + alice_toml);
    given = sqn_of(ask(*hss, challenge_for()).items.at(0));
  }
  execute(where.database(), "UPDATE subscriber SET definition = substr(definition, 1, 20) WHERE id = 1");
  auto hss = open(where.database());
  REQUIRE(hss->faults().size() == 1);
  CHECK(says(hss->faults()[0], "row 1"));
  CHECK_FALSE(hss->show("sip:anna@ims.example"));
  CHECK(hss->show("alice@ims.example"));
  CHECK(put(*hss, phone_toml + alice_toml).added == 1);
  CHECK(sqn_of(ask(*hss, challenge_for()).items.at(0)) > given);
}

TEST_CASE("A damaged state of registration counts as none") {
  folder where;
  {
    auto hss = open(where.database());
    put(*hss, phone_toml);
    assign(
        *hss,
        cx::sar{
            "001010000000001@ims.example", {"sip:anna@ims.example"}, scscf, cx::assignment_type::registration, false});
  }
  execute(where.database(), "UPDATE state SET value = x'01ff'");
  CHECK(open(where.database())->on(cx::lir{"sip:anna@ims.example"}).result == cx::identity_not_registered);
}

TEST_CASE("Nobody but its owner may read the file") {
  folder where;
  auto hss = open(where.database());
  for (auto& file : std::filesystem::directory_iterator(where.path))
    CHECK((file.status().permissions() & std::filesystem::perms(077)) == std::filesystem::perms::none);
}
