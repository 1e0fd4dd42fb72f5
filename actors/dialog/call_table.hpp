// A shard's calls: those at work as actors, the others as encoded values in the store. Delivery goes only through here, so
// nobody sees the difference. cluster.md 16, 18 and 22.
#pragma once

#include <memory>
#include <unordered_map>
#include <unordered_set>

#include "actors/contracts/charging.hpp"
#include "actors/contracts/messages.hpp"
#include "actors/contracts/metrics.hpp"
#include "actors/dialog/call_settings.hpp"
#include "actors/dialog/own_requests.hpp"
#include "actors/dialog/services.hpp"
#include "actors/supervision/shard.hpp"
#include "actors/supervision/supervisor.hpp"
#include "actors/transaction/transaction_table.hpp"
#include "actors/transaction/transaction_user.hpp"
#include "actors/transport/transports.hpp"
#include "cluster/store/store.hpp"

namespace troupe {

class call_table final : public transaction_user {
public:
  call_table(shard& home, metrics& counts, const call_settings& own, store::partition& values, supervisor& failures);
  ~call_table() override;

  void connect(transports& net, transaction_table& transactions, outlet& out, fact_finder& facts, locator& addresses,
               own_requests& own_sent);
  /// Where finished charging records go; without it, nowhere.
  void charge_to(charging_outbox* outbox) noexcept { outbox_ = outbox; }
  /// Sets the deadlines of what the store holds; to be called once, when it is open.
  void recover();

  // transaction_user
  void tell(const call_id& to, to_call::request m) override;
  void tell(const call_id& to, to_call::cancel m) override;
  void tell(const call_id& to, to_call::response m) override;
  void tell(const call_id& to, to_call::branch_failed m) override;
  void tell(const call_id& to, to_call::server_failed m) override;
  void tell(const call_id& to, to_call::resume m);

  // -- for the calls themselves ---------------------------------------------------------------------------------
  static std::string store_key(const call_id& id);
  static std::optional<call_id> call_of(std::string_view store_key);

  /// The stored value; empty if none.
  std::string_view stored(const call_id& id);
  void put(const call_id& id, instant deadline, std::string_view value);
  void erase(const call_id& id);
  /// In the same commit as what is put and erased in this round.
  void charge(std::string_view key, const ims::charging_record& record);
  /// Runs `then` when what was put so far is stored.
  void after_commit(std::function<void(store::outcome)> then) { values_.after_commit(std::move(then)); }
  /// All that was put is stored.
  bool settled() const { return values_.settled(); }
  /// The call's sessions hang on these (roles::role::holder), until it is forgotten.
  void hold(const call_id& id, const std::string& holder);
  void let_go(const call_id& id, const std::string& holder);
  /// What they hang on has ended: BYE both ways (TS 24.229 clauses 5.2.8 and 5.4.5).
  void release_calls_of(const std::string& holder);
  /// The actor has no work and its value is stored: it ends, to be made again by the next message.
  void put_away(const call_id& id);
  /// The call is over.
  void forget(const call_id& id);
  /// The actor threw while it worked on this server transaction (zero: none).
  void failed(const call_id& id, const sip::transaction_key& at_work, const sip::message* request,
              std::string_view doing, std::string what);

  shard& home() const noexcept { return home_; }
  metrics& counts() const noexcept { return counts_; }
  const call_settings& own() const noexcept { return own_; }
  transports& net() const noexcept { return *net_; }
  transaction_table& transactions() const noexcept { return *transactions_; }
  outlet& out() const noexcept { return *out_; }
  fact_finder& facts() const noexcept { return *facts_; }
  locator& addresses() const noexcept { return *addresses_; }
  std::size_t live() const noexcept { return live_.size(); }

private:
  struct alarm; ///< the deadline of a value that is put away

  template <class Message>
  void deliver(const call_id& to, Message&& m);
  const call_actor* find_or_make(const call_id& id, bool may_make);
  void set_alarm(const call_id& id, instant at);

  shard& home_;
  metrics& counts_;
  const call_settings& own_;
  store::partition& values_;
  supervisor& failures_;
  transports* net_ = nullptr;
  transaction_table* transactions_ = nullptr;
  outlet* out_ = nullptr;
  fact_finder* facts_ = nullptr;
  locator* addresses_ = nullptr;
  own_requests* own_sent_ = nullptr;
  charging_outbox* outbox_ = nullptr;
  std::unordered_map<call_id, call_actor> live_;
  std::unordered_map<call_id, std::unique_ptr<alarm>> alarms_;
  std::unordered_map<std::string, std::unordered_set<call_id>>
      held_; ///< by holder; docs/decisions/calls-of-a-registration.md
  struct death {
    std::uint64_t version = 0;
    int count = 0;
  };
  std::unordered_map<call_id, death> deaths_; ///< of actors whose value may be poisoned; bounded
};

} // namespace troupe
