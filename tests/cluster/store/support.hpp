// A store under test: where its file is, who wakes its partitions, and waiting for commits with a limit.
#pragma once

#include <catch2/catch.hpp>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "cluster/store/backend.hpp"

namespace troupe::store::test {

class temporary_folder {
public:
  explicit temporary_folder(const std::string& in = "/tmp");
  temporary_folder(const temporary_folder&) = delete;
  ~temporary_folder();
  std::string file(std::string_view name) const { return path_ + "/" + std::string(name); }
  const std::string& path() const { return path_; }

private:
  std::string path_;
};

/// Opens a store of either kind, plays its shards' part on the test's thread, and can open it again.
class bench {
public:
  /// `spec`: what store::open takes; or "file", in a folder of the bench's own; or "redis", "redis-sentinel",
  /// "redis-cluster": servers of the program's own, under a prefix of the bench's. `more` is for what else is to be set.
  explicit bench(std::string spec, std::size_t partitions = 1, const open_options& more = {});

  backend& all() { return *store_; }
  partition& part(std::size_t index = 0) { return store_->at(index); }
  /// The partition of a record.
  partition& of(entity_view id) { return part(shard_of(id) % store_->partitions()); }
  std::size_t partitions() const { return store_->partitions(); }
  std::string path() const { return options_.spec.substr(5); }

  /// Flushes and polls until nothing is dirty or on its way; false after ten seconds.
  bool settle();
  /// Waits for a wake-up and polls the partitions that were woken; false after `limit`.
  bool wait(std::chrono::milliseconds limit = std::chrono::seconds(10));
  void close() { store_.reset(); }
  const open_options& options() const { return options_; }
  void reopen(std::size_t partitions);

  static std::size_t shard_of(entity_view id);

private:
  temporary_folder folder_;
  open_options options_;
  std::mutex mutex_;
  std::condition_variable woken_;
  std::set<std::size_t> wanted_;
  std::unique_ptr<backend> store_; ///< last: it wakes until it is gone
};

/// What the conformance suite runs against; without Redis on this machine, a part of it, loudly.
std::vector<std::string> every_store();
/// Opens or gives the reason why not.
std::string refusal(const std::string& spec);
std::string refusal(const open_options& options);

inline entity_id call(std::string key) { return {kind::call, std::move(key)}; }

} // namespace troupe::store::test
