// Between authentication.hpp and the wire: what a REGISTER's Authorization answers, whether it is right, and the
// WWW-Authenticate of a challenge. TS 24.229 clauses 5.4.1.2.1 to 5.4.1.2.3 and 7.2A.1; RFC 3310, RFC 7616, RFC 8760.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/ims/authentication.hpp"
#include "protocols/sip/digest_header.hpp"
#include "protocols/sip/message.hpp"

namespace troupe::ims {

/// The first Digest credentials of the request's Authorization fields. Views the message.
struct register_credentials {
  sip::digest_credentials digest;
  protection shield = protection::absent;
};
/// Nothing when there is no Authorization; an error (400) when it is broken, 401's business being Digest alone.
result<std::optional<register_credentials>> read_register_credentials(const sip::message& request);

/// Nothing when the credentials answer no challenge (an initial REGISTER has an empty nonce).
std::optional<auth_answer> to_answer(const register_credentials& c);

/// `realm` is the one that was sent with AKA; SIP digest has the vector's own. The username must be the IMPI.
bool right_response(const auth_vector& vector, const register_credentials& c, std::string_view impi,
                    std::string_view realm, const sip::message& request);

/// One value for AKA; for SIP digest one for each algorithm, the strongest first. With ck and ik, which the P-CSCF
/// takes out.
std::vector<std::string> to_www_authenticate(const auth_effect::challenge& challenge, std::string_view realm);

} // namespace troupe::ims
