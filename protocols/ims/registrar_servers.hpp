// Which application servers learn of a registration: TS 24.229 clause 5.4.1.7.
#pragma once

#include "protocols/ims/registrar.hpp"

namespace troupe::ims {

/// Rounded up; 0 when it is over.
std::uint32_t seconds_left(instant until, instant now) noexcept;

/// For each service profile those whose criteria match `request`, with an identity of that profile: `named` (canonical)
/// where it belongs to it and is not barred, else its first.
std::vector<third_party_register> servers_to_register_at(const registration_set& set, const sip::message& request,
                                                         std::string_view named, registration_type type, instant at);

/// Whose REGISTERs they are, and of what they tell. `heard` is the UE's REGISTER and `answered` its 200; null where no
/// REGISTER of the UE is behind it.
struct third_party_source {
  std::string_view scscf_name; ///< URI: From and Contact
  std::string_view ioi;        ///< of the home network
  const charging_addresses& charging;
  sip::message_ref heard;
  sip::message_ref answered;
};

/// Without From's tag, Call-ID and CSeq, which are the sender's. Bodies of more than one kind are multipart/mixed, cut
/// by `boundary`, which must be random.
sip::message make_third_party_register(const third_party_register& what, const third_party_source& from,
                                       std::string_view boundary);

/// What the filter criteria look at where no REGISTER of the UE ends the registration.
sip::message network_de_registration(const registration_set& set);

} // namespace troupe::ims
