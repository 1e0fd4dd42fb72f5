// Nodes' ends of Diameter on shards of their own, each with a real child, on ports of the loopback.
#pragma once

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <condition_variable>
#include <mutex>
#include <optional>

#include "actors/diameter/transport.hpp"
#include "tests/actors/diameter/messages.hpp"

namespace troupe::diameter_test {

inline milliseconds since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - start);
}

/// What is awaited in wall-clock time: real processes are at work.
template <class Condition>
bool eventually(Condition condition, milliseconds patience = milliseconds(10'000)) {
  auto start = std::chrono::steady_clock::now();
  while (since(start) < patience) {
    if (condition())
      return true;
    std::this_thread::sleep_for(milliseconds(2));
  }
  return condition();
}

/// A port of the loopback that was free just now.
std::uint16_t free_port();

inline constexpr auto realm = "ims.test";

class party {
public:
  party(std::string identity, std::uint16_t port, std::vector<diameter_channel::peer_settings> peers,
        std::function<void(diameter_settings&)> change = {});
  ~party();

  diameter_port& port() { return *port_; }
  const metrics& counts() const { return counts_; }
  by_hand::ends ends(std::string to_host = {}) const { return {identity_, realm, realm, std::move(to_host)}; }
  bool up(const std::string& peer) const;
  /// The child's process; 0: none now.
  pid_t child() const;
  /// Waits for the outcome.
  diameter_answer ask(std::string octets, milliseconds patience = milliseconds(3'000), bool again = true);
  /// Answers UAR as an HSS would.
  void serve_uar();
  std::uint64_t asked() const { return asked_; }
  std::vector<std::string> notes() const;
  bool serves() const; ///< its child is ready: who connects is taken

private:
  std::string identity_;
  caf::actor_system_config config_;
  caf::actor_system system_{config_};
  metrics counts_;
  mutable std::mutex mutex_;
  std::vector<std::string> notes_;
  shard home_{0, system_};
  std::optional<diameter_transport> transport_;
  std::shared_ptr<diameter_port> port_;
  std::atomic<std::uint64_t> asked_{0};
};

inline diameter_channel::peer_settings peer_at(std::string identity, std::uint16_t port) {
  return {std::move(identity), "127.0.0.1", port, false};
}

} // namespace troupe::diameter_test
