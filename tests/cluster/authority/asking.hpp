// Asks a store's authority one thing at a time and waits for the answer.
#pragma once

#include <future>
#include <optional>

#include "cluster/authority/redis_authority.hpp"
#include "tests/cluster/store/redis_servers.hpp"

namespace troupe::cluster::test {

class asking {
public:
  explicit asking(const std::string& spec, const std::string& prefix = "troupe:") {
    store::redis_options options;
    options.prefix = prefix;
    options.timeout = std::chrono::milliseconds(700);
    options.replicas = 0;
    setup_.emplace(store::redis_setup::read(spec, options).value());
    authority_.emplace(loop_, *setup_,
                       redis_authority::events{[] {},
                                               [this](const std::string& why) {
                                                 std::lock_guard held(mutex_);
                                                 trouble_ = why;
                                               }});
    loop_.post([this] { authority_->start(); });
    loop_.start();
  }
  ~asking() { loop_.stop(); }

  /// Nothing when it was not answered.
  std::optional<store_answer> ask(const store_operations& what, std::uint32_t replicas = 0) {
    std::promise<std::optional<store_answer>> heard;
    loop_.post([&] {
      authority_->ask(what, replicas,
                      [&](const store_answer* a) { heard.set_value(a ? std::optional(*a) : std::nullopt); });
    });
    return heard.get_future().get();
  }
  /// Asks until it is answered: after the server was away.
  store_answer insist(const store_operations& what) {
    std::optional<store_answer> out;
    store::test::eventually([&] { return (out = ask(what)).has_value(); });
    return *out;
  }
  std::string trouble() {
    std::lock_guard held(mutex_);
    return trouble_;
  }

private:
  std::mutex mutex_;
  std::string trouble_;
  store::event_loop loop_;
  std::optional<store::redis_setup> setup_;
  std::optional<redis_authority> authority_;
};

} // namespace troupe::cluster::test
