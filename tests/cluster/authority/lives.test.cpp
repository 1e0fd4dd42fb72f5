// The numbers of lives grow, whatever the wall clock does.
#include <catch2/catch.hpp>

#include <fstream>

#include "cluster/authority/lives.hpp"
#include "tests/cluster/store/support.hpp"

using namespace troupe;
using namespace troupe::cluster;

TEST_CASE("each life has a higher number than all before it, also when the wall clock has gone back") {
  store::test::temporary_folder folder;
  auto file = folder.file("life");
  CHECK(last_life(file) == 0u);
  auto first = next_life(file).value();
  CHECK(first > 1'700'000'000'000); // the clock's
  CHECK(last_life(file) == first);
  CHECK(next_life(file).value() > first);
  auto ahead = first + 1'000'000'000;
  std::ofstream(file) << ahead << '\n';
  CHECK(next_life(file).value() == ahead + 1);
  CHECK(next_life("", ahead).value() == ahead + 1);
}

TEST_CASE("a file that holds no life is refused, and one that cannot be written") {
  store::test::temporary_folder folder;
  auto file = folder.file("life");
  for (auto text : {"", "x\n", "-1\n", "99999999999999999999\n", "9007199254740992\n"}) {
    std::ofstream(file) << text;
    CHECK_FALSE(next_life(file));
  }
  CHECK_FALSE(next_life(folder.file("no/such/folder")));
}
