#include "protocols/ims/trust.hpp"

#include <algorithm>
#include <array>

#include "protocols/base/text.hpp"
#include "protocols/sip/values.hpp"

namespace troupe::ims {

namespace {

constexpr std::array<std::string_view, 9> protections = {
    "", "no", "yes", "tls-pending", "tls-yes", "tls-connected", "ip-assoc-pending", "ip-assoc-yes", "auth-done"};

struct auth_pieces {
  std::string_view scheme;
  std::vector<std::string_view> parameters;
};

auth_pieces split(std::string_view value) {
  auto text = trim(value);
  auto space = std::min(text.find_first_of(" \t"), text.size());
  auth_pieces out{text.substr(0, space), {}};
  for (auto rest = trim(text.substr(space)); !rest.empty();)
    if (auto piece = sip::next_value(rest); !piece.empty())
      out.parameters.push_back(piece);
  return out;
}

/// The value of the first parameter of this name, as it stands; nothing when there is none.
std::optional<std::string_view> find_parameter(std::string_view value, std::string_view name) {
  auto text = trim(value);
  for (auto rest = text.substr(std::min(text.find_first_of(" \t"), text.size())); !rest.empty();) {
    auto piece = sip::next_value(rest);
    auto equals = piece.find('=');
    if (equals != piece.npos && equal_nocase(trim(piece.substr(0, equals)), name))
      return trim(piece.substr(equals + 1));
  }
  return std::nullopt;
}

std::string_view name_of(std::string_view piece) { return trim(piece.substr(0, piece.find('='))); }

std::string joined(const auth_pieces& pieces) {
  std::string out(pieces.scheme);
  for (auto& p : pieces.parameters)
    out.append(&p == pieces.parameters.data() ? " " : ", ").append(p);
  return out;
}

/// A UE may say that it understands the field (RFC 5009 clause 4.1); it may not authorise media.
bool says_supported(const sip::field& f) {
  return f.id == sip::hdr::p_early_media && equal_nocase(trim(f.value), "supported");
}

} // namespace

const std::vector<trust_rule>& trust_rules() {
  using sip::hdr;
  // from_ue, to_ue, to_others: true where the field is removed.
  static const std::vector<trust_rule> rules = {
      {"P-Asserted-Identity", hdr::p_asserted_identity, true, false, false, "24.229 4.4.2; RFC 3325 5"},
      {"P-Preferred-Identity", hdr::p_preferred_identity, false, true, true, "24.229 5.2.6.3; RFC 3325 9.2"},
      {"P-Associated-URI", hdr::p_associated_uri, true, false, true, "RFC 7315 6.1"},
      {"P-Called-Party-ID", hdr::p_called_party_id, true, false, true, "24.229 5.2.6.3; RFC 7315 6.2"},
      {"P-Charging-Vector", hdr::p_charging_vector, true, true, false, "24.229 4.4.6, 5.2.6.3, 5.2.6.4; RFC 7315 6.6"},
      {"P-Charging-Function-Addresses", hdr::p_charging_function_addresses, true, true, true,
       "24.229 4.4.5; RFC 7315 6.5"},
      {"P-Visited-Network-ID", hdr::p_visited_network_id, true, true, true, "24.229 5.2.2.1; RFC 7315 6.3"},
      {"P-Access-Network-Info", hdr::p_access_network_info, false, true, true, "24.229 4.4.4, 5.2.6.4; RFC 7315 6.4"},
      {"P-Served-User", hdr::p_served_user, true, true, true, "24.229 4.4.12; RFC 5502 7"},
      {"P-Profile-Key", hdr::p_profile_key, true, true, true, "24.229 4.4.11; RFC 5002 5"},
      {"P-User-Database", hdr::p_user_database, true, true, true, "24.229 4.4.10; RFC 4457 6"},
      {"P-Asserted-Service", hdr::p_asserted_service, true, false, true, "24.229 4.4.9; RFC 6050 4.1"},
      {"P-Preferred-Service", hdr::p_preferred_service, false, true, true, "24.229 5.2.6.3; RFC 6050 4.2"},
      {"P-Private-Network-Indication", hdr::other, true, true, true, "24.229 4.4.13; RFC 7316 5"},
      {"P-Early-Media", hdr::p_early_media, true, false, true, "24.229 4.4.8; RFC 5009 6"},
      {"P-Media-Authorization", hdr::other, true, true, true, "RFC 3313 5.2"},
      {"P-DCS-Trace-Party-ID", hdr::other, true, true, true, "RFC 5503 5"},
      {"P-DCS-OSPS", hdr::other, true, true, true, "RFC 5503 6"},
      {"P-DCS-Billing-Info", hdr::other, true, true, true, "RFC 5503 7"},
      {"P-DCS-LAES", hdr::other, true, true, true, "RFC 5503 8"},
      {"P-DCS-Redirect", hdr::other, true, true, true, "RFC 5503 9"},
      {"Resource-Priority", hdr::resource_priority, true, false, true,
       "24.229 4.4.16, 5.2.6.3: unless the UE is entitled"},
      {"History-Info", hdr::history_info, true, false, false, "24.229 4.4.7; RFC 7044 7"},
      {"Feature-Caps", hdr::feature_caps, true, false, true, "24.229 4.4.15; RFC 6809 5"},
      {"Path", hdr::path, true, false, false, "24.229 5.2.2.1; RFC 3327 5.1: a P-CSCF is the first"},
      {"Service-Route", hdr::service_route, true, false, true, "RFC 3608 5"},
      {"Cellular-Network-Info", hdr::other, true, true, true, "24.229 4.4.17, 7.2.15"},
      {"Restoration-Info", hdr::other, true, true, true, "24.229 4.4.14, 7.2.11"},
      {"Relayed-Charge", hdr::other, true, true, true, "24.229 4.4.18, 7.2.12"},
      {"Service-Interact-Info", hdr::other, true, true, true, "24.229 4.4.19, 7.2.14"},
      {"Additional-Identity", hdr::other, true, false, true, "24.229 4.4.20, 7.2.20"},
      {"Attestation-Info", hdr::other, true, true, true, "24.229 7.2.18"},
      {"Origination-Id", hdr::other, true, true, true, "24.229 7.2.19"},
      {"Priority-Verstat", hdr::other, true, true, true, "24.229 7.2.21"},
  };
  return rules;
}

namespace {

bool goes(const trust_rule& r, crossing way) {
  return way == crossing::from_ue ? r.from_ue : way == crossing::to_ue ? r.to_ue : r.to_others;
}

/// What goes at a crossing: by id, and the names of those that have none.
struct removed_at {
  std::array<bool, 256> ids{};
  std::vector<std::string_view> names;

