// What a shard counts. Each shard has its own set and is its only writer; the console reads them at any time and adds
// them up, so the cells are relaxed atomics.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string_view>

namespace troupe {

enum class metric : std::uint16_t {
  // monotonic
  received_udp,
  received_tcp,
  received_tls,
  received_local,
  sent_udp,
  sent_tcp,
  sent_tls,
  sent_local,
  handed_over,
  dropped_malformed,
  dropped_oversized,
  dropped_flood,
  dropped_late,
  dropped_unmatched_response,
  dropped_unmatched_ack,
  dropped_stranger,
  dropped_send_failed,
  undelivered_udp,
  dropped_overload,
  dropped_by_role,
  dropped_dns,
  invite_transactions,
  other_transactions,
  retransmissions_received,
  retransmissions_sent,
  transaction_timeouts,
  calls_made,
  calls_restored,
  calls_put_away,
  calls_quarantined,
  restarts_transaction,
  restarts_call,
  restarts_registration,
  restarts_other,
  registrations_made,
  registrations_ended,
  challenges,
  subscriptions_accepted,
  subscriptions_refused,
  authentication_failures,
  cx_requests,
  cx_failures,
  store_puts,
  sent_unstored,
  connections_accepted,
  connections_opened,
  connections_refused,
  connections_closed_idle,
  rounds,
  charging_sessions,
  charging_events,
  charging_exported,
  charging_export_failures,
  link_frames_received,
  link_frames_sent,
  link_octets_received,
  link_octets_sent,
  link_attempts,
  link_opened,
  link_closed,
  link_suspicions,
  link_refused_tls,
  link_refused_silent,
  link_refused_crowd,
  link_refused_malformed,
  link_refused_version,
  link_refused_cluster,
  link_refused_node,
  link_refused_life,
  link_refused_overrun,
  link_lost_full,
  link_lost_too_large,
  link_lost_no_link,
  link_lost_restarted,
  diameter_requests,
  diameter_answered,
  diameter_expired,
  diameter_no_peer,
  diameter_refused,
  diameter_undelivered,
  diameter_malformed,
  diameter_sent_again,
  diameter_questions,
  diameter_answers_lost,
  diameter_unanswered,
  diameter_shed,
  diameter_rejected,
  diameter_callbacks_lost,
  diameter_child_deaths,
  diameter_child_killed,
  // gauges
  transactions_now,
  transactions_resting_now,
  unanswered_now,
  sessions_now,
  calls_live_now,
  calls_stored_now,
  registrations_now,
  bindings_now,
  connections_now,
  timers_now,
  actors_queued_now,
  store_octets_now,
  charging_records_waiting_now,
  charging_records_settling_now,
  links_now,
  link_queue_octets_now,
  diameter_peers_now,
  diameter_in_flight_now,
  last_,
};

struct metric_description {
  std::string_view name;   ///< "troupe_dropped_total"
  std::string_view labels; ///< "reason=\"malformed\"", or empty
  std::string_view help;
  bool gauge = false;
};
const metric_description& describe(metric m) noexcept;

/// Latencies in buckets of 1, 2, 5, 10, 20, 50, ... milliseconds up to 50 s, and beyond.
class histogram {
public:
  static constexpr std::array<std::uint32_t, 15> bounds_ms{1,   2,     5,     10,    20,     50,     100,   200,
                                                           500, 1'000, 2'000, 5'000, 10'000, 20'000, 50'000};

  void observe(std::int64_t ms) noexcept {
    std::size_t at = 0;
    while (at < bounds_ms.size() && ms > bounds_ms[at])
      ++at;
    add(buckets_[at], 1);
    add(sum_, static_cast<std::uint64_t>(ms < 0 ? 0 : ms));
  }
  std::uint64_t bucket(std::size_t at) const noexcept { return buckets_[at].load(std::memory_order_relaxed); }
  std::uint64_t sum_ms() const noexcept { return sum_.load(std::memory_order_relaxed); }

private:
  /// One writer: no locked instruction is needed.
  static void add(std::atomic<std::uint64_t>& cell, std::uint64_t by) noexcept {
    cell.store(cell.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
  }
  std::array<std::atomic<std::uint64_t>, bounds_ms.size() + 1> buckets_{};
  std::atomic<std::uint64_t> sum_{0};
};

class metrics {
public:
  void add(metric m, std::uint64_t by = 1) noexcept { set(m, get(m) + by); }
  void subtract(metric m, std::uint64_t by = 1) noexcept { set(m, get(m) - by); }
  void set(metric m, std::uint64_t value) noexcept { cells_[at(m)].store(value, std::memory_order_relaxed); }
  std::uint64_t get(metric m) const noexcept { return cells_[at(m)].load(std::memory_order_relaxed); }

  histogram call_setup;   ///< INVITE to its first 2xx
  histogram registration; ///< REGISTER to its final response
  histogram cx;           ///< question to answer

private:
  static constexpr std::size_t at(metric m) noexcept { return static_cast<std::size_t>(m); }
  std::array<std::atomic<std::uint64_t>, static_cast<std::size_t>(metric::last_)> cells_{};
};

} // namespace troupe
