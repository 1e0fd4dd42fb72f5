// What the console shows of this node: fetched from its shards by posted work, its store and its HSS.
#pragma once

#include <atomic>

#include "actors/console/source.hpp"
#include "actors/node/node.hpp"
#include "cluster/store/store.hpp"

namespace troupe {

class admin_source final : public console::source {
public:
  explicit admin_source(troupe::node& of);

  void set(console::phase now) noexcept { phase_.store(now); }

  console::phase state() const override { return phase_.load(); }
  console::node_facts node() const override;
  std::vector<std::optional<milliseconds>> refresh(milliseconds patience) override;
  std::vector<std::shared_ptr<const metrics>> counts() const override;
  console::store_facts store() const override;
  std::optional<console::hss_facts> hss() const override;

  console::listing<console::registration_facts> registrations(const console::page& which) override;
  std::optional<console::registration_facts> registration(std::string_view identity) override;
  console::listing<console::call_facts> calls(const console::page& which) override;
  std::vector<console::call_facts> call(std::string_view id) override;
  std::vector<console::peer_facts> peers() override;
  std::vector<link_facts> links() override;
  std::optional<console::cluster_facts> cluster() const override;

  console::listing<std::string> subscribers(const console::page& which) override;
  std::optional<console::subscriber_facts> subscriber(std::string_view identity) override;
  result<console::import_facts> put_subscribers(std::string_view toml, std::string_view name) override;
  result<bool> remove_subscriber(std::string_view impi) override;

  void drain() override;

private:
  struct kept {
    std::string key, value;
  };
  template <class Answer>
  std::vector<std::optional<Answer>> ask(std::function<Answer(shard_tree&)> what, milliseconds patience);
  /// Copies of the stored values of a kind, in the order of their keys.
  console::listing<kept> collect(store::kind type, std::string after, std::size_t most);
  std::vector<kept> find(store::kind type, std::vector<std::string> keys);

  troupe::node& of_;
  instant started_at_;
  std::atomic<console::phase> phase_ = console::phase::starting;
};

} // namespace troupe
