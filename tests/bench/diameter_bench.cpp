// UAR/UAA through our children against freeDiameter alone, in one run: pairs a second, CPU a pair (all processes of both
// ends), and the round trip of one at a time. Both with the same guards, hooks and settings.
//
//   diameter_bench [PAIRS] [IN FLIGHT]
#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <unistd.h>

#include "actors/diameter/framework/library.hpp"
#include "actors/diameter/framework/setup.hpp"
#include "cluster/parent/child.hpp"
#include "tests/actors/diameter/kit.hpp"

using namespace troupe;
using namespace troupe::diameter_test;
using namespace troupe::by_hand;
namespace framework = troupe::diameter_framework;

namespace {

using clock_type = std::chrono::steady_clock;

std::uint64_t ticks_of(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string line, word;
  std::getline(file, line);
  std::istringstream rest(line.substr(line.rfind(')') + 2));
  std::uint64_t user = 0, system = 0;
  for (int i = 0; i < 11; ++i)
    rest >> word;
  rest >> user >> system;
  return user + system;
}

double cpu_us(const std::vector<pid_t>& of) {
  std::uint64_t ticks = 0;
  for (auto pid : of)
    ticks += ticks_of(pid);
  return static_cast<double>(ticks) * 1e6 / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

long resident_kb(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/status");
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("VmHWM:"))
      return std::atol(line.c_str() + 6);
  return 0;
}

/// `ask(n, done)` sends a request; at most `most` are under way.
template <class Ask>
void measure(const char* name, int pairs, int most, const std::vector<pid_t>& processes, Ask ask) {
  std::mutex mutex;
  std::condition_variable changed;
  int under_way = 0, good = 0;
  std::vector<double> took;
  took.reserve(static_cast<std::size_t>(pairs));
  auto cpu = cpu_us(processes);
  auto start = clock_type::now();
  for (int i = 0; i < pairs; ++i) {
    {
      std::unique_lock held(mutex);
      changed.wait(held, [&] { return under_way < most; });
      ++under_way;
    }
    auto sent = clock_type::now();
    ask(static_cast<std::uint32_t>(i + 1), [&, sent](bool ok) {
      std::lock_guard held(mutex);
      --under_way;
      good += ok ? 1 : 0;
      took.push_back(std::chrono::duration<double, std::micro>(clock_type::now() - sent).count());
      changed.notify_one();
    });
  }
  std::unique_lock held(mutex);
  changed.wait(held, [&] { return under_way == 0; });
  auto seconds_taken = std::chrono::duration<double>(clock_type::now() - start).count();
  cpu = cpu_us(processes) - cpu;
  std::sort(took.begin(), took.end());
  auto at = [&](double q) { return took[static_cast<std::size_t>(q * static_cast<double>(took.size() - 1))]; };
  std::printf(
      "%-22s in flight %4d: %7.0f pairs/s, CPU %6.1f us a pair, round trip p50 %6.0f p99 %6.0f us, good %d of %d\n",
      name, most, pairs / seconds_taken, cpu / pairs, at(0.5), at(0.99), good, pairs);
  std::fflush(stdout);
}

// -- freeDiameter alone -----------------------------------------------------------------------------------------

diameter_channel::settings bare(const std::string& identity, std::uint16_t port, diameter_channel::peer_settings peer) {
  diameter_channel::settings out;
  out.identity = identity;
  out.realm = realm;
  if (port != 0)
    out.listen = {"127.0.0.1"};
  out.port = port;
  out.peers = {std::move(peer)};
  out.reconnect_s = 1;
  return out;
}

msg* parse(const std::string& octets) {
  auto* buffer = static_cast<unsigned char*>(std::malloc(octets.size()));
  std::copy(octets.begin(), octets.end(), buffer);
  msg* out = nullptr;
  framework::need(fd_msg_parse_buffer(&buffer, octets.size(), &out), "parse");
  return out;
}

std::string octets_of(msg* m) {
  unsigned char* buffer = nullptr;
  std::size_t size = 0;
  framework::need(fd_msg_bufferize(m, &buffer, &size), "octets");
  std::string out(reinterpret_cast<char*>(buffer), size);
  std::free(buffer);
  return out;
}

int answer(msg** m, ::avp*, session*, void*, disp_action* then) {
  auto* reply = parse(user_authorization_answer({"hss.ims.test", realm, "", ""}, octets_of(*m)));
  msg_hdr *asked = nullptr, *answered = nullptr;
  fd_msg_hdr(*m, &asked);
  fd_msg_hdr(reply, &answered);
  answered->msg_eteid = asked->msg_eteid;
  fd_msg_answ_associate(reply, *m);
  *m = reply;
  *then = DISP_ACT_SEND;
  return 0;
}

[[noreturn]] void serve_bare(std::uint16_t port) {
  framework::set_up(bare("hss.ims.test", port, {"scscf.ims.test", "", 0, false}), nullptr);
  disp_when any{};
  disp_hdl* unused = nullptr;
  framework::need(fd_disp_register(answer, DISP_HOW_ANY, &any, nullptr, &unused), "dispatch");
  framework::start();
  while (true)
    ::pause();
}

using whoever = std::function<void(bool)>;

void on_answer(void* data, msg** m) {
  auto* done = static_cast<whoever*>(data);
  auto octets = octets_of(*m);
  fd_msg_free(*m);
  *m = nullptr;
  (*done)(!has_flag(octets, 0x20));
  delete done;
}

void on_expiry(void* data, DiamId_t, std::size_t, msg** m) {
  auto* done = static_cast<whoever*>(data);
  fd_msg_free(*m);
  *m = nullptr;
  (*done)(false);
  delete done;
}

void ask_bare(std::uint32_t n, whoever done) {
  auto* m = parse(user_authorization_request({"scscf.ims.test", realm, realm, ""}, n));
  timespec until{};
  ::clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += 5;
  framework::need(fd_msg_send_timeout(&m, on_answer, new whoever(std::move(done)), on_expiry, &until), "send");
}

void run_bare(int pairs, int most) {
  auto port = free_port();
  auto server = cluster::child::start({"/proc/self/exe", "server", std::to_string(port)});
  std::this_thread::sleep_for(milliseconds(500));
  framework::set_up(bare("scscf.ims.test", 0, peer_at("hss.ims.test", port)), nullptr);
  framework::start();
  char identity[] = "hss.ims.test";
  eventually([&] {
    peer_hdr* peer = nullptr;
    return fd_peer_getbyid(identity, sizeof identity - 1, 0, &peer) == 0 && peer &&
           fd_peer_get_state(peer) == STATE_OPEN;
  });
  std::vector<pid_t> processes{::getpid(), server->number()};
  measure("freeDiameter alone", 3'000, 1, processes, ask_bare);
  measure("freeDiameter alone", pairs, most, processes, ask_bare);
  server->send(SIGKILL);
}

// -- through our children ---------------------------------------------------------------------------------------

void run_ours(int pairs, int most) {
  auto port = free_port();
  party hss("hss.ims.test", port, {{"scscf.ims.test", "", 0, false}});
  party scscf("scscf.ims.test", 0, {peer_at("hss.ims.test", port)});
  hss.serve_uar();
  eventually([&] { return scscf.up("hss.ims.test"); });
  auto ask = [&](std::uint32_t n, whoever done) {
    scscf.port().ask({user_authorization_request(scscf.ends(), n), milliseconds(5'000), true},
                     [done = std::move(done)](diameter_answer a) { done(a.outcome == diameter_outcome::answered); });
  };
  std::vector<pid_t> processes{::getpid(), hss.child(), scscf.child()};
  measure("through our children", 3'000, 1, processes, ask);
  measure("through our children", pairs, most, processes, ask);
  std::printf("most memory: both nodes %ld kB, children %ld and %ld kB\n", resident_kb(::getpid()),
              resident_kb(hss.child()), resident_kb(scscf.child()));
}

} // namespace

int main(int argc, char** argv) {
  if (argc == 3 && std::string(argv[1]) == "server")
    serve_bare(static_cast<std::uint16_t>(std::atoi(argv[2])));
  auto pairs = argc > 1 ? std::atoi(argv[1]) : 50'000, most = argc > 2 ? std::atoi(argv[2]) : 256;
  run_ours(pairs, most);
  run_bare(pairs, most);
  std::fflush(stdout);
  ::_exit(0); // the framework takes its time to stop
}
