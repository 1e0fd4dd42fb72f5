// The world around the nodes: network, store, addresses, phones, and what is held against them at every step.
#pragma once

#include <memory>
#include <optional>
#include <stdexcept>

#include "chaos/simulation/store_model.hpp"
#include "cluster/fencing/egress_log.hpp"

namespace troupe::simulation {

/// Faults planted in the nodes or the store, to see that the simulation finds them.
enum class plant : std::uint8_t {
  none,
  fencing_off,          ///< the store takes commits under any token
  epoch_inverted,       ///< the store refuses the newer token
  lost_handover_update, ///< the target drops changes that it has acknowledged
  early_100,            ///< 100 leaves before the call is stored
  frozen_gate,          ///< a node that was paused goes on without asking the gate
  reused_epoch,         ///< a claim takes its victim's epoch
  lost_delete,          ///< ended calls are not removed from the store
  lease_from_reply,     ///< the serving deadline is counted from the store's answer
};
inline constexpr const char* plant_names[] = {
    "none",        "fencing-off",  "epoch-inverted", "lost-handover-update", "early-100",
    "frozen-gate", "reused-epoch", "lost-delete",    "lease-from-reply"};

struct settings {
  unsigned nodes = 3;
  plant planted = plant::none;
  bool keep_trace = false;
};

/// An invariant that did not hold.
struct violation : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A message between a phone and a node, about one call.
struct call_message {
  enum class kind : std::uint8_t { invite, ack, bye, probe, trying, ok, bye_ok, no_call, probe_ok };
  kind what = kind::invite;
  std::uint32_t call = 0;
  std::uint64_t tag = 0; ///< To-tag of an answer
};

class node;
class clients;

class world {
public:
  world(std::uint64_t seed, const settings& settings);
  ~world();

  /// Until all calls have ended; throws violation.
  void run();

  /// The store's answer to `node`; never comes when a message is lost or the store is down.
  void ask_store(unsigned node, operation what, std::function<void(const answer&)> then);
  enum class stream : std::uint8_t { control, bulk };
  /// `takes`: until a large message has come through. Each stream keeps its order, unless a fault takes it.
  void send_link(unsigned from, unsigned to, std::function<void()> deliver, stream by = stream::control,
                 moment takes = 0);
  void send_to_phone(unsigned from, group_id group, const token& by, const call_message& message);
  void send_from_phone(const call_message& message);

  void install_address(unsigned node, group_id group);
  void remove_address(unsigned node, group_id group);
  void remove_addresses(unsigned node);
  /// As long as the lease: what the kernel does with valid_lft.
  void refresh_addresses(unsigned node);
  /// No two nodes' gates may be open for one group.
  void check_gates();
  void check(bool holds, const char* what) {
    if (!holds)
      throw violation(what);
  }
  template <class Detail>
  void note(std::uint64_t who, std::uint64_t what, std::uint64_t number, Detail detail) {
    log.note(time.now(), who, what, number, [&] { return line(detail()); });
  }
  group_id group_of_call(std::uint32_t call) const { return static_cast<group_id>(call % groups()); }
  std::size_t groups() const { return owner_policy.groups; }

  settings given;
  scheduler time;
  trace log;
  lease_policy leases;
  ownership_policy owner_policy;
  store_model store;
  std::optional<store_model> former; ///< a master that was replaced and does not know it
  std::vector<std::unique_ptr<node>> nodes;
  bool promised = true; ///< one fault at a time: nothing that was acknowledged may be lost

  // What the faults change.
  struct path {
    bool to_store = true, from_store = true, to_phones = true;
    bool to_former = false;    ///< sees the former master
    moment late_answers = 0;   ///< of the store, at most
    std::vector<bool> to_node; ///< links
  };
  std::vector<path> paths;
  unsigned lost_percent = 0;     ///< of link messages, and they overtake each other
  moment slow_store = 0;         ///< at most, each way
  moment falls_after_change = 0; ///< how long the store is away once the map has changed

private:
  struct address {
    unsigned node;
    moment until;
    std::uint64_t announced;
  };
  void plan_faults();
  void plan_fault(unsigned kind, moment from, moment lasting);
  void check_end();
  std::string line(const std::string& text) const;

  std::unique_ptr<clients> phones_;
  owner_oracle oracle_;
  std::vector<std::vector<address>> addresses_; ///< by group
  std::vector<moment> link_order_;              ///< when each link's newest message arrives
  std::uint64_t announcements_ = 0;
  moment settled_at_ = 0; ///< the last fault has healed
};

} // namespace troupe::simulation
