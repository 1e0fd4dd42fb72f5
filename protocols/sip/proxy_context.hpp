// The response context of a forwarded request: RFC 3261 clauses 16.7 to 16.10, RFC 6026 clause 8, RFC 3326.
//
// One request goes out in branches, in groups: together within a group, one group after another. The context decides which
// response goes back, what is cancelled and when the next group begins. It holds statuses, not messages: the shell keeps each
// branch's request and final response, and looks them up by the branch's number.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "protocols/base/cursor.hpp"
#include "protocols/base/time.hpp"

namespace troupe::sip {

struct fork_event {
  enum class kind : std::uint8_t {
    start,    ///< the branches are added: send the first group
    response, ///< `status` came in `branch`
    failed, ///< `branch` came to nothing: 408 after a time-out, 503 after a transport error or a 503; or cannot be sent
    timer_c, ///< of `branch`
    cancel,  ///< the CANCEL of who sent the request
  };
  kind what = kind::start;
  std::uint8_t branch = 0;
  std::uint16_t status = 0;
  bool more_targets = false; ///< failed: RFC 3263 has another server for this branch

  static constexpr fork_event of(kind k) noexcept { return {k, 0, 0, false}; }
  static constexpr fork_event response(std::size_t branch, int status) noexcept {
    return {kind::response, static_cast<std::uint8_t>(branch), static_cast<std::uint16_t>(status), false};
  }
  static constexpr fork_event failed(std::size_t branch, int status, bool more_targets = false) noexcept {
    return {kind::failed, static_cast<std::uint8_t>(branch), static_cast<std::uint16_t>(status), more_targets};
  }
  static constexpr fork_event timer_c(std::size_t branch) noexcept {
    return {kind::timer_c, static_cast<std::uint8_t>(branch), 0, false};
  }
};

struct fork_effect {
  enum class kind : std::uint8_t {
    start,   ///< send the branch's request
    retry,   ///< send it to the branch's next server, in a new transaction
    cancel,  ///< cancel its transaction; `status` is the Reason's SIP cause (RFC 3326), 0: the upstream CANCEL's Reason
    abandon, ///< end its transaction without more ado: nothing was ever heard
    arm_c,   ///< `after_ms` from now; replaces one that runs
    disarm_c,     //
    forward,      ///< the response of this event, now
    forward_best, ///< the final response kept of `branch`; with all challenges if 401 or 407. A 503 goes to peers as 500
    answer,       ///< a response of one's own with `status`
    done,         ///< no branch waits for a final response; a later 2xx is still to be brought here
  };
  kind what;
  std::uint8_t branch = 0;
  std::uint16_t status = 0;
  std::uint32_t after_ms = 0;

  friend bool operator==(const fork_effect&, const fork_effect&) = default;
};

inline constexpr std::size_t max_branches = 16;

class fork_effects {
public:
  void add(fork_effect e) noexcept { items_[size_++] = e; }
  const fork_effect* begin() const noexcept { return items_.data(); }
  const fork_effect* end() const noexcept { return items_.data() + size_; }
  std::size_t size() const noexcept { return size_; }
  bool empty() const noexcept { return size_ == 0; }
  const fork_effect& operator[](std::size_t n) const noexcept { return items_[n]; }

private:
  std::array<fork_effect, 3 * max_branches + 4> items_;
  std::uint8_t size_ = 0;
};

struct fork_branch {
  enum class state : std::uint8_t { waiting, trying, proceeding, ended };
  state at = state::waiting;
  bool cancelled = false;
  bool local = false; ///< its final status is ours: no response came
  std::uint8_t group = 0;
  std::uint16_t status = 0; ///< final, once ended

  bool pending() const noexcept { return at == state::trying || at == state::proceeding; }
  friend bool operator==(const fork_branch&, const fork_branch&) = default;
};

struct response_context {
  bool invite = true;
  bool cancelled = false; ///< by who sent the request
  bool settled = false;   ///< 2xx or 6xx: no further group
  bool answered = false;  ///< a final response went back
  std::uint8_t count = 0;
  std::uint32_t timer_c_ms = 181'000; ///< more than three minutes (clause 16.6 step 11)
  std::array<fork_branch, max_branches> branches{};

  /// Groups start in ascending order; within one the order is that of preference. Nothing when the context is full.
  /// Branches may be added while it works (a redirection followed): they start with their group.
  std::optional<std::size_t> add(std::uint8_t group) noexcept;
  /// True for a branch whose challenges belong to an aggregated 401 or 407.
  bool challenged(std::size_t branch) const noexcept;

  friend bool operator==(const response_context&, const response_context&) = default;
};

struct fork_step {
  response_context next;
  fork_effects todo;
};
fork_step on(const response_context& now, const fork_event& e) noexcept;

void encode(writer& out, const response_context& context);
bool decode(reader& in, response_context& context);

} // namespace troupe::sip
