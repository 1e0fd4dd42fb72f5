// A private identity's authentication at the S-CSCF: TS 24.229 clauses 5.4.1.2.1 to 5.4.1.2.3, TS 33.203 clause 6.1
// and Annex N.
//
// A REGISTER without protection is challenged, and one challenge at a time stands for a private identity; it ends
// with a right answer, a wrong one, or after reg-await-auth. What is asked of the HSS, and what the digest says, are
// events and a callback.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "protocols/base/time.hpp"
#include "protocols/ims/trust.hpp"

namespace troupe::ims {

/// What the HSS gives to challenge with: SIP-Auth-Data-Item, TS 29.228 clause 6.3. Octet strings are held as
/// std::string.
struct auth_vector {
  std::string scheme;    ///< "Digest-AKAv1-MD5", ..., "SIP Digest"
  std::string rand_autn; ///< AKA: RAND || AUTN
  std::string xres;
  std::string ck;
  std::string ik;
  std::string realm; ///< SIP Digest
  std::string qop;
  struct digest {
    std::string algorithm; ///< as in the header: MD5, SHA-256
    std::string ha1;
    friend bool operator==(const digest&, const digest&) = default;
  };
  std::vector<digest> digests;
  std::string unknown; ///< fields of a later version

  bool is_aka() const noexcept { return !rand_autn.empty(); }
  friend bool operator==(const auth_vector&, const auth_vector&) = default;
};

struct authentication_policy {
  milliseconds reg_await_auth{240'000};
  /// A wrong response is answered with another challenge until this many were made for one registration attempt; then
  /// 403.
  std::uint32_t challenges_for_wrong_response = 1;
  /// After a failed MAC or SQN the UE answers to two consecutive challenges (clause 5.4.1.2.3, NOTE 1).
  std::uint32_t challenges_for_invalid = 3;
  /// Challenge a protected re-registration too (clause 5.4.1.2.2 step 1).
  bool challenge_re_registrations = false;
  /// How long a SIP digest nonce may be used again, with a higher nonce count (TS 33.203 Annex N.2.1.2). Zero: once.
  milliseconds nonce_lifetime{300'000};
  /// For so long, 64*T1, a REGISTER may be repeated (RFC 3261 clause 17.1.2.2). While its transaction lives that answers; over
  /// the death of a node it comes here once more, and is no replay.
  milliseconds repeated_for{32'000};
};

/// The state: what is replicated.
struct authentication {
  enum class phase : std::uint8_t { idle, awaiting_vectors, challenged };

  phase now = phase::idle;
  std::string impi;
  std::string impu;
  std::string call_id;             ///< of the REGISTER that was challenged
  std::uint64_t ticket = 0;        ///< awaiting_vectors: the request that will be challenged
  std::uint32_t challenges = 0;    ///< made since this attempt began
  std::optional<auth_vector> sent; ///< challenged: what the answer is held against; idle: a digest nonce still good
  std::string nonce;
  std::uint32_t nonce_count = 0;   ///< the highest that was accepted
  instant deadline;                ///< challenged: end of reg-await-auth; idle with `sent`: of the nonce
  bool stale = false;              ///< the next challenge says stale=true
  std::vector<auth_vector> unused; ///< further vectors of one answer
  std::uint64_t accepted = 0;      ///< register_received::print of the last that was verified; 0: none
  instant accepted_until;          ///< when it comes again until then, it is accepted again
  std::string unknown;

  friend bool operator==(const authentication&, const authentication&) = default;
};

/// Credentials of a REGISTER as the machine looks at them.
struct auth_answer {
  std::string nonce;
  bool has_response = false; ///< the response parameter is not empty
  std::string auts;          ///< octets; empty if none
  std::uint32_t nonce_count = 0;
};

namespace auth_event {
struct register_received {
  std::uint64_t ticket = 0; ///< names the request in the effects
  instant at;
  std::string impu;
  std::string call_id;
  protection shield = protection::absent;
  bool contact_registered = false; ///< this IMPI has the contact registered: may re-register without a challenge
  std::optional<auth_answer> answer;
  /// Of all by which a repeated REGISTER is the same, and comes from the same UE; 0: not known.
  std::uint64_t print = 0;
  /// True when the response is right for this vector and nonce: right_response() of auth_digest.hpp.
  std::function<bool(const auth_vector&)> verify;
};
struct vectors_received {
  instant at;
  std::vector<auth_vector> vectors; ///< in the order of use, not empty
  std::string fresh_nonce;          ///< for SIP digest: unpredictable text
};
struct vectors_failed {
  int status = 500; ///< what the UE is told: 403 for an unknown user, 504 or 480 for an HSS that is away
};
struct time_passed {
  instant at;
};
} // namespace auth_event
using authentication_event = std::variant<auth_event::register_received, auth_event::vectors_received,
                                          auth_event::vectors_failed, auth_event::time_passed>;

namespace auth_effect {
/// MAR. `resync` is RAND || AUTS, or empty.
struct fetch_vectors {
  std::string impi;
  std::string impu;
  std::string resync;
  friend bool operator==(const fetch_vectors&, const fetch_vectors&) = default;
};
/// 401 with these values; ck and ik for the P-CSCF.
struct challenge {
  std::uint64_t ticket = 0;
  auth_vector vector;
  std::string nonce;
  bool stale = false;
  friend bool operator==(const challenge&, const challenge&) = default;
};
/// Goes on to the registrar. `verified`: a response was checked; else the protection was enough.
struct accept {
  std::uint64_t ticket = 0;
  bool verified = false;
  bool again = false; ///< it was accepted before: the registrar may have carried it out
  friend bool operator==(const accept&, const accept&) = default;
};
struct refuse {
  std::uint64_t ticket = 0;
  int status = 403;
  friend bool operator==(const refuse&, const refuse&) = default;
};
/// SAR with AUTHENTICATION_FAILURE or AUTHENTICATION_TIMEOUT.
struct tell_hss {
  bool timeout = false;
  friend bool operator==(const tell_hss&, const tell_hss&) = default;
};
} // namespace auth_effect
using authentication_effect = std::variant<auth_effect::fetch_vectors, auth_effect::challenge, auth_effect::accept,
                                           auth_effect::refuse, auth_effect::tell_hss>;

struct authentication_step {
  authentication next;
  std::vector<authentication_effect> effects;
};

authentication_step on(authentication state, const authentication_event& event, const authentication_policy& policy);

/// True when the state holds nothing that must be kept.
bool is_settled(const authentication& state) noexcept;
/// When time_passed is due; nothing when no timer runs.
std::optional<instant> deadline_of(const authentication& state) noexcept;

/// Appends the stored form; or answers it.
void encode_to(std::string& out, const authentication& state);
std::string encode(const authentication& state);
std::optional<authentication> decode_authentication(std::string_view octets);

} // namespace troupe::ims
