// Requests that this node sends for itself: NOTIFYs of the registrar, the P-CSCF's SUBSCRIBE, third-party REGISTERs.
#pragma once

#include <functional>
#include <unordered_map>

#include "actors/contracts/messages.hpp"
#include "actors/dialog/call_settings.hpp"
#include "actors/dialog/services.hpp"
#include "actors/transaction/transaction_table.hpp"
#include "actors/transport/transports.hpp"

namespace troupe {

/// The stage of the entities that own requests have in place of a call.
inline constexpr std::uint8_t own_request_stage = 7;

class own_requests {
public:
  using answered = std::function<void(int status, const sip::message* response)>;

  own_requests(shard& home, const call_settings& own, std::size_t shards) : home_(home), own_(own), shards_(shards) {}
  void connect(transports& net, transaction_table& transactions, locator& addresses);

  /// Sends it to its topmost Route, else its Request-URI; Via and Max-Forwards are put in. `done` gets the final response,
  /// or 408 or 503 without one.
  void send(sip::message request, answered done);

  // what comes back for entities of own_request_stage
  void on(const to_call::response& m);
  void on(const to_call::branch_failed& m);

private:
  struct pending {
    sip::message request;
    answered done;
    std::vector<candidate> candidates;
  };
  void go(std::uint32_t number);
  void send_over(std::uint32_t number, const flow& over);
  void finish(std::uint32_t number, int status, const sip::message* response);

  shard& home_;
  const call_settings& own_;
  std::size_t shards_;
  transports* net_ = nullptr;
  transaction_table* transactions_ = nullptr;
  locator* addresses_ = nullptr;
  std::unordered_map<std::uint32_t, pending> pending_;
  std::uint32_t next_ = 1;
};

} // namespace troupe