  explicit removed_at(crossing way) {
    for (auto& r : trust_rules())
      if (goes(r, way) && r.id != sip::hdr::other)
        ids[static_cast<std::size_t>(r.id)] = true;
      else if (goes(r, way))
        names.push_back(r.name);
  }
  bool has(const sip::field& f) const {
    if (f.id != sip::hdr::other)
      return ids[static_cast<std::size_t>(f.id)];
    return std::any_of(names.begin(), names.end(), [&](auto name) { return equal_nocase(name, f.name); });
  }
};

} // namespace

std::size_t strip(sip::message& m, crossing way) {
  static const removed_at from_ue(crossing::from_ue), to_ue(crossing::to_ue), to_others(crossing::to_others);
  auto& gone = way == crossing::from_ue ? from_ue : way == crossing::to_ue ? to_ue : to_others;
  bool request = m.is_request();
  return m.remove_if(
      [&](const sip::field& f) { return gone.has(f) && !(way == crossing::from_ue && request && says_supported(f)); });
}

bool asks_privacy(const sip::message& m, std::string_view value) {
  for (auto& f : m.fields()) {
    if (f.id != sip::hdr::privacy)
      continue;
    for (auto rest = f.value; !rest.empty();) {
      auto end = std::min(rest.find_first_of(";,"), rest.size());
      if (equal_nocase(trim(rest.substr(0, end)), value))
        return true;
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }
  return false;
}

bool apply_privacy(sip::message& m, crossing way) {
  if (way == crossing::from_ue || asks_privacy(m, "none"))
    return true;
  bool beyond_us = asks_privacy(m, "header") || asks_privacy(m, "session") || asks_privacy(m, "user");
  if (asks_privacy(m, "id") || beyond_us)
    m.remove(sip::hdr::p_asserted_identity);
  if (asks_privacy(m, "history") || asks_privacy(m, "header"))
    m.remove(sip::hdr::history_info);
  return !(beyond_us && asks_privacy(m, "critical") && m.is_request());
}

std::string_view to_string(protection p) noexcept { return protections[static_cast<std::size_t>(p)]; }

protection protection_of(std::string_view text) noexcept {
  for (std::size_t i = 1; i < protections.size(); ++i)
    if (equal_nocase(protections[i], text))
      return static_cast<protection>(i);
  return protection::absent;
}

std::string auth_parameter(std::string_view value, std::string_view name) {
  auto found = find_parameter(value, name);
  return found ? sip::unquote(*found) : std::string();
}

std::string without_auth_parameters(std::string_view value, const std::vector<std::string_view>& names) {
  auto pieces = split(value);
  std::erase_if(pieces.parameters, [&](std::string_view piece) {
    return std::any_of(names.begin(), names.end(), [&](auto n) { return equal_nocase(n, name_of(piece)); });
  });
  return joined(pieces);
}

std::string with_protection(std::string_view authorization, protection p) {
  auto value = find_parameter(authorization, "integrity-protected")
                   ? without_auth_parameters(authorization, {"integrity-protected"})
                   : std::string(authorization);
  if (p == protection::absent)
    return value;
  auto marker = "integrity-protected=\"" + std::string(to_string(p)) + "\"";
  return value + (trim(value).find_first_of(" \t") == value.npos ? " " : ", ") + marker;
}

std::string without_keys(std::string_view www_authenticate) {
  return without_auth_parameters(www_authenticate, {"ik", "ck"});
}

} // namespace troupe::ims
