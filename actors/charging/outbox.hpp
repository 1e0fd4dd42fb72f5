// A shard's finished charging records: values of its store from the commit that ends their call until they are exported.
// docs/decisions/charging-records.md.
#pragma once

#include <memory>
#include <mutex>
#include <optional>

#include "actors/charging/exporter.hpp"
#include "actors/contracts/charging.hpp"
#include "actors/contracts/metrics.hpp"
#include "actors/supervision/shard.hpp"
#include "actors/supervision/supervisor.hpp"

namespace troupe {

class outbox final : public charging_outbox {
public:
  outbox(shard& home, metrics& counts, store::partition& values, supervisor& failures, charging_sink& to);
  ~outbox() override;

  /// Takes up what an earlier process or another node has left; to be called once, on the shard, when the store is open.
  void recover();

  // charging_outbox
  void put(std::string_view key, const ims::charging_record& record) override;

  /// Records that were never written yet. From any thread.
  std::uint64_t unwritten() const noexcept { return counts_.get(metric::charging_records_waiting_now); }

  // -- for the exporter -----------------------------------------------------------------------------------------
  charging_sink& to() const noexcept { return to_; }
  metrics& counts() const noexcept { return counts_; }
  std::vector<std::string> keys();
  /// Nothing where it cannot be read: it was set aside.
  std::optional<ims::charging_record> find(const std::string& key);
  void erase(const std::vector<std::string>& keys);
  void after_commit(std::function<void(store::outcome)> then) { values_.after_commit(std::move(then)); }
  /// What is sent to the exporter that is there now, from any thread; a later one does not hear it.
  template <class Message>
  std::function<void(Message)> line_to_exporter() {
    return [line = line_, life = life_](Message m) {
      line->post([m = std::move(m), life](outbox& self) mutable {
        if (life == self.life_)
          caf::anon_send(*self.exporter_, std::move(m));
      });
    };
  }
  void failed(std::string_view doing, std::string what);

private:
  /// Outlives the outbox in the hands of those who answer later.
  struct line {
    std::mutex mutex;
    outbox* to = nullptr; ///< under the mutex
    void post(std::function<void(outbox&)> work);
  };

  shard& home_;
  metrics& counts_;
  store::partition& values_;
  supervisor& failures_;
  charging_sink& to_;
  std::shared_ptr<line> line_ = std::make_shared<line>();
  std::optional<exporter_actor> exporter_;
  std::uint64_t life_ = 0; ///< of the exporter
};

} // namespace troupe
