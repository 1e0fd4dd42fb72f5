#include "protocols/sip/proxy_context.hpp"

#include <algorithm>

namespace troupe::sip {

namespace {

using act = fork_effect::kind;
using at = fork_branch::state;

bool is_challenge(int status) { return status == 401 || status == 407; }

class forking {
public:
  explicit forking(const response_context& now) noexcept : step_{now, {}} {}

  fork_step take() noexcept { return step_; }

  void start_next_group() noexcept;
  void response(std::size_t n, int status) noexcept;
  void failed(const fork_event& e) noexcept;
  void timer_c(std::size_t n) noexcept;
  void cancel() noexcept;

private:
  response_context& me() noexcept { return step_.next; }
  fork_branch& branch(std::size_t n) noexcept { return step_.next.branches[n]; }
  void act_on(act what, std::size_t n, int status = 0, std::uint32_t after_ms = 0) noexcept {
    step_.todo.add({what, static_cast<std::uint8_t>(n), static_cast<std::uint16_t>(status), after_ms});
  }
  bool any(at state) noexcept {
    return std::any_of(me().branches.begin(), me().branches.begin() + me().count,
                       [=](auto& b) { return b.at == state; });
  }

  void arm_c(std::size_t n) noexcept;
  void provisional(std::size_t n, int status) noexcept;
  void success(std::size_t n) noexcept;
  void end(std::size_t n, int status, bool local) noexcept;
  void cancel_branch(std::size_t n, int cause) noexcept;
  void cancel_others(int cause) noexcept;
  void conclude() noexcept;
  void answer_best() noexcept;
  int rank(const fork_branch& b) noexcept;

