// The registrar's value: the bindings of one implicit registration set. TS 24.229 clauses 5.4.1.2.2F, 5.4.1.4 and
// 5.4.1.5; RFC 3261 clause 10.3, RFC 3327, RFC 5626, RFC 5627.
//
// All public identities of the set are registered and de-registered together (TS 23.228 clause 5.2.1a), so they share
// one list of contacts, whichever identity a REGISTER named and whichever private identity it came from.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/ims/ifc.hpp"
#include "protocols/ims/reginfo.hpp"
#include "protocols/ims/snapshot.hpp"

namespace troupe::ims {

struct binding {
  std::uint64_t id = 0; ///< unlike any other of this set, also later
  registered_contact contact;
  std::string impu; ///< canonical: the identity that the REGISTER named
  std::string call_id;
  std::uint32_t cseq = 0;
  instant registered_at;
  reginfo::contact_event last_event = reginfo::contact_event::registered;
  std::string display_name;
  std::string user_agent;
  std::string access_info; ///< P-Access-Network-Info as it came
  std::string visited_network;
  bool outbound = false;            ///< RFC 5626: reg-id counts
  std::string temp_gruu;            ///< the last that was given; those before it hold too while the Call-ID stays
  std::uint32_t temp_gruu_cseq = 0; ///< of the REGISTER that got the first of them
  std::string unknown;              ///< fields of a later version
  friend bool operator==(const binding&, const binding&) = default;
};

struct registration_set {
  registration_state state = registration_state::not_registered;
  std::vector<binding> bindings;                ///< in the order of their registration
  std::shared_ptr<const std::string> user_data; ///< as the HSS sent it; null: none
  std::shared_ptr<const subscription> user;     ///< what it says
  charging_addresses charging;
  std::vector<std::string>
      associated_impis; ///< other private identities that share these public ones (TS 29.228 clause 6.1.2)
  std::uint64_t next_id = 1;
  std::string unknown;
};

/// Compares what encode() writes.
bool operator==(const registration_set& a, const registration_set& b);

/// The key of the set: canonical form of its default public user identity; empty when it has none.
std::string default_impu(const registration_set& set);
/// The immutable view for calls.
profile_snapshot snapshot_of(const registration_set& set);
/// The earliest expiry of a binding; nothing when there is none.
std::optional<instant> deadline_of(const registration_set& set) noexcept;

/// Appends the stored form; or answers it.
void encode_to(std::string& out, const registration_set& set);
std::string encode(const registration_set& set);
/// Parses the user data: a value whose user data is broken is broken. `known`: an earlier view of the set; user data that is
/// still the same is not parsed again.
std::optional<registration_set> decode_registration_set(std::string_view octets,
                                                        const profile_snapshot* known = nullptr);

/// A Contact of a REGISTER.
struct contact_request {
  std::string uri;
  std::string display_name;
  std::vector<contact_parameter> parameters; ///< without expires and q
  std::optional<std::uint32_t> expires;      ///< of the contact, else of the request
  std::uint16_t q = 1000;
  std::string instance_id;
  std::uint32_t reg_id = 0;
};

/// An authenticated REGISTER as the registrar reads it.
struct register_request {
  instant at;
  std::string impi;
  std::string impu; ///< canonical form of To
  std::string call_id;
  std::uint32_t cseq = 0;
  std::vector<contact_request> contacts;
  bool all_contacts = false; ///< Contact: *
  std::optional<std::uint32_t> expires;
  std::vector<std::string> path;
  bool supports_path = false;
  bool supports_outbound = false; ///< and the first Path value has ob
  bool supports_gruu = false;
  std::optional<std::uint64_t> gruu_nonce; ///< random, for temporary GRUUs; nothing: none is given
  std::string user_agent;
  std::string access_info;
  std::string visited_network;
  bool again = false;       ///< this very request was accepted before: its CSeq is no reason to refuse it
  sip::message_ref message; ///< filter criteria look into it
};
/// It goes to the HSS and back, and from shard to shard: never copied.
using register_request_ref = std::shared_ptr<const register_request>;

/// 400 for what cannot be understood, 416 for a To that is neither SIP nor tel.
result<register_request> read_register(const sip::message_ref& request, std::string_view impi, instant at);

} // namespace troupe::ims
