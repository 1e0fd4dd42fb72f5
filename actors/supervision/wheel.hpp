// A hashed timing wheel, four levels of 256 slots: arming and cancelling cost a few nanoseconds with a million pending.
// (Varghese, Lauck 1987.) Not thread-safe: each shard has its own.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "protocols/base/time.hpp"

namespace troupe {

class wheel {
public:
  /// Length of a tick. A timer fires up to one tick late, never early.
  static constexpr milliseconds tick{10};

  /// A timer; lives where its owner wants it, does not move, and cancels itself when it goes.
  class entry {
  public:
    entry() noexcept = default;
    entry(const entry&) = delete;
    entry& operator=(const entry&) = delete;
    virtual ~entry() { cancel(); }

    bool armed() const noexcept { return next_ != nullptr; }
    instant deadline() const noexcept { return at_; }
    void cancel() noexcept;

  protected:
    /// Called by wheel::advance, once, when the entry is no longer armed. May arm it again, or end its life.
    virtual void fire() = 0;

  private:
    friend class wheel;
    entry* next_ = nullptr;
    entry* previous_ = nullptr;
    wheel* owner_ = nullptr;
    instant at_;
  };

  explicit wheel(instant now) noexcept;
  wheel(const wheel&) = delete;
  ~wheel();

  /// Replaces an earlier deadline of the entry. Deadlines in the past fire with the next advance; those beyond 497 days
  /// are looked at again then.
  void arm(entry& e, instant deadline) noexcept;
  /// Fires what is due at `now`. Answers how many.
  std::size_t advance(instant now);
  /// The earliest time at which something may be due; nothing when no entry is armed. May be early, never late.
  std::optional<instant> next_due() const noexcept;
  std::size_t size() const noexcept { return size_; }

private:
  static constexpr int levels = 4;
  static constexpr unsigned slots = 256;

  /// A ring with the slot itself as anchor.
  struct anchor : entry {
    anchor() noexcept;
    ~anchor() override;
    void fire() override {}
  };

  void place(entry& e) noexcept;
  void cascade(int level) noexcept;
  std::uint64_t tick_of(instant at) const noexcept;

  std::array<std::array<anchor, slots>, levels> slots_;
  instant start_;
  std::uint64_t now_ = 0; ///< the next tick to be run
  std::size_t size_ = 0;
};

} // namespace troupe
