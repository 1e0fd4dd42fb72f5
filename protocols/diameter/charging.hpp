// Rf and Ro as values: TS 32.299 clauses 6.2 (accounting), 6.4 (credit control) and 7; RFC 6733 clause 9, RFC 8506. Which
// service the records are of says service_context: TS 32.260 clause 6.1.2.
#pragma once

#include "protocols/diameter/ims_information.hpp"

namespace troupe::charging {

using diameter::result_code;

/// Service-Context-Id of IMS charging, without the operator's own prefix.
inline constexpr const char* ims_context = "32260@3gpp.org";

/// Accounting-Record-Type, RFC 6733 clause 9.8.1.
enum class record_type : std::uint32_t { event = 1, start = 2, interim = 3, stop = 4 };
constexpr bool is_known(record_type t) { return t >= record_type::event && t <= record_type::stop; }

/// Accounting-Realtime-Required, RFC 6733 clause 9.8.7: what becomes of the user when records cannot be sent.
enum class realtime_required : std::uint32_t { deliver_and_grant = 1, grant_and_store = 2, grant_and_lose = 3 };
constexpr bool is_known(realtime_required r) {
  return r >= realtime_required::deliver_and_grant && r <= realtime_required::grant_and_lose;
}

/// Service-Information, TS 32.299 clause 7.2.192, as far as it is of IMS.
struct service_information {
  std::vector<subscription_id> subscriptions;
  std::optional<ims_information> ims;

  bool empty() const noexcept { return subscriptions.empty() && !ims; }
  friend bool operator==(const service_information&, const service_information&) = default;
};

/// Accounting, TS 32.299 clauses 6.2.2 and 6.2.3.
struct acr {
  record_type type = record_type::event;
  std::uint32_t number = 0;
  std::string user_name;
  std::optional<std::uint64_t> sub_session{};
  std::optional<std::uint32_t> interim_interval{}; ///< seconds
  std::optional<timestamp> at{};                   ///< Event-Timestamp
  std::string service_context{};
  service_information service{};

  friend bool operator==(const acr&, const acr&) = default;
};

struct aca {
  result_code result;
  record_type type = record_type::event;
  std::uint32_t number = 0;
  std::string user_name{};
  std::optional<std::uint32_t> interim_interval{}; ///< what the server wants from now on
  std::optional<realtime_required> realtime{};
  std::optional<timestamp> at{};

  friend bool operator==(const aca&, const aca&) = default;
};

/// CC-Request-Type, RFC 8506 clause 8.3.
enum class request_type : std::uint32_t { initial = 1, update = 2, termination = 3, event = 4 };
constexpr bool is_known(request_type t) { return t >= request_type::initial && t <= request_type::event; }

/// Requested-Action, RFC 8506 clause 8.41: of events.
enum class requested_action : std::uint32_t {
  direct_debiting = 0,
  refund_account = 1,
  check_balance = 2,
  price_enquiry = 3
};
constexpr bool is_known(requested_action a) { return a <= requested_action::price_enquiry; }

enum class redirect_address_type : std::uint32_t { ipv4 = 0, ipv6 = 1, url = 2, sip_uri = 3 };
constexpr bool is_known(redirect_address_type t) { return t <= redirect_address_type::sip_uri; }

struct redirect_server {
  redirect_address_type type = redirect_address_type::sip_uri;
  std::string address;

  friend bool operator==(const redirect_server&, const redirect_server&) = default;
};

/// Final-Unit-Indication, RFC 8506 clause 8.34: the units granted with it are the last.
struct final_units {
  final_unit_action action = final_unit_action::terminate;
  std::vector<std::string> filter_rules{};
  std::vector<std::string> filter_ids{};
  std::optional<redirect_server> redirect{};

  friend bool operator==(const final_units&, const final_units&) = default;
};

/// Trigger, TS 32.299 clause 7.2.236: on which events to ask again; an empty one: on none.
struct trigger {
  std::vector<std::uint32_t> types;

  friend bool operator==(const trigger&, const trigger&) = default;
};

/// Multiple-Services-Credit-Control, RFC 8506 clause 8.16 and TS 32.299 clause 7.1.9: one quota.
struct credit_control {
  std::optional<granted_units> granted{};
  std::optional<service_units> requested{};
  std::vector<used_units> used{};
  std::vector<std::uint32_t> service_identifiers{};
  std::optional<std::uint32_t> rating_group{};
  std::optional<std::uint32_t> validity{}; ///< seconds
  std::optional<std::uint32_t> result{};   ///< Result-Code of this quota: 4010 to 4012, 5031
  std::optional<final_units> final{};
  std::optional<std::uint32_t> time_threshold{};   ///< seconds before the end at which to ask again
  std::optional<std::uint32_t> volume_threshold{}; ///< octets
  std::optional<std::uint32_t> unit_threshold{};
  std::optional<std::uint32_t> holding_time{};     ///< seconds
  std::optional<std::uint32_t> consumption_time{}; ///< seconds
  std::vector<reporting_reason> reasons{};
  std::optional<charging::trigger> trigger{};

  friend bool operator==(const credit_control&, const credit_control&) = default;
};

enum class aoc_request : std::uint32_t { not_requested = 0, full = 1, cost_only = 2, tariff_only = 3 };
constexpr bool is_known(aoc_request r) { return r <= aoc_request::tariff_only; }

/// Credit-Control, TS 32.299 clauses 6.4.2 and 6.4.3.
struct ccr {
  std::string service_context;
  request_type type = request_type::event;
  std::uint32_t number = 0;
  std::string user_name{};
  std::optional<timestamp> at{};
  std::vector<subscription_id> subscriptions{};
  std::optional<std::uint32_t> termination_cause{}; ///< RFC 6733 clause 8.15: 1 is the user's logout
  std::optional<requested_action> action{};
  std::optional<aoc_request> advice{};
  bool multiple_services = false; ///< Multiple-Services-Indicator: knows credit_control
  std::vector<credit_control> services{};
  std::optional<user_equipment> equipment{};
  service_information service{};

  friend bool operator==(const ccr&, const ccr&) = default;
};

/// RFC 8506 clauses 8.14 and 8.15.
enum class failure_handling : std::uint32_t { terminate = 0, go_on = 1, retry_and_terminate = 2 };
constexpr bool is_known(failure_handling h) { return h <= failure_handling::retry_and_terminate; }
enum class debiting_failure : std::uint32_t { terminate_or_buffer = 0, go_on = 1 };
constexpr bool is_known(debiting_failure f) { return f <= debiting_failure::go_on; }
enum class check_balance_result : std::uint32_t { enough_credit = 0, no_credit = 1 };
constexpr bool is_known(check_balance_result r) { return r <= check_balance_result::no_credit; }

/// Cost-Information, RFC 8506 clause 8.7.
struct cost {
  decimal value;
  std::uint32_t currency = 0;
  std::string unit{};

  friend bool operator==(const cost&, const cost&) = default;
};

struct cca {
  result_code result;
  request_type type = request_type::event;
  std::uint32_t number = 0;
  std::optional<bool> session_failover{}; ///< CC-Session-Failover: another server may go on with it
  std::vector<credit_control> services{};
  std::optional<charging::cost> cost{};
  std::optional<check_balance_result> balance{};
  std::optional<bool> low_balance{};
  std::optional<money> remaining{};
  std::optional<failure_handling> on_failure{};
  std::optional<debiting_failure> on_debiting_failure{};
  service_information service{};

  friend bool operator==(const cca&, const cca&) = default;
};

} // namespace troupe::charging
