// Public user identities: comparing, choosing and deriving them. TS 24.229 clauses 5.2.6.3, 5.4.3 and 5.4.1.2.2F,
// TS 23.003 clauses 13.3 and 13.4, RFC 3325, RFC 7315 clauses 4.1 and 4.2.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/base/result.hpp"
#include "protocols/ims/snapshot.hpp"
#include "protocols/sip/message.hpp"

namespace troupe::ims {

/// sip::canonical_aor of a URI's text. Fails for what is neither a SIP nor a tel URI.
result<std::string> canonical_identity(std::string_view uri);
/// The same of a name-addr or addr-spec, as From, To and the P- fields hold it.
result<std::string> canonical_identity_of_value(std::string_view value);

/// True when both name one identity: compares canonical forms, and a global number in a SIP URI with user=phone with
/// the tel: URI of that number (RFC 3261 clause 19.1.6).
bool same_identity(std::string_view a, std::string_view b);
/// "tel:+49..." of a SIP URI with a global number and user=phone; nothing for others.
std::optional<std::string> tel_of(std::string_view sip_uri);
/// "sip:+49...@domain;user=phone" of a global tel: URI; nothing for others. TS 24.229 clause 5.4.3.2.
std::optional<std::string> sip_of(std::string_view tel_uri, std::string_view domain);

/// The host of a SIP URI is this domain, without case and a closing dot. False for tel: URIs.
bool in_domain(std::string_view uri, std::string_view domain);

/// What is derived from the IMSI where no ISIM is there: TS 23.003 clauses 13.2, 13.3 and 13.4B. `mnc_digits` is 2 or
/// 3.
struct derived_identities {
  std::string domain;         ///< ims.mnc001.mcc001.3gppnetwork.org
  std::string impi;           ///< IMSI@domain
  std::string temporary_impu; ///< sip:IMPI
};
/// Fails when `imsi` is not 6 to 15 digits or `mnc_digits` is neither 2 nor 3.
result<derived_identities> derive_from_imsi(std::string_view imsi, int mnc_digits);
/// The IMPI that stands for a REGISTER without Authorization: the public identity without its scheme (TS 24.229
/// clause 5.4.1.2.1E and Annex of TS 33.203 for such access).
std::string impi_from_impu(std::string_view impu);

/// An identity as P-Associated-URI has it.
struct associated_uri {
  std::string uri;
  std::string display_name; ///< without quotes

  friend bool operator==(const associated_uri&, const associated_uri&) = default;
};

/// "<sip:a@h>, <tel:+1>": the first is the default. Empty when the set has no identity that is not barred.
std::string to_p_associated_uri(const std::vector<associated_uri>& uris);
std::vector<associated_uri> associated_uris(const profile_snapshot& snapshot);
/// Values that are no name-addr are skipped: a P-CSCF goes on with the others.
std::vector<associated_uri> read_p_associated_uri(const sip::message& response);

/// The P-CSCF's choice of asserted identity for an initial request from a registered UE, TS 24.229 clause 5.2.6.3.1:
/// the preferred identity if it is one of the registered, else the default. Where a UE gives two (SIP and tel), each
/// is looked at on its own. `registered` is the binding's P-Associated-URI list. Empty `registered`: empty answer,
/// the request is to be refused (403). The values are name-addrs with the HSS's display names.
std::vector<std::string> choose_asserted(const sip::message& request, const std::vector<associated_uri>& registered);

/// Sets P-Asserted-Identity to these values and removes P-Preferred-Identity (clause 5.2.6.3.3 step 8).
void assert_identity(sip::message& request, const std::vector<std::string>& values);

/// The URIs of P-Asserted-Identity, as they stand there.
std::vector<std::string> asserted_identities(const sip::message& m);

/// P-Called-Party-ID of a terminating request: the Request-URI before it becomes the contact. RFC 7315 clause 4.2; TS
/// 24.229 clause 5.4.3.3.
std::string to_p_called_party_id(std::string_view request_uri);

/// P-Served-User of a request to an AS: RFC 5502 clause 6, RFC 8498 (orig-cdiv); TS 24.229 clause 5.4.3.2 step 5.
std::string to_p_served_user(std::string_view impu, session_case direction);
struct served_user {
  std::string uri;
  std::optional<session_case> direction;
};
result<served_user> parse_p_served_user(std::string_view value);

} // namespace troupe::ims
