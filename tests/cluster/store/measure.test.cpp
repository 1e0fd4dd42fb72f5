// Figures, not checks; hidden: run with the tag [measure].
#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <sys/resource.h>

#include "tests/cluster/store/redis_servers.hpp"

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

namespace {

double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  auto of = [](timeval t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  return of(used.ru_utime) + of(used.ru_stime);
}

double redis_cpu_seconds() {
  auto info = shared_server().ask({"INFO", "cpu"});
  auto of = [&](const char* name) { return std::stod(info.substr(info.find(name) + std::strlen(name))); };
  return of("used_cpu_sys:") + of("used_cpu_user:");
}

/// One group commit at a time, as a shard does.
void measure_commits(bench& store, int batch, int commits) {
  auto& part = store.part();
  auto redis = store.options().spec.starts_with("redis");
  std::string value(700, 'd');
  static int key = 0;
  std::vector<double> each;
  auto cpu = cpu_seconds(), redis_cpu = redis ? redis_cpu_seconds() : 0;
  auto begin = clock_type::now();
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
  auto puts = static_cast<double>(commits) * batch;
  auto rate = commits / (microseconds(clock_type::now() - begin) / 1e6);
  std::sort(each.begin(), each.end());
  std::printf("batch of %4d: median %.0f us, p99 %.0f us, %.0f commits/s, a put: %.1f us of CPU here", batch,
              each[each.size() / 2], each[each.size() * 99 / 100], rate, (cpu_seconds() - cpu) * 1e6 / puts);
  std::printf(redis ? ", %.1f in Redis\n" : "\n", redis ? (redis_cpu_seconds() - redis_cpu) * 1e6 / puts : 0.0);
}

} // namespace

TEST_CASE("group commits of 1 to 1,000 records of 700 octets, and recovery", "[.][measure]") {
  std::string spec = GENERATE("file", "redis");
  bench store(spec);
  std::printf("%s\n", spec.c_str());
  for (int batch : {1, 8, 64, 1'000})
    measure_commits(store, batch,
                    std::clamp(spec == "file" ? 20'000 / batch : 200'000 / batch, 20, spec == "file" ? 500 : 10'000));
  auto start = clock_type::now();
  store.reopen(2);
  auto recovered = store.all().stats().recovered;
  std::printf("recovery of %llu records: %.1f us each\n", static_cast<unsigned long long>(recovered),
              microseconds(clock_type::now() - start) / static_cast<double>(recovered));
}