  fork_step step_;
};

void forking::arm_c(std::size_t n) noexcept {
  if (me().invite)
    act_on(act::arm_c, n, 0, me().timer_c_ms);
}

void forking::start_next_group() noexcept {
  int group = 256;
  for (std::size_t n = 0; n < me().count; ++n)
    if (branch(n).at == at::waiting)
      group = std::min<int>(group, branch(n).group);
  for (std::size_t n = 0; n < me().count; ++n)
    if (branch(n).at == at::waiting && branch(n).group == group) {
      branch(n).at = at::trying;
      act_on(act::start, n);
      arm_c(n);
    }
  if (group == 256)
    conclude();
}

void forking::provisional(std::size_t n, int status) noexcept {
  branch(n).at = at::proceeding;
  if (status == 100)
    return;
  arm_c(n);
  if (!me().answered)
    act_on(act::forward, n, status);
}

/// Every 2xx to an INVITE goes back, whatever went before (clause 16.7 step 5).
void forking::success(std::size_t n) noexcept {
  if (me().invite || !me().answered)
    act_on(act::forward, n, 200);
  me().answered = me().settled = true;
}

void forking::end(std::size_t n, int status, bool local) noexcept {
  branch(n).at = at::ended;
  branch(n).status = static_cast<std::uint16_t>(status);
  branch(n).local = local;
  if (me().invite)
    act_on(act::disarm_c, n);
}

void forking::response(std::size_t n, int status) noexcept {
  bool succeeded = status >= 200 && status < 300;
  if (branch(n).at == at::ended) {
    if (succeeded && me().invite)
      success(n);
    return;
  }
  if (!branch(n).pending())
    return;
  if (status < 200)
    return provisional(n, status);
  end(n, status, false);
  if (succeeded)
    success(n);
  if (status >= 600)
    me().settled = true;
  if (succeeded || status >= 600)
    cancel_others(status);
  conclude();
}

void forking::failed(const fork_event& e) noexcept {
  auto& b = branch(e.branch);
  if (!b.pending())
    return;
  if (e.more_targets && !b.cancelled && !me().settled) {
    b.at = at::trying;
    act_on(act::retry, e.branch);
    return arm_c(e.branch);
  }
  end(e.branch, e.status, true);
  conclude();
}

/// Clause 16.8: what has rung is cancelled, what never answered counts as 408.
void forking::timer_c(std::size_t n) noexcept {
  if (branch(n).at == at::proceeding)
    return cancel_branch(n, 408);
  if (branch(n).at != at::trying)
    return;
  act_on(act::abandon, n);
  end(n, 408, true);
  conclude();
}

void forking::cancel_branch(std::size_t n, int cause) noexcept {
  if (!me().invite || !branch(n).pending() || branch(n).cancelled)
    return;
  branch(n).cancelled = true;
  act_on(act::cancel, n, cause);
}

void forking::cancel_others(int cause) noexcept {
  for (std::size_t n = 0; n < me().count; ++n)
    cancel_branch(n, cause);
}

/// Clause 16.10. A CANCEL for anything but an INVITE has no effect (clause 9.2).
void forking::cancel() noexcept {
  if (!me().invite || me().answered || me().cancelled)
    return;
  me().cancelled = true;
  cancel_others(0);
  conclude();
}

void forking::conclude() noexcept {
  if (any(at::trying) || any(at::proceeding))
    return;
  bool more = any(at::waiting) && !me().settled && !me().cancelled;
  if (more)
    return start_next_group();
  if (!me().answered)
    answer_best();
  me().answered = true;
  act_on(act::done, 0);
}

/// Lower is better (clause 16.7 step 6): any 6xx; then the lowest class, and in it what tells how to ask again.
int forking::rank(const fork_branch& b) noexcept {
  int within = 5;
  switch (b.status) {
  case 401:
  case 407: within = 1; break;
  case 415:
  case 420:
  case 484: within = 2; break;
  case 487: within = me().cancelled ? 0 : 7; break;
  case 408: within = 8; break; // says nothing; and never goes to a non-INVITE (RFC 4320 clause 4.2)
  case 503: within = 8; break;
  default: break;
  }
  int by_class = b.status >= 600 ? 0 : b.status / 100;
  if (b.status == 408 && !me().invite)
    by_class = 9;
  return by_class * 10 + within;
}

void forking::answer_best() noexcept {
  std::optional<std::size_t> best;
  auto order = [this](std::size_t n) { return rank(branch(n)) * 256 + branch(n).group; };
  for (std::size_t n = 0; n < me().count; ++n)
    if (branch(n).at == at::ended && (!best || order(n) < order(*best)))
      best = n;
  if (!best)
    return act_on(act::answer, 0, me().cancelled ? 487 : 480);
  act_on(branch(*best).local ? act::answer : act::forward_best, *best, branch(*best).status);
}

} // namespace

std::optional<std::size_t> response_context::add(std::uint8_t group) noexcept {
  if (count == max_branches)
    return std::nullopt;
  branches[count].group = group;
  return count++;
}

bool response_context::challenged(std::size_t branch) const noexcept {
  auto& b = branches[branch];
  return b.at == fork_branch::state::ended && !b.local && is_challenge(b.status);
}

fork_step on(const response_context& now, const fork_event& e) noexcept {
  forking f(now);
  if (e.branch >= now.count && e.what != fork_event::kind::start && e.what != fork_event::kind::cancel)
    return f.take();
  switch (e.what) {
  case fork_event::kind::start: f.start_next_group(); break;
  case fork_event::kind::response: f.response(e.branch, e.status); break;
  case fork_event::kind::failed: f.failed(e); break;
  case fork_event::kind::timer_c: f.timer_c(e.branch); break;
  case fork_event::kind::cancel: f.cancel(); break;
  }
  return f.take();
}

void encode(writer& out, const response_context& context) {
  out.u8(static_cast<std::uint8_t>(context.invite | context.cancelled << 1 | context.settled << 2 |
                                   context.answered << 3));
  out.number(context.timer_c_ms);
  out.u8(context.count);
  for (std::size_t n = 0; n < context.count; ++n) {
    auto& b = context.branches[n];
    out.u8(static_cast<std::uint8_t>(static_cast<unsigned>(b.at) | b.cancelled << 2 | b.local << 3));
    out.u8(b.group);
    out.number(b.status);
  }
}

bool decode(reader& in, response_context& context) {
  context = {};
  auto flags = in.u8();
  context.invite = flags & 1;
  context.cancelled = flags & 2;
  context.settled = flags & 4;
  context.answered = flags & 8;
  auto timer_c = in.number();
  context.timer_c_ms = static_cast<std::uint32_t>(timer_c);
  context.count = in.u8();
  if (!in.ok() || flags > 15 || timer_c > UINT32_MAX || context.count > max_branches)
    return false;
  for (std::size_t n = 0; n < context.count; ++n) {
    auto& b = context.branches[n];
    auto octet = in.u8();
    b.at = static_cast<fork_branch::state>(octet & 3);
    b.cancelled = octet & 4;
    b.local = octet & 8;
    b.group = in.u8();
    auto status = in.number();
    b.status = static_cast<std::uint16_t>(status);
    if (octet > 15 || status > 699)
      return false;
  }
  return in.ok();
}

} // namespace troupe::sip
