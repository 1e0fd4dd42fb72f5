// RTR and PPR to the S-CSCFs of other nodes, by Diameter: TS 29.228 clauses 6.1.3 and 6.2, TS 29.229 clause 5.
//
// What cannot be delivered waits, in its order, until a peer comes up.
#pragma once

#include <deque>
#include <memory>
#include <mutex>

#include "actors/contracts/diameter.hpp"
#include "actors/contracts/diameter_names.hpp"
#include "actors/roles/hss/changes.hpp"

namespace troupe::hss {

struct notice_sender_settings {
  diameter_end self;
  milliseconds patience{5'000};
  std::size_t most_waiting = 1'000;                 ///< beyond, the oldest are given up
  std::function<void(const std::string&)> log = {}; ///< what was given up or refused; from any thread
};

class notice_sender {
public:
  using settings = notice_sender_settings;

  notice_sender(std::shared_ptr<diameter_port> port, std::shared_ptr<diameter_names> names, settings own);

  /// From any thread.
  void send(const notices& what);
  std::size_t waiting() const; ///< for a peer

private:
  struct state;
  std::shared_ptr<state> state_; ///< of the answers too
};

} // namespace troupe::hss
