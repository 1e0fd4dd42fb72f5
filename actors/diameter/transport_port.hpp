// The port of a transport, for any thread. It knows without asking whether there is room for another request.
#pragma once

#include "actors/diameter/transport.hpp"

namespace troupe {

class transport_port final : public diameter_port, public std::enable_shared_from_this<transport_port> {
public:
  transport_port(diameter_transport& of, shard& home, std::size_t most) : of_(&of), home_(home), most_(most) {}

  void ask(diameter_request request, std::function<void(diameter_answer)> done) override {
    if (in_flight_.fetch_add(1, std::memory_order_relaxed) >= most_) {
      in_flight_.fetch_sub(1, std::memory_order_relaxed);
      refused_.fetch_add(1, std::memory_order_relaxed);
      return done({diameter_outcome::refused, {}});
    }
    auto freed = [self = shared_from_this(), done = std::move(done)](diameter_answer answer) {
      self->in_flight_.fetch_sub(1, std::memory_order_relaxed);
      done(std::move(answer));
    };
    auto shared = std::make_shared<std::function<void(diameter_answer)>>(std::move(freed));
    auto posted = post([request = std::move(request), shared](diameter_transport& of) mutable {
      of.ask(std::move(request), [shared](diameter_answer answer) { (*shared)(std::move(answer)); });
    });
    if (!posted)
      (*shared)({diameter_outcome::refused, {}});
  }
  void serve(diameter_service what, std::function<void(diameter_question)> taker) override {
    post([what, taker = std::move(taker)](diameter_transport& of) mutable { of.serve(what, std::move(taker)); });
  }
  void watch(std::function<void(const std::string&, bool)> watcher) override {
    post([watcher = std::move(watcher)](diameter_transport& of) mutable { of.watch(std::move(watcher)); });
  }
  std::vector<diameter_peer_facts> peers() const override {
    std::lock_guard held(mutex_);
    return shown_;
  }

  // for the transport
  void reply(std::uint64_t life, std::uint64_t number, std::string octets) {
    post([life, number, octets = std::move(octets)](diameter_transport& of) mutable {
      of.reply(life, number, std::move(octets));
    });
  }
  void show(std::vector<diameter_peer_facts> peers) {
    std::lock_guard held(mutex_);
    shown_ = std::move(peers);
  }
  /// The transport is going. What is posted already does not run any more: its shard has ended.
  void leave() {
    std::lock_guard held(mutex_);
    of_ = nullptr;
  }
  std::uint64_t refused() const noexcept { return refused_.load(std::memory_order_relaxed); }
  std::size_t in_flight() const noexcept { return in_flight_.load(std::memory_order_relaxed); }

private:
  template <class Work>
  bool post(Work work) {
    std::lock_guard held(mutex_);
    if (of_ == nullptr)
      return false;
    home_.post([of = of_, work = std::move(work)]() mutable { of->guarded([&] { work(*of); }); });
    return true;
  }

  mutable std::mutex mutex_;
  diameter_transport* of_; ///< under the mutex
  shard& home_;
  const std::size_t most_;
  std::atomic<std::size_t> in_flight_{0};
  std::atomic<std::uint64_t> refused_{0};
  std::vector<diameter_peer_facts> shown_; ///< under the mutex
};

template <class Work>
void diameter_transport::guarded(Work work) {
  try {
    work();
  } catch (...) {
    fail(std::current_exception());
  }
}

} // namespace troupe
