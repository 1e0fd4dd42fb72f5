// Subscriptions in a cluster's store: one partition for the HSS alone, on a thread of the HSS's own. cluster.md 14, 23.
//
// Whoever waits is told when what he waits for is stored. Records are never looked at again by time, so their deadline
// is none: the store keeps them for as long as it keeps anything.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <list>
#include <map>
#include <mutex>
#include <thread>

#include "actors/roles/hss/keeper.hpp"
#include "cluster/store/store.hpp"

namespace troupe::hss {

/// What belongs into the HSS's partition, and into the group that has the HSS.
constexpr bool is_hss_kind(store::kind type) noexcept {
  return type == store::kind::hss_subscriber || type == store::kind::hss_state || type == store::kind::hss_sequence;
}

class store_keeper final : public keeper {
public:
  /// Of a store whose records are all there. Until start() the opening thread uses it, from then on the keeper's alone.
  explicit store_keeper(store::partition& records) noexcept : records_(records) {}
  /// Puts what is still to be put; who waits for the store then is refused. Closing the store writes it.
  ~store_keeper() override;
  store_keeper(const store_keeper&) = delete;
  store_keeper& operator=(const store_keeper&) = delete;

  /// From any thread, the store's too: the partition wants its poll().
  void wake();
  /// From any thread: another has the group.
  void fence() noexcept { fenced_ = true; }

  result<void> each_sequence(const std::function<void(std::string_view, std::uint64_t)>& visit) override;
  result<void>
  each_subscriber(const std::function<void(std::int64_t, std::string_view, std::string_view)>& visit) override;
  void start() override;
  void reserve(std::string impi, std::uint64_t seq, told then) override;
  bool keep_state(std::int64_t id, std::string state, told then) override;
  void run(std::function<void()> task) override;
  result<void> transact(const std::function<result<void>(rows&)>& change) override;
  result<void> accept(const subscriber& who, std::string_view definition) const override;
  bool may_forget() const noexcept override { return true; }
  bool fenced() const noexcept override { return fenced_; }
  std::size_t unwritten() const override;
  std::uint64_t failures() const noexcept override { return failures_; }
  std::vector<std::string> faults() const override { return faults_; }

private:
  struct reservation {
    std::string impi;
    std::uint64_t seq;
    told then;
  };
  struct new_state {
    std::int64_t id;
    std::uint64_t serial;
    std::string octets;
    told then;
  };
  struct work {
    std::vector<reservation> reservations;
    std::vector<new_state> states;
    std::deque<std::function<void()>> tasks;
  };
  /// Those who wait for one commit.
  struct waiting {
    std::vector<told> all;
    std::uint64_t states_up_to = 0;
    bool over = false;
    store::outcome how{};
  };
  using waiting_ref = std::shared_ptr<waiting>;
  class edit;

  void loop();
  bool wait_for_work();
  void serve_writes();
  void put(reservation& one);
  void put(new_state& one);
  void put(store::kind type, std::string_view key, std::string value);
  void written(std::uint64_t serial);
  waiting_ref commit(std::vector<told> all);
  void ended(const waiting_ref& whose, store::outcome how);
  void tell(const waiting_ref& whose, const result<void>& how);
  void give_up();

  store::partition& records_;
  std::vector<std::string> faults_;
  std::int64_t last_id_ = 0;
  std::list<waiting_ref> open_;  ///< commits that have not ended
  bool retrying_ = false;        ///< a commit failed, and what it had is not stored yet
  std::uint64_t put_serial_ = 0; ///< of the newest state that the partition has

  mutable std::mutex lock_;
  std::condition_variable changed_;
  work next_;
  std::map<std::int64_t, std::uint64_t> unwritten_; ///< subscriber -> serial of his newest state
  std::uint64_t last_serial_ = 0;
  bool woken_ = true, stop_ = false; ///< these five under the lock
  std::atomic<std::uint64_t> failures_{0};
  std::atomic<bool> fenced_{false};
  std::thread thread_;
};

} // namespace troupe::hss
