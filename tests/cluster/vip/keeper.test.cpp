#include <catch2/catch.hpp>
#include <future>

#include "cluster/vip/keeper.hpp"
#include "cluster/vip/netlink.hpp"

using namespace troupe;
using namespace troupe::cluster;
using outcome = vip_answer::outcome;

namespace {

/// Says what it was asked, and lets a test wait for it.
struct diary {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::string> lines;

  void note(std::string line) {
    std::lock_guard lock(mutex);
    lines.push_back(std::move(line));
    changed.notify_all();
  }
  bool has(const std::string& line) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, std::chrono::seconds(10),
                            [&] { return std::find(lines.begin(), lines.end(), line) != lines.end(); });
  }
};

struct host final : address_host {
  explicit host(diary& d) : notes(d) {}
  vip_answer install(const service_address& a, seconds lifetime) override {
    notes.note("install " + to_string(a.ip) + " for " + std::to_string(lifetime.count()));
    return refuse ? vip_answer{outcome::failed, "no"} : vip_answer{outcome::created, {}};
  }
  vip_answer remove(const service_address& a) override {
    notes.note("remove " + to_string(a.ip));
    return {outcome::removed, {}};
  }
  vip_answer announce(const service_address& a) override {
    notes.note("announce " + to_string(a.ip));
    return {outcome::announced, {}};
  }
  diary& notes;
  bool refuse = false;
};

const group_id one{0};
const vip_policy policy{{{one, *parse_ip("192.0.2.10"), ""}}, milliseconds(200), vip_policy{}.announce_after};

} // namespace

TEST_CASE("the keeper installs and announces what is held, and removes it when it ends") {
  diary notes;
  {
    address_keeper keeper(
        policy, std::make_unique<host>(notes), [] { return instant{5000}; }, [](auto&, auto&) {});
    keeper.post(vip_event::hold{one, instant{5700}});
    CHECK(notes.has("install 192.0.2.10 for 1"));
    CHECK(notes.has("announce 192.0.2.10"));
  }
  CHECK(notes.lines.back() == "remove 192.0.2.10");
}

TEST_CASE("the keeper reports why an address cannot be installed") {
  diary notes;
  auto refusing = std::make_unique<host>(notes);
  refusing->refuse = true;
  address_keeper keeper(
      policy, std::move(refusing), [] { return instant{5000}; },
      [&](const service_address& a, const std::string& fault) { notes.note(to_string(a.ip) + ": " + fault); });
  keeper.post(vip_event::hold{one, instant{5700}});
  CHECK(notes.has("192.0.2.10: no"));
}

TEST_CASE("the kernel's refusals are told with what to do") {
  CHECK(explain(EPERM, "eth0").find("CAP_NET_ADMIN") != std::string::npos);
  CHECK(explain(ENODEV, "eth0").find("eth0") != std::string::npos);
  CHECK(explain(EACCES, "eth0").find("net.ipv6.conf.eth0.disable_ipv6") != std::string::npos);
  CHECK(explain(EIO, "eth0") == "eth0: Input/output error");
  netlink_addresses addresses;
  auto refused = addresses.install({one, *parse_ip("192.0.2.10"), "none-such"}, seconds(1));
  CHECK(refused.what == outcome::failed);
  CHECK(refused.why == "there is no interface none-such: create it, or name another");
  CHECK(addresses.remove({one, *parse_ip("192.0.2.10"), "none-such"}).what == outcome::removed);
}
