// troupe_simulate: runs seeded schedules of a cluster and prints how to repeat the first that fails.
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string>
#include <unistd.h>

#include "chaos/simulation/simulate.hpp"
#include "protocols/base/text.hpp"

using namespace troupe;
using namespace troupe::simulation;

namespace {

constexpr std::size_t shown_events = 40;

struct arguments {
  std::uint64_t seeds = 500, from = 1;
  bool replay = false, trace = false;
  settings given;
};

[[noreturn]] void usage(const std::string& wrong) {
  std::fprintf(stderr, "troupe_simulate: %s (--help tells more)\n", wrong.c_str());
  std::exit(2);
}

[[noreturn]] void help() {
  std::printf(
      "troupe_simulate [--seeds N] [--from S] [--nodes N] [--plant FAULT] [--replay SEED] [--trace]\n\n"
      "Runs N schedules (500), each a cluster of 2 to 5 nodes (3), store, network and phones in virtual time.\n\n"
      "  --from S        the first seed (1)\n"
      "  --replay SEED   only this one, and its last events\n"
      "  --trace         with --replay: all its events\n"
      "  --plant FAULT   with a fault in the nodes or the store that must be found:\n                  ");
  for (auto name : plant_names)
    std::printf(" %s", name);
  std::printf("\n\nExit status: 0 if every invariant held, 1 if not, 2 for wrong arguments.\n");
  std::exit(0);
}

arguments parse(int count, char** words) {
  arguments out;
  auto value = [&](int& i) -> std::string {
    if (i + 1 == count)
      usage(std::string(words[i]) + " needs a value");
    return words[++i];
  };
  auto number = [&](int& i) {
    auto text = value(i);
    auto read = to_number<std::uint64_t>(text);
    if (!read)
      usage("'" + text + "' is no number");
    return *read;
  };
  for (int i = 1; i < count; ++i) {
    std::string word = words[i];
    if (word == "--help" || word == "-h")
      help();
    else if (word == "--seeds")
      out.seeds = number(i);
    else if (word == "--from")
      out.from = number(i);
    else if (word == "--nodes")
      out.given.nodes = static_cast<unsigned>(number(i));
    else if (word == "--replay") {
      out.from = number(i);
      out.seeds = 1;
      out.replay = true;
    } else if (word == "--trace")
      out.trace = true;
    else if (word == "--plant") {
      auto name = value(i);
      auto planted = plant_of(name);
      if (!planted)
        usage("there is no fault '" + name + "' to plant");
      out.given.planted = *planted;
    } else
      usage("unknown option " + word);
  }
  if (out.given.nodes < 2 || out.given.nodes > 5)
    usage("--nodes is 2 to 5");
  return out;
}

void tell(std::uint64_t seed, const arguments& a) {
  auto given = a.given;
  given.keep_trace = true;
  auto v = simulate(seed, given);
  auto first = a.trace || v.trace.size() < shown_events ? 0 : v.trace.size() - shown_events;
  for (auto i = first; i < v.trace.size(); ++i)
    std::printf("%s\n", v.trace[i].c_str());
  std::printf("seed %llu: %s; %llu events, trace %016llx\n", static_cast<unsigned long long>(seed),
              v.violated.empty() ? "every invariant held" : v.violated.c_str(),
              static_cast<unsigned long long>(v.events), static_cast<unsigned long long>(v.hash));
}

} // namespace

int main(int count, char** words) {
  auto a = parse(count, words);
  bool live = isatty(STDOUT_FILENO) != 0 && !a.replay;
  auto began = std::chrono::steady_clock::now();
  auto seconds_gone = [&] { return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count(); };
  std::uint64_t events = 0;
  for (auto seed = a.from; seed < a.from + a.seeds; ++seed) {
    auto v = simulate(seed, a.given);
    events += v.events;
    if (a.replay || !v.violated.empty()) {
      std::printf("%s", live ? "\r\033[K" : "");
      tell(seed, a);
      if (v.violated.empty())
        return 0;
      std::string planted = a.given.planted == plant::none
                                ? ""
                                : std::string(" --plant ") + plant_names[static_cast<std::size_t>(a.given.planted)];
      std::printf("again: %s --replay %llu --nodes %u%s\n", words[0], static_cast<unsigned long long>(seed),
                  a.given.nodes, planted.c_str());
      return 1;
    }
    if (live && seed % 50 == 0) {
      std::printf("\r%llu of %llu schedules, %.0f a minute\033[K", static_cast<unsigned long long>(seed - a.from + 1),
                  static_cast<unsigned long long>(a.seeds),
                  60 * static_cast<double>(seed - a.from + 1) / seconds_gone());
      std::fflush(stdout);
    }
  }
  std::printf("%s%llu schedules from seed %llu, %llu events, every invariant held; %.0f schedules a minute\n",
              live ? "\r\033[K" : "", static_cast<unsigned long long>(a.seeds), static_cast<unsigned long long>(a.from),
              static_cast<unsigned long long>(events), 60 * static_cast<double>(a.seeds) / seconds_gone());
  return 0;
}
