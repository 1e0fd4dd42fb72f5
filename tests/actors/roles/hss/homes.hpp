// Where the HSS under test keeps its subscriptions: a database, or a store of either kind. All is there again when it is
// opened anew.
#pragma once

#include "bench.hpp"

#include "cluster/store/backend.hpp"
#include "tests/cluster/store/redis_servers.hpp"

namespace troupe::hss {

class home;

/// A server as a test holds it. Its store wakes it for as long as it is there.
class running {
public:
  running() = default;
  running(home& of, std::unique_ptr<server> made);
  running(running&&) = default;
  running& operator=(running&& other) {
    reset();
    home_ = other.home_;
    server_ = std::move(other.server_);
    return *this;
  }
  ~running() { reset(); }

  server* operator->() const { return server_.get(); }
  server& operator*() const { return *server_; }
  void reset();

private:
  home* home_ = nullptr;
  std::unique_ptr<server> server_;
};

inline std::vector<std::string> stores() {
  return store::test::have_redis() ? std::vector<std::string>{"memory", "file", "redis"}
                                   : std::vector<std::string>{"memory", "file"};
}
inline std::vector<std::string> homes() {
  auto all = stores();
  all.insert(all.begin(), "database");
  return all;
}

class home {
public:
  explicit home(std::string kind, const store::redis_options& redis = {}) : kind_(std::move(kind)) {
    static int count = 0;
    options_.redis = redis;
    options_.redis.prefix = "hss" + std::to_string(::getpid()) + '-' + std::to_string(++count) + ':';
    options_.partitions = 2; // the shards', and the HSS's
    options_.shard_of = [](store::entity_view id) { return is_hss_kind(id.type) ? std::size_t{1} : std::size_t{0}; };
    options_.spec = kind_ == "file"     ? "file:" + (folder_.path / "store.sqlite").string()
                    : kind_ == "memory" ? kind_
                                        : store::test::shared_spec("redis");
    options_.wake = [this](std::size_t index) {
      std::lock_guard hold(lock_);
      if (index == 1 && current_)
        current_->wake();
    };
  }

  running open(
      std::uint64_t block = 8, std::function<instant()> now = [] { return noon; }) {
    if (kind_ == "database")
      return {*this, hss::open(folder_.database(), block)};
    open_store();
    server_options options;
    options.block = block;
    options.now = std::move(now);
    options.records = &store_->at(1);
    auto opened = server::open(std::move(options));
    INFO((opened ? std::string() : opened.error().what));
    REQUIRE(opened);
    return {*this, std::move(*opened)};
  }
  /// In memory it stays, elsewhere it is closed and opened again.
  void open_store() {
    if (store_ && kind_ == "memory")
      return;
    store_.reset();
    auto opened = store::open(options_);
    INFO((opened ? std::string() : opened.error().what));
    REQUIRE(opened);
    store_ = std::move(*opened);
  }
  void close_store() { store_.reset(); }

  bool is_store() const { return kind_ != "database"; }
  const std::string& kind() const { return kind_; }
  store::backend& kept() { return *store_; }
  const store::open_options& options() const { return options_; }
  void use(server* now) {
    std::lock_guard hold(lock_);
    current_ = now;
  }

private:
  const std::string kind_;
  folder folder_;
  store::open_options options_;
  std::mutex lock_;
  server* current_ = nullptr;
  std::unique_ptr<store::backend> store_;
};

inline running::running(home& of, std::unique_ptr<server> made) : home_(&of), server_(std::move(made)) {
  of.use(server_.get());
  server_->wake(); // what the store wanted before
}

inline void running::reset() {
  if (server_)
    home_->use(nullptr);
  server_.reset();
}

} // namespace troupe::hss
