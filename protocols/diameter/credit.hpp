// Whom and what a quota is of, as values that Ro, Rf and Rx share: RFC 8506 clause 8; TS 32.299 clauses 7.1 and 7.2.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocols/diameter/avp.hpp"

namespace troupe::charging {

using diameter::address;
using diameter::timestamp;

/// Subscription-Id, RFC 8506 clause 8.46.
struct subscription_id {
  enum class kind : std::uint32_t { e164 = 0, imsi = 1, sip_uri = 2, nai = 3, other = 4 };
  kind type = kind::sip_uri;
  std::string data;

  friend bool operator==(const subscription_id&, const subscription_id&) = default;
};
constexpr bool is_known(subscription_id::kind k) { return k <= subscription_id::kind::other; }

/// User-Equipment-Info, RFC 8506 clause 8.49.
struct user_equipment {
  enum class kind : std::uint32_t { imeisv = 0, mac = 1, eui64 = 2, modified_eui64 = 3 };
  kind type = kind::imeisv;
  std::string value;

  friend bool operator==(const user_equipment&, const user_equipment&) = default;
};
constexpr bool is_known(user_equipment::kind k) { return k <= user_equipment::kind::modified_eui64; }

/// Clauses 7.2.51, 7.2.178 and 7.2.185: value = digits * 10 ^ exponent.
struct decimal {
  std::int64_t digits = 0;
  std::optional<std::int32_t> exponent;

  friend bool operator==(const decimal&, const decimal&) = default;
};

/// CC-Unit-Type, RFC 8506 clause 8.32.
enum class unit_type : std::uint32_t { time = 0, money, total_octets, input_octets, output_octets, service_specific };
constexpr bool is_known(unit_type t) { return t <= unit_type::service_specific; }

/// Reporting-Reason, TS 32.299 clause 7.2.175.
enum class reporting_reason : std::uint32_t {
  threshold = 0,
  quota_holding_time = 1,
  final = 2,
  quota_exhausted = 3,
  validity_time = 4,
  other_quota_type = 5,
  rating_condition_change = 6,
  forced_reauthorisation = 7,
  pool_exhausted = 8,
  unused_quota_timer = 9,
};
constexpr bool is_known(reporting_reason r) { return r <= reporting_reason::unused_quota_timer; }

struct money {
  decimal value;
  std::optional<std::uint32_t> currency{}; ///< ISO 4217

  friend bool operator==(const money&, const money&) = default;
};

/// Granted-, Requested- and Used-Service-Unit, RFC 8506 clauses 8.17 to 8.19. What is not there is not said; a group without
/// any asks for what the server thinks fit.
struct service_units {
  std::optional<std::uint32_t> seconds{};
  std::optional<charging::money> money{};
  std::optional<std::uint64_t> total_octets{};
  std::optional<std::uint64_t> input_octets{};
  std::optional<std::uint64_t> output_octets{};
  std::optional<std::uint64_t> specific{};

  friend bool operator==(const service_units&, const service_units&) = default;
};

struct granted_units : service_units {
  std::optional<timestamp> tariff_change{};

  friend bool operator==(const granted_units&, const granted_units&) = default;
};

enum class tariff_usage : std::uint32_t { before_change = 0, after_change = 1, indeterminate = 2 };
constexpr bool is_known(tariff_usage u) { return u <= tariff_usage::indeterminate; }

struct used_units : service_units {
  std::optional<reporting_reason> reason{};
  std::optional<tariff_usage> usage{};
  std::vector<timestamp> events{};

  friend bool operator==(const used_units&, const used_units&) = default;
};

enum class final_unit_action : std::uint32_t { terminate = 0, redirect = 1, restrict_access = 2 };
constexpr bool is_known(final_unit_action a) { return a <= final_unit_action::restrict_access; }

} // namespace troupe::charging
