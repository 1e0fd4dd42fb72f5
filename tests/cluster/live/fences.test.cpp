// Authorities whose groups' values are in the product's own store: the map's tokens and the store's fences stay in step.
#include <catch2/catch.hpp>

#include <thread>

#include "cluster/authority/authority.hpp"
#include "cluster/store/redis_record.hpp"
#include "cluster/store/redis_scripts.hpp"
#include "tests/cluster/authority/asking.hpp"

using namespace troupe;
using namespace troupe::cluster;
using store::test::eventually;
using store::test::redis_server;
using troupe::cluster::test::asking;

namespace {

constexpr std::size_t groups = 3;
constexpr instant far{1'900'000'000'000};

store::entity_id call(std::size_t group) { return {store::kind::call, std::to_string(group) + "-call"}; }

/// A node of two, with one shard.
class stored_node final : public authority_host {
public:
  stored_node(const std::string& spec, node_id self) {
    store::open_options how;
    how.spec = spec;
    how.groups = {};
    how.group_of = [](store::entity_view id) { return static_cast<store::group_number>(id.key.front() - '0'); };
    how.on_fenced = [this](store::group_number group, const token& fence) {
      tell(owner_event::overtaken{static_cast<group_id>(group), fence});
    };
    store_ = store::open(how).value();
    shard_ = std::thread([this] { serve(); });
    authority_options options;
    options.spec = spec;
    options.self = self;
    options.leases.replicas = options.owners.replicas = 0;
    options.owners.members = {{node_id{1}}, {node_id{2}}};
    options.owners.groups = groups;
    std::lock_guard held(telling_);
    authority_ = authority::open(options, *this).value();
    authority_->begin_life();
  }
  ~stored_node() override {
    std::unique_lock held(telling_);
    auto last = std::move(authority_);
    held.unlock();
    last.reset();
    ending_ = true;
    shard_.join();
  }

  authority& driven() { return *authority_; }
  bool owns_all() const {
    auto owner = authority_->view().owner;
    return owner.groups.size() == groups && // none before its life has begun
           std::all_of(owner.groups.begin(), owner.groups.end(),
                       [](const auto& h) { return h.at == holding::phase::owned; });
  }
  void put(std::size_t group, const std::string& value) {
    std::lock_guard held(mutex_);
    store_->at(0).put(call(group), far, value);
  }
  bool settled() {
    std::lock_guard held(mutex_);
    return store_->at(0).settled();
  }
  std::string value_of(std::size_t group) {
    std::lock_guard held(mutex_);
    auto found = store_->at(0).find(call(group));
    return found ? std::string(found->value) : "";
  }

  void run(const owner_effect::open_group& e) override { store_->take(number(e.group), e.by, told(e.group, e.by)); }
  void run(const owner_effect::rewrite_group& e) override { store_->renew(number(e.group), e.by, told(e.group, e.by)); }
  void run(const owner_effect::give_up_group& e) override {
    store_->give_up(number(e.group), [] {});
  }
  void run(const owner_effect::take_group&) override {}
  void run(const member_effect::extend&) override {}
  void run(const member_effect::send_link&) override {}
  void run(const owner_effect::send_link&) override {}
  void run(const owner_effect::install_addresses&) override {}
  void run(const owner_effect::remove_addresses&) override {}
  void run(const owner_effect::snapshot_group&) override {}
  void run(const owner_effect::hold_group&) override {}
  void run(const owner_effect::silence_group&) override {}
  void run(const owner_effect::resume_group&) override {}
  void run(const owner_effect::apply_values&) override {}
  void run(const owner_effect::forget_values&) override {}
  void ended(incarnation, life_end) override {}
  void report(const std::string&) override {}

private:
  static store::group_number number(group_id group) { return static_cast<store::group_number>(group); }

  std::function<void(const store::taking&)> told(group_id group, const token& by) {
    return [this, group, by](const store::taking& how) {
      if (how.fence != token{})
        tell(owner_event::opened{group, by, how.fence});
    };
  }
  /// The store may have something to say to the end.
  void tell(ownership_event event) {
    std::lock_guard held(telling_);
    if (authority_)
      authority_->give(std::move(event));
  }
  void serve() {
    while (!ending_) {
      std::this_thread::sleep_for(milliseconds(1));
      std::lock_guard held(mutex_);
      store_->at(0).poll();
      if (store_->at(0).dirty())
        store_->at(0).flush();
    }
  }

  std::mutex mutex_, telling_;
  std::unique_ptr<store::backend> store_;
  std::atomic<bool> ending_ = false;
  std::thread shard_;
  std::unique_ptr<authority> authority_;
};

} // namespace

TEST_CASE("each group's fence follows the map through a store that forgets, and a successor finds every value") {
  redis_server server;
  asking parent(server.spec());
  auto first = std::make_unique<stored_node>(server.spec(), node_id{1});
  eventually([&] { return first->owns_all(); });
  for (std::size_t g = 0; g < groups; ++g)
    first->put(g, "before");
  eventually([&] { return first->settled(); });
  SECTION("emptied") { server.ask({"FLUSHALL"}); }
  SECTION("killed") {
    server.kill();
    server.start();
  }
  SECTION("emptied twice") {
    server.ask({"FLUSHALL"});
    first->put(0, "between");
    eventually([&] { return first->driven().view().member.generation == 2; });
    server.ask({"FLUSHALL"});
  }
  auto in_step = [&] {
    auto owner = first->driven().view().owner;
    for (std::size_t g = 0; g < groups; ++g) {
      auto fence =
          store::read_fence(server.ask({"GET", store::group_keys("troupe:", static_cast<std::uint32_t>(g)).fence()}));
      if (fence != owner.groups[g].by || fence.generation < 2)
        return false;
    }
    return first->owns_all();
  };
  eventually(in_step);
  for (std::size_t g = 0; g < groups; ++g)
    first->put(g, "after");
  eventually([&] { return first->settled(); });

  stored_node second(server.spec(), node_id{2});
  eventually([&] { return second.driven().view().member.at == membership::phase::serving; });
  auto life = first->driven().view().member.life;
  first.reset();
  parent.insist(store_operation::mark_dead{node_id{1}, life});
  eventually([&] { return second.owns_all(); });
  for (std::size_t g = 0; g < groups; ++g)
    CHECK(second.value_of(g) == "after");
}
