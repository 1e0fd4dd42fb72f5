#include "cluster/store/memory.hpp"

#include <atomic>

#include "cluster/store/table.hpp"

namespace troupe::store {
namespace {

class memory_partition final : public partition {
public:
  explicit memory_partition(const siphash_key& key) : table_(key) {}

  std::optional<record> find(entity_view id) override { return table_.find(id); }
  void put(entity_view id, instant deadline, std::string_view value) override {
    table_.put(id, deadline, value);
    changes_.fetch_add(1, std::memory_order_relaxed);
  }
  void erase(entity_view id) override {
    table_.erase(id);
    changes_.fetch_add(1, std::memory_order_relaxed);
  }
  void quarantine(entity_view id, std::string_view) override {
    if (table_.erase(id))
      quarantined_.fetch_add(1, std::memory_order_relaxed);
  }
  void after_commit(std::function<void(outcome)> then) override { then(outcome::stored); }
  bool settled() const override { return true; }
  void flush() override {}
  bool dirty() const override { return false; }
  std::size_t backlog() const override { return 0; }
  void poll() override {}
  void for_each(kind type, const std::function<void(std::string_view, const record&)>& visit) override {
    table_.for_each(type, visit);
  }
  std::size_t size() const override { return table_.size(); }
  std::size_t memory() const override { return table_.memory(); }

  std::uint64_t changes() const noexcept { return changes_.load(std::memory_order_relaxed); }
  std::uint64_t quarantined() const noexcept { return quarantined_.load(std::memory_order_relaxed); }

private:
  record_table table_;
  std::atomic<std::uint64_t> changes_ = 0, quarantined_ = 0;
};

class memory_backend final : public backend {
public:
  explicit memory_backend(const open_options& options) {
    for (std::size_t i = 0; i < options.partitions; ++i)
      parts_.push_back(std::make_unique<memory_partition>(options.hash_key));
  }

  std::size_t partitions() const noexcept override { return parts_.size(); }
  partition& at(std::size_t index) override { return *parts_.at(index); }
  statistics stats() const override {
    statistics out;
    for (auto& part : parts_) {
      out.records += part->changes();
      out.quarantined += part->quarantined();
    }
    out.commits = out.records;
    return out;
  }
  const std::vector<std::string>& notes() const noexcept override { return notes_; }

private:
  std::vector<std::unique_ptr<memory_partition>> parts_;
  std::vector<std::string> notes_;
};

} // namespace

std::unique_ptr<backend> open_memory(const open_options& options) { return std::make_unique<memory_backend>(options); }

} // namespace troupe::store
