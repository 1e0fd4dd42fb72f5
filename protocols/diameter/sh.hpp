// Sh, between application server and HSS, as values: TS 29.328 clauses 6.1 and 7, TS 29.329 clauses 6.1 to 6.3. User data is
// an Sh-Data document (TS 29.328 Annex C), kept as its text.
#pragma once

#include <memory>

#include "protocols/diameter/cx.hpp"

namespace troupe::sh {

using cx::session_priority;
using diameter::result_code;
using diameter::timestamp;

/// Experimental-Result codes, TS 29.329 clause 6.2.
inline constexpr result_code user_data_not_available{4100, true};
inline constexpr result_code prior_update_in_progress{4101, true};
inline constexpr result_code user_unknown{5001, true};
inline constexpr result_code identities_dont_match{5002, true};
inline constexpr result_code too_much_data{5008, true};
inline constexpr result_code feature_unsupported{5011, true};
inline constexpr result_code user_data_not_recognized{5100, true};
inline constexpr result_code operation_not_allowed{5101, true};
inline constexpr result_code user_data_cannot_be_read{5102, true};
inline constexpr result_code user_data_cannot_be_modified{5103, true};
inline constexpr result_code user_data_cannot_be_notified{5104, true};
inline constexpr result_code transparent_data_out_of_sync{5105, true};
inline constexpr result_code subs_data_absent{5106, true};
inline constexpr result_code no_subscription_to_data{5107, true};
inline constexpr result_code dsai_not_available{5108, true};

/// Data-Reference, TS 29.329 clause 6.3.4.
enum class data_reference : std::uint32_t {
  repository_data = 0,
  ims_public_identity = 10,
  ims_user_state = 11,
  s_cscf_name = 12,
  initial_filter_criteria = 13,
  location_information = 14,
  user_state = 15,
  charging_information = 16,
  msisdn = 17,
  psi_activation = 18,
  dsai = 19,
  service_level_trace = 21,
  ip_address_secure_binding = 22,
  service_priority_level = 23,
  sms_registration = 24,
  ue_reachability_for_ip = 25,
  tads_information = 26,
  stn_sr = 27,
  ue_srvcc_capability = 28,
  extended_priority = 29,
  csrn = 30,
  reference_location = 31,
  imsi = 32,
  ims_private_user_identity = 33,
  imeisv = 34,
  ue_5g_srvcc_capability = 35,
  as_registration = 36,
};
constexpr bool is_known(data_reference r) {
  return r == data_reference::repository_data ||
         (r >= data_reference::ims_public_identity && r <= data_reference::as_registration && r != data_reference{20});
}

enum class identity_set : std::uint32_t { all = 0, registered = 1, implicit = 2, alias = 3 };
constexpr bool is_known(identity_set s) { return s <= identity_set::alias; }

enum class requested_domain : std::uint32_t { cs = 0, ps = 1 };
constexpr bool is_known(requested_domain d) { return d <= requested_domain::ps; }

enum class subscription_type : std::uint32_t { subscribe = 0, unsubscribe = 1 };
constexpr bool is_known(subscription_type t) { return t <= subscription_type::unsubscribe; }

/// User-Identity, clause 6.3.1: one of them.
struct user_identity {
  std::string impu{};
  std::string msisdn{}; ///< TBCD octets
  std::string external{};

  friend bool operator==(const user_identity&, const user_identity&) = default;
};

/// Whom a request is about, and the wildcard that he stands for.
struct subject {
  user_identity user{};
  std::string wildcarded_psi{};
  std::string wildcarded_impu{};
  std::string impi{};

  friend bool operator==(const subject&, const subject&) = default;
};

struct call_reference {
  std::string number;
  std::string as_number;

  friend bool operator==(const call_reference&, const call_reference&) = default;
};

/// User-Data-Request, clause 6.1.1 (Sh-Pull).
struct udr {
  subject about{};
  std::string server_name{};
  std::vector<std::string> services{}; ///< Service-Indication: of repository data
  std::vector<data_reference> data{};  ///< at least one
  std::vector<identity_set> identities{};
  std::optional<requested_domain> domain{};
  std::optional<bool> current_location{}; ///< Current-Location: retrieve it now
  std::vector<std::string> dsai_tags{};
  std::optional<session_priority> priority{};
  std::optional<std::uint32_t> requested_nodes{}; ///< bits
  bool serving_node_only = false;
  std::optional<bool> prepaging{};
  std::optional<bool> time_zone_with_location{}; ///< Local-Time-Zone-Indication
  std::optional<std::uint32_t> flags{};          ///< UDR-Flags
  std::optional<call_reference> call{};

  friend bool operator==(const udr&, const udr&) = default;
};

struct uda {
  result_code result{};
  std::string wildcarded_psi{};
  std::string wildcarded_impu{};
  std::shared_ptr<const std::string> user_data{};
};

/// Profile-Update-Request, clause 6.1.3 (Sh-Update).
struct pur {
  subject about{};
  std::vector<data_reference> data{}; ///< at least one
  std::shared_ptr<const std::string> user_data{};
};

/// Repository-Data-ID, clause 6.3.24.
struct repository_data_id {
  std::string service;
  std::uint32_t sequence = 0;

  friend bool operator==(const repository_data_id&, const repository_data_id&) = default;
};

struct pua {
  result_code result{};
  std::string wildcarded_psi{};
  std::string wildcarded_impu{};
  std::optional<repository_data_id> repository{};
  std::optional<data_reference> data{};

  friend bool operator==(const pua&, const pua&) = default;
};

/// Subscribe-Notifications-Request, clause 6.1.5 (Sh-Subs-Notif).
struct snr {
  subject about{};
  std::vector<std::string> services{};
  std::optional<bool> send_data{};
  std::string server_name{};
  subscription_type type = subscription_type::subscribe;
  std::vector<data_reference> data{}; ///< at least one
  std::vector<identity_set> identities{};
  std::optional<timestamp> expires{};
  std::vector<std::string> dsai_tags{};
  bool once = false; ///< One-Time-Notification

  friend bool operator==(const snr&, const snr&) = default;
};

struct sna {
  result_code result{};
  std::string wildcarded_psi{};
  std::string wildcarded_impu{};
  std::shared_ptr<const std::string> user_data{};
  std::optional<timestamp> expires{};
};

/// Push-Notification-Request, clause 6.1.7 (Sh-Notif).
struct pnr {
  subject about{};
  std::shared_ptr<const std::string> user_data{};
};

struct pna {
  result_code result{};

  friend bool operator==(const pna&, const pna&) = default;
};

} // namespace troupe::sh
