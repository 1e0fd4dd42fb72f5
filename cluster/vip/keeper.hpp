// The thread that keeps service addresses: runs the machine, and asks the kernel what the machine wants.
//
// The kernel answers a netlink request when it has its lock on all interfaces, which another program may hold for a
// while: so none is made on a shard. Here nothing else waits, and what has waited is judged by the time after it.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "cluster/vip/virtual_addresses.hpp"

namespace troupe::cluster {

/// What the keeper asks of the host; may block.
class address_host {
public:
  virtual ~address_host() = default;
  virtual vip_answer install(const service_address& address, seconds lifetime) = 0;
  virtual vip_answer remove(const service_address& address) = 0;
  virtual vip_answer announce(const service_address& address) = 0;
};

/// This host, by netlink and by its neighbours' protocols.
std::unique_ptr<address_host> make_address_host();

class address_keeper {
public:
  /// On the node's boot-time clock; called on the keeper's thread.
  using clock = std::function<instant()>;
  /// On the keeper's thread; an empty fault: the former one is over.
  using reporter = std::function<void(const service_address&, const std::string& fault)>;

  address_keeper(vip_policy policy, std::unique_ptr<address_host> host, clock now, reporter report);
  address_keeper(const address_keeper&) = delete;
  /// Removes what it has installed.
  ~address_keeper();

  /// hold, extend, release; from any thread.
  void post(virtual_address_event event);

private:
  void run();
  std::vector<virtual_address_event> next_events();
  void give(virtual_address_event event);
  void release_all();

  using answer = std::optional<vip_answer>;
  answer perform(const vip_effect::install& e, const service_address& address);
  answer perform(const vip_effect::remove& e, const service_address& address);
  answer perform(const vip_effect::announce& e, const service_address& address);
  answer perform(const vip_effect::report& e, const service_address& address);

  vip_policy policy_;
  std::unique_ptr<address_host> host_;
  clock now_;
  reporter report_;
  virtual_addresses state_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<virtual_address_event> posted_; ///< these two under the mutex
  bool ending_ = false;
  std::thread thread_;
};

} // namespace troupe::cluster
