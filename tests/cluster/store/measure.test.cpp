// Figures, not checks; hidden: run with the tag [measure].
#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>

#include "tests/cluster/store/support.hpp"

using namespace troupe;
using namespace troupe::store;
using namespace troupe::store::test;

namespace {

using clock_type = std::chrono::steady_clock;

double microseconds(clock_type::duration spent) { return std::chrono::duration<double, std::micro>(spent).count(); }

std::size_t resident_octets() {
  std::size_t total = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return resident * 4'096;
}

std::string key_of(int number) {
  auto out = std::to_string(number);
  return std::string(24 - out.size(), '0') + out;
}

} // namespace

TEST_CASE("a million dialogs in memory: cost of a put, longest put, look-up, memory", "[.][measure]") {
  constexpr int count = 1'000'000;
  bench store("memory");
  auto& part = store.part();
  std::string value(700, 'd');
  auto before = resident_octets();
  clock_type::duration longest{};
  auto start = clock_type::now();
  for (int i = 0; i < count; ++i) {
    auto key = key_of(i);
    auto one = clock_type::now();
    part.put({kind::call, key}, {}, value);
    longest = std::max(longest, clock_type::now() - one);
  }
  auto put = clock_type::now() - start;
  start = clock_type::now();
  std::size_t found = 0;
  for (int i = 0; i < count; ++i)
    found += part.find({kind::call, key_of((i * 7'919LL) % count)}) ? 1 : 0;
  auto looked = clock_type::now() - start;
  REQUIRE(found == count);
  std::printf("put %.2f us (longest %.0f us), find %.2f us, memory() %zu octets a record, resident %zu\n",
              microseconds(put) / count, microseconds(longest), microseconds(looked) / count, part.memory() / count,
              (resident_octets() - before) / count);
}

TEST_CASE("a file: group commits of 1, 8 and 100 records of 700 octets, and recovery", "[.][measure]") {
  bench store("file");
  auto& part = store.part();
  std::string value(700, 'd');
  int key = 0;
  for (int batch : {1, 8, 100, 1'000}) {
    auto commits = 20'000 / batch > 500 ? 500 : 20'000 / batch;
    std::vector<double> each;
    for (int i = 0; i < commits; ++i) {
      for (int j = 0; j < batch; ++j)
        part.put({kind::call, key_of(key++)}, {}, value);
      bool done = false;
      auto start = clock_type::now();
      part.after_commit([&](outcome) { done = true; });
      part.flush();
      while (!done)
        REQUIRE(store.wait());
      each.push_back(microseconds(clock_type::now() - start));
    }
    std::sort(each.begin(), each.end());
    std::printf("batch of %4d: median %.0f us, p99 %.0f us, %.1f us a record\n", batch, each[each.size() / 2],
                each[each.size() * 99 / 100], each[each.size() / 2] / batch);
  }
  auto start = clock_type::now();
  store.reopen(2);
  auto recovered = store.all().stats().recovered;
  std::printf("recovery of %llu records: %.1f us each\n", static_cast<unsigned long long>(recovered),
              microseconds(clock_type::now() - start) / static_cast<double>(recovered));
}
