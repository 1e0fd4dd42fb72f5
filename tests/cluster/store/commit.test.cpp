// How a batch becomes commands.
#include "cluster/store/redis_commit.hpp"

#include <catch2/catch.hpp>
#include <set>

using namespace troupe;
using namespace troupe::store;

TEST_CASE("a call and its charging records go in one command, however large the batch") {
  commit_part part;
  part.job = std::make_shared<commit_job>();
  auto key_of = [](int number) {
    auto digits = std::to_string(number);
    return std::string(call_key_octets - digits.size(), '0') + digits;
  };
  constexpr int calls = 1'000;
  for (int i = 0; i < calls; ++i)
    part.job->what.put({kind::charging_record, key_of(i) + "role"}, {1, instant{}, "record"});
  for (int i = calls; i-- > 0;)
    part.job->what.erase({kind::call, key_of(i)});
  for (std::size_t i = 0; i < part.job->what.size(); ++i)
    part.entries.push_back(i);
  group_keys keys("troupe:", 0);
  key_ring ring;
  std::string fence = "1:1:1:1";
  auto commands = commands_of(part, {keys, fence, ring, std::chrono::hours(1), instant{}, false});
  CHECK(commands.size() > 4);
  std::size_t seen = 0;
  for (auto& command : commands) {
    std::set<std::string> records, erased;
    for (auto& word : command)
      if (word.starts_with(std::string(1, static_cast<char>(kind::charging_record)) + "0"))
        records.insert(word.substr(1, call_key_octets));
      else if (word.size() == 1 + call_key_octets && word.front() == static_cast<char>(kind::call))
        erased.insert(word.substr(1));
    CHECK(records == erased);
    seen += records.size();
  }
  CHECK(seen == calls);
}
