// A holder of service addresses for tests/cluster/vip/test_addresses.py: the keeper as a node would run it, an answering
// machine on the addresses, and a lease that is renewed as long as this process runs.
//
//   vip_holder NAME PORT INTERFACE ADDRESS...     INTERFACE "-": the one in the address's subnet
//
// Reads `hold`, `release`, `ungated`, `silent`, `end`; writes what happens, each line beginning with the boot time in microseconds.
// Datagrams to the addresses are answered with NAME; after `ungated` also past the serving deadline. `silent`: nothing is announced.
#include <array>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <memory>
#include <mutex>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <system_error>
#include <thread>
#include <utility>

#include "cluster/membership/lease.hpp"
#include "cluster/vip/keeper.hpp"

using namespace troupe;
using namespace troupe::cluster;

namespace {

const group_id group{0};
std::atomic<bool> gated{true};
std::atomic<bool> silent{false};

std::int64_t boot_microseconds() {
  timespec now{};
  clock_gettime(CLOCK_BOOTTIME, &now);
  return now.tv_sec * 1'000'000 + now.tv_nsec / 1000;
}

instant boot_time() { return {boot_microseconds() / 1000}; }

void say(const std::string& what) {
  static std::mutex one_at_a_time;
  auto now = boot_microseconds();
  std::lock_guard lock(one_at_a_time);
  std::printf("%lld %s\n", static_cast<long long>(now), what.c_str());
  std::fflush(stdout);
}

class told_host final : public address_host {
public:
  vip_answer install(const service_address& a, seconds lifetime) override {
    return told("install", a, real_->install(a, lifetime));
  }
  vip_answer remove(const service_address& a) override { return told("remove", a, real_->remove(a)); }
  vip_answer announce(const service_address& a) override {
    return silent ? vip_answer{vip_answer::outcome::announced, {}} : told("announce", a, real_->announce(a));
  }

private:
  static vip_answer told(const char* what, const service_address& a, vip_answer answer) {
    constexpr std::array words{"created", "refreshed", "foreign", "removed", "failed", "announced", "not-announced"};
    say(std::string(what) + " " + to_string(a.ip) + " " + words[static_cast<std::size_t>(answer.what)]);
    return answer;
  }
  std::unique_ptr<address_host> real_ = make_address_host();
};

/// The serving deadline, as a gate asks for it. Past it this life is over: it is not renewed again.
class lease_of_one {
public:
  bool valid() const { return boot_time().ms < until_.load(); }
  instant deadline() const { return {until_.load()}; }
  bool renew() {
    auto now = boot_time();
    auto before = until_.load();
    if (before != 0 && now.ms >= before)
      return false;
    until_ = (now + lease_policy{}.serve_for).ms;
    return true;
  }

private:
  std::atomic<std::int64_t> until_{0};
};

lease_of_one own_lease;

bool may_speak() { return !gated || own_lease.valid(); }

int bound(const ip_address& ip, int type, std::uint16_t port) {
  int s = socket(ip.v6 ? AF_INET6 : AF_INET, type | SOCK_CLOEXEC, 0);
  int on = 1;
  setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (ip.v6) // the address may come later
    setsockopt(s, IPPROTO_IPV6, IPV6_FREEBIND, &on, sizeof(on));
  else
    setsockopt(s, IPPROTO_IP, IP_FREEBIND, &on, sizeof(on));
  sockaddr_in6 six{};
  sockaddr_in four{};
  six.sin6_family = AF_INET6;
  four.sin_family = AF_INET;
  six.sin6_port = four.sin_port = htons(port);
  std::memcpy(&six.sin6_addr, ip.octets.data(), 16);
  std::memcpy(&four.sin_addr, ip.octets.data(), 4);
  auto* at = ip.v6 ? reinterpret_cast<sockaddr*>(&six) : reinterpret_cast<sockaddr*>(&four);
  if (bind(s, at, ip.v6 ? sizeof(six) : sizeof(four)) != 0)
    throw std::system_error(errno, std::generic_category(), "bind " + to_string(ip));
  return s;
}

/// Answers each datagram with the name and what it said, and sends to whom it last heard each 20 ms as well.
void answer_datagrams(const std::string& name, const ip_address& ip, int s) {
  timeval patience{0, 20'000};
  setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  sockaddr_storage peer{};
  socklen_t size = 0;
  int last = 0;
  for (std::array<char, 256> room{};;) {
    sockaddr_storage from{};
    socklen_t from_size = sizeof(from);
    auto got = recvfrom(s, room.data(), room.size(), 0, reinterpret_cast<sockaddr*>(&from), &from_size);
    if (got >= 0) {
      peer = from;
      size = from_size;
    }
    if (size == 0 || !may_speak())
      continue;
    auto text = name + " " + (got >= 0 ? std::string(room.data(), static_cast<std::size_t>(got)) : "unasked");
    auto sent = sendto(s, text.data(), text.size(), 0, reinterpret_cast<sockaddr*>(&peer), size);
    int error = sent < 0 ? errno : 0;
    if (std::exchange(last, error) != error)
      say("send " + to_string(ip) + " " + (error != 0 ? std::generic_category().message(error) : "works"));
  }
}

void keep_renewing(const std::stop_token& ending, address_keeper& keeper) {
  while (!ending.stop_requested() && own_lease.renew()) {
    keeper.post(vip_event::extend{group, own_lease.deadline()});
    std::this_thread::sleep_for(lease_policy{}.renew_every);
  }
  if (!ending.stop_requested())
    say("life over");
}

} // namespace

int main(int argc, char** argv) {
  std::string name = argv[1];
  auto port = static_cast<std::uint16_t>(std::stoi(argv[2]));
  std::string interface = argv[3] == std::string("-") ? "" : argv[3];
  vip_policy policy;
  for (int i = 4; i < argc; ++i)
    policy.addresses.push_back({group, *parse_ip(argv[i]), interface});
  for (const auto& address : policy.addresses)
    std::thread(answer_datagrams, name, address.ip, bound(address.ip, SOCK_DGRAM, port)).detach();
  {
    address_keeper keeper(policy, std::make_unique<told_host>(), boot_time,
                          [](const service_address& a, const std::string& fault) {
                            say("fault " + to_string(a.ip) + " " + (fault.empty() ? "over" : fault));
                          });
    own_lease.renew();
    std::jthread renewing(keep_renewing, std::ref(keeper));
    say("ready");
    for (std::string line; std::getline(std::cin, line) && line != "end";) {
      if (line == "hold")
        keeper.post(vip_event::hold{group, own_lease.deadline()});
      else if (line == "release")
        keeper.post(vip_event::release{group});
      else if (line == "ungated")
        gated = false;
      else if (line == "silent")
        silent = true;
    }
  }
  say("ended");
  std::_Exit(0);
}
