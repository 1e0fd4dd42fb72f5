// A shard's dispatcher: brings each message that has arrived to its transaction and its call, on the call's shard.
//
// The key of a call is a hash of its Call-ID, or stands in a token of ours; the key modulo the number of shards is the
// shard. A message that arrived elsewhere is handed over once, in order.
#pragma once

#include <vector>

#include "actors/dialog/call_settings.hpp"
#include "actors/dialog/call_table.hpp"
#include "actors/transaction/transaction_table.hpp"
#include "actors/transport/transports.hpp"

namespace troupe {

class dispatcher final : public receiver, public outlet {
public:
  dispatcher(shard& home, metrics& counts, const call_settings& own);

  /// The parts of the shard, once they exist; and all shards' dispatchers, by index.
  void connect(transports& net, transaction_table& transactions, call_table& calls, std::vector<dispatcher*> all);

  // receiver
  void on_received(sip::parsed&& in, const flow& by) override;
  void on_send_failed(const sip::transaction_key& owner, const flow& over, const packet_ref& octets) override;
  void on_undelivered(std::string_view quoted) override;

  // outlet
  void send(const flow& over, const packet_ref& octets, const sip::transaction_key& owner) override;
  std::optional<flow> other_way(const sip::message& message, const flow& gone) override;
  void send_local(sip::message_ref message) override;

  /// Which configured peers may send to core listeners; empty: none may.
  void allow_peers(std::vector<address> peers) { peers_ = std::move(peers); }
  /// New work is refused from now on (drain); what belongs to calls is served.
  void drain() noexcept { draining_ = true; }

  /// Where the responses to a request go: RFC 3261 clause 18.2.2, RFC 3581.
  static flow reply_flow(const sip::message& request, const flow& by);

private:
  void on_request(ref<sip::message> request, const flow& by);
  void on_own_request(ref<sip::message> request, const flow& by, std::uint64_t call_hash);
  void on_response(sip::message_ref response, const flow& by);
  void answer(const sip::message& request, const flow& by, int status, std::string_view why);
  void on_cancel(ref<sip::message> request, const flow& by, const sip::transaction_key& key);
  bool overloaded(const sip::message& request) const noexcept;
  bool allowed(const flow& by) const noexcept;
  dispatcher& at(std::uint64_t key_hash) const noexcept { return *all_[key_hash % all_.size()]; }

  shard& home_;
  metrics& counts_;
  const call_settings& own_;
  transports* net_ = nullptr;
  transaction_table* transactions_ = nullptr;
  call_table* calls_ = nullptr;
  std::vector<dispatcher*> all_;
  std::vector<address> peers_;
  bool draining_ = false;
};

} // namespace troupe
