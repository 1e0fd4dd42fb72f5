#include <catch2/catch.hpp>

#include "protocols/ims/authentication.hpp"

using namespace troupe;
using namespace troupe::ims;
using namespace troupe::ims::auth_event;
namespace effect = troupe::ims::auth_effect;
using phase = authentication::phase;

namespace {

const authentication_policy policy;
const instant start{1'000'000};

auth_vector aka(char mark = 'r') {
  auth_vector v;
  v.scheme = "Digest-AKAv1-MD5";
  v.rand_autn = std::string(16, mark) + std::string(16, 'a');
  v.xres = "12345678";
  v.ck = std::string(16, 'c');
  v.ik = std::string(16, 'i');
  return v;
}

auth_vector sip_digest() {
  auth_vector v;
  v.scheme = "SIP Digest";
  v.realm = "h";
  v.digests = {{"MD5", std::string(32, '0')}};
  return v;
}

authentication idle() {
  authentication s;
  s.impi = "a@h";
  return s;
}

register_received initial(std::uint64_t ticket = 1, std::string call_id = "c1") {
  register_received e;
  e.ticket = ticket;
  e.at = start;
  e.impu = "sip:a@h";
  e.call_id = std::move(call_id);
  e.shield = protection::no;
  return e;
}

register_received answering(const authentication& s, bool right, std::uint64_t ticket = 2) {
  auto e = initial(ticket);
  e.answer = auth_answer{s.nonce, true, {}, 1};
  e.verify = [right](const auth_vector&) { return right; };
  return e;
}

authentication awaiting() { return on(idle(), initial(), policy).next; }

authentication challenged(auth_vector v = aka()) {
  return on(awaiting(), vectors_received{start, {std::move(v)}, "fresh"}, policy).next;
}

template <class Effect>
const Effect* find(const authentication_step& s) {
  for (auto& e : s.effects)
    if (auto found = std::get_if<Effect>(&e))
      return found;
  return nullptr;
}

} // namespace

TEST_CASE("TS 24.229 5.4.1.2.1: an unprotected REGISTER asks the HSS for vectors, once") {
  auto step = on(idle(), initial(), policy);
  CHECK(step.next.now == phase::awaiting_vectors);
  REQUIRE(step.effects.size() == 1);
  CHECK(*find<effect::fetch_vectors>(step) == effect::fetch_vectors{"a@h", "sip:a@h", ""});
}

TEST_CASE("TS 24.229 5.4.1.2.1: the vectors become a challenge, and reg-await-auth runs for four minutes") {
  auto step = on(awaiting(), vectors_received{start, {aka()}, ""}, policy);
  CHECK(step.next.now == phase::challenged);
  auto c = find<effect::challenge>(step);
  REQUIRE(c);
  CHECK(c->ticket == 1);
  CHECK(c->nonce == "cnJycnJycnJycnJycnJycmFhYWFhYWFhYWFhYWFhYWE=");
  CHECK(c->vector.ck == std::string(16, 'c'));
  CHECK_FALSE(c->stale);
  CHECK(deadline_of(step.next) == start + milliseconds(240'000));
}

TEST_CASE("TS 24.229 5.4.1.2.1: where the HSS has no vectors the REGISTER gets the status that its answer means") {
  auto status = GENERATE(403, 480, 504);
  auto step = on(awaiting(), vectors_failed{status}, policy);
  CHECK(*find<effect::refuse>(step) == effect::refuse{1, status});
  CHECK(is_settled(step.next));
  CHECK(find<effect::refuse>(on(awaiting(), vectors_received{start, {}, ""}, policy))->status == 500);
}

TEST_CASE("TS 24.229 5.4.1.2.2: a right response ends the challenge and lets the REGISTER through") {
  auto s = challenged();
  auto step = on(s, answering(s, true), policy);
  CHECK(*find<effect::accept>(step) == effect::accept{2, true});
  CHECK(step.effects.size() == 1);
  CHECK(is_settled(step.next));
  CHECK_FALSE(deadline_of(step.next));
}

TEST_CASE("TS 24.229 5.4.1.2.3: a wrong response gets 403 and the HSS is told") {
  auto s = challenged();
  auto step = on(s, answering(s, false), policy);
  CHECK(*find<effect::refuse>(step) == effect::refuse{2, 403});
  CHECK(*find<effect::tell_hss>(step) == effect::tell_hss{false});
  CHECK(is_settled(step.next));
}

TEST_CASE("TS 24.229 5.4.1.2.3: where policy says so, a wrong response gets a new challenge first") {
  authentication_policy lenient;
  lenient.challenges_for_wrong_response = 2;
  auto s = challenged();
  auto step = on(s, answering(s, false), lenient);
  REQUIRE(find<effect::fetch_vectors>(step));
  CHECK_FALSE(find<effect::refuse>(step));
  s = on(step.next, vectors_received{start, {aka('s')}, ""}, lenient).next;
  step = on(s, answering(s, false, 3), lenient);
  CHECK(*find<effect::refuse>(step) == effect::refuse{3, 403});
}

TEST_CASE("TS 24.229 5.4.1.2.3: AUTS goes to the HSS with the RAND that was sent, and new vectors are challenged") {
  auto s = challenged();
  s.unused = {aka('o')};
  auto e = answering(s, false);
  e.answer->has_response = false;
  e.answer->auts = std::string(14, 'u');
  auto step = on(s, e, policy);
  REQUIRE(find<effect::fetch_vectors>(step));
  CHECK(find<effect::fetch_vectors>(step)->resync == std::string(16, 'r') + std::string(14, 'u'));
  CHECK(step.next.unused.empty());
  step = on(step.next, vectors_received{start, {aka('n')}, ""}, policy);
  CHECK(find<effect::challenge>(step)->ticket == 2);
  CHECK(find<effect::challenge>(step)->vector == aka('n'));
}

TEST_CASE("TS 24.229 5.4.1.2.3, NOTE 1: resynchronisation is not tried for ever") {
  auto s = challenged();
  std::uint32_t fetches = 0;
  for (int i = 0; i < 10; ++i) {
    auto e = answering(s, false);
    e.answer->has_response = false;
    e.answer->auts = std::string(14, 'u');
    auto step = on(s, e, policy);
    if (find<effect::refuse>(step)) {
      CHECK(find<effect::refuse>(step)->status == 403);
      break;
    }
    ++fetches;
    s = on(step.next, vectors_received{start, {aka()}, ""}, policy).next;
  }
  CHECK(fetches == 2);
}

TEST_CASE("TS 24.229 5.4.1.2.3: an empty response without AUTS means a wrong MAC: another challenge, then 403") {
  auto s = challenged();
  auto e = answering(s, false);
  e.answer->has_response = false;
  auto step = on(s, e, policy);
  REQUIRE(find<effect::fetch_vectors>(step));
  CHECK(find<effect::fetch_vectors>(step)->resync.empty());
  s = step.next;
  s.now = phase::challenged;
  s.sent = aka();
  s.nonce = "n";
  s.challenges = policy.challenges_for_invalid;
  e.answer->nonce = "n";
  CHECK(find<effect::refuse>(on(s, e, policy))->status == 403);
}

TEST_CASE("TS 24.229 5.4.1.2.3: when reg-await-auth runs out the attempt has failed and the HSS is told") {
  auto s = challenged();
  auto early = on(s, time_passed{start + milliseconds(239'999)}, policy);
  CHECK(early.next == s);
  CHECK(early.effects.empty());
  auto step = on(s, time_passed{start + milliseconds(240'000)}, policy);
  CHECK(*find<effect::tell_hss>(step) == effect::tell_hss{true});
  CHECK(is_settled(step.next));
}

TEST_CASE("TS 24.229 5.4.1.2.2: an answer to another challenge, or of another call, is challenged anew") {
  auto s = challenged();
  auto e = answering(s, true);
  SECTION("another nonce") { e.answer->nonce = "other"; }
  SECTION("another Call-ID") { e.call_id = "c2"; }
  SECTION("no credentials at all") { e.answer.reset(); }
  SECTION("an initial REGISTER's empty nonce") { e.answer->nonce.clear(); }
  auto step = on(s, e, policy);
  CHECK_FALSE(find<effect::accept>(step));
  CHECK(find<effect::fetch_vectors>(step));
  CHECK(step.next.ticket == 2);
  CHECK_FALSE(step.next.sent);
}

TEST_CASE("TS 24.229 5.4.1.2.1: one challenge stands per private identity: the newer REGISTER gets it") {
  auto step = on(awaiting(), initial(7, "c7"), policy);
  CHECK(*find<effect::refuse>(step) == effect::refuse{1, 500});
  CHECK(step.effects.size() == 1);
  step = on(step.next, vectors_received{start, {aka()}, ""}, policy);
  CHECK(find<effect::challenge>(step)->ticket == 7);
  CHECK(step.next.call_id == "c7");
}

TEST_CASE("TS 24.229 5.4.1.2.2: who may register again without a challenge") {
  struct row {
    protection shield;
    bool registered;
    bool accepted;
  };
  auto r = GENERATE(values<row>({{protection::yes, true, true},
                                 {protection::yes, false, false},
                                 {protection::no, true, false},
                                 {protection::absent, true, false},
                                 {protection::tls_yes, true, true},
                                 {protection::tls_connected, true, true},
                                 {protection::ip_assoc_yes, true, true},
                                 {protection::auth_done, true, true},
                                 {protection::tls_pending, true, false},
                                 {protection::ip_assoc_pending, true, false},
                                 {protection::tls_yes, false, false}}));
  INFO(to_string(r.shield) << " " << r.registered);
  auto e = initial();
  e.shield = r.shield;
  e.contact_registered = r.registered;
  auto step = on(idle(), e, policy);
  CHECK(static_cast<bool>(find<effect::accept>(step)) == r.accepted);
  CHECK(static_cast<bool>(find<effect::fetch_vectors>(step)) == !r.accepted);
  authentication_policy strict;
  strict.challenge_re_registrations = true;
  CHECK(find<effect::fetch_vectors>(on(idle(), e, strict)));
}

TEST_CASE("TS 24.229 5.4.1.2.1: vectors left over are used before the HSS is asked again") {
  auto s = on(awaiting(), vectors_received{start, {aka('1'), aka('2')}, ""}, policy).next;
  s = on(s, answering(s, true), policy).next;
  CHECK_FALSE(is_settled(s));
  auto step = on(s, initial(3), policy);
  CHECK_FALSE(find<effect::fetch_vectors>(step));
  REQUIRE(find<effect::challenge>(step));
  CHECK(find<effect::challenge>(step)->vector == aka('2'));
  CHECK(is_settled(on(step.next, answering(step.next, true), policy).next));
}

TEST_CASE("TS 33.203 N.2.1.2: a SIP digest nonce holds for a while, each count once") {
  auto s = challenged(sip_digest());
  CHECK(s.nonce == "fresh");
  s = on(s, answering(s, true), policy).next;
  CHECK_FALSE(is_settled(s));
  auto again = answering(s, true, 5);
  again.call_id = "another";
  again.answer->nonce_count = 2;
  auto step = on(s, again, policy);
  CHECK(*find<effect::accept>(step) == effect::accept{5, true});
  SECTION("a repeated count is stale") {
    step = on(step.next, again, policy);
    CHECK(find<effect::fetch_vectors>(step));
    step = on(step.next, vectors_received{start, {sip_digest()}, "newer"}, policy);
    CHECK(find<effect::challenge>(step)->stale);
  }
  SECTION("a wrong response is challenged, not stale") {
    again.answer->nonce_count = 3;
    again.verify = [](const auth_vector&) { return false; };
    step = on(step.next, again, policy);
    step = on(step.next, vectors_received{start, {sip_digest()}, "newer"}, policy);
    CHECK_FALSE(find<effect::challenge>(step)->stale);
  }
  SECTION("after its lifetime it is stale") {
    again.answer->nonce_count = 3;
    again.at = start + milliseconds(300'000);
    step = on(step.next, again, policy);
    CHECK(find<effect::fetch_vectors>(step));
    CHECK(step.next.stale);
  }
  SECTION("time takes it away without telling the HSS") {
    auto late = on(step.next, time_passed{start + milliseconds(300'000)}, policy);
    CHECK(late.effects.empty());
    CHECK(is_settled(late.next));
  }
}

TEST_CASE("RFC 3261 17.1.2.2: the REGISTER that was accepted is accepted when it comes again, for 64*T1") {
  for (auto& vector : {aka(), sip_digest()}) {
    auto s = challenged(vector);
    auto request = answering(s, true);
    request.print = 17;
    s = on(s, request, policy).next;
    REQUIRE(s.accepted == 17);
    CHECK_FALSE(is_settled(s));
    s = *decode_authentication(encode(s)); // by another node
    auto ends = start + policy.repeated_for;
    for (auto at : {start, ends}) {
      request.at = at;
      auto step = on(s, request, policy);
      REQUIRE(step.effects.size() == 1);
      CHECK(*find<effect::accept>(step) == effect::accept{2, true, true});
      CHECK(step.next == s);
    }
    request.at = ends + milliseconds(1);
    CHECK_FALSE(find<effect::accept>(on(s, request, policy)));
    request.at = start;
    request.print = 18; // a replay from elsewhere
    CHECK_FALSE(find<effect::accept>(on(s, request, policy)));
    CHECK(deadline_of(s) == (vector.is_aka() ? ends : start + policy.nonce_lifetime));
    auto later = on(s, time_passed{ends}, policy).next;
    CHECK(later.accepted == 0);
    CHECK(is_settled(later) == vector.is_aka());
  }
}

TEST_CASE("an AKA nonce is good once") {
  auto s = challenged();
  auto answer = answering(s, true);
  s = on(s, answer, policy).next;
  auto step = on(s, answer, policy);
  CHECK_FALSE(find<effect::accept>(step));
  CHECK(find<effect::fetch_vectors>(step));
}

TEST_CASE("every authentication state takes every event without losing a request") {
  auto s = GENERATE(idle(), awaiting(), challenged(), challenged(sip_digest()));
  SECTION("vectors that nobody waits for change nothing") {
    if (s.now != phase::awaiting_vectors) {
      auto step = on(s, vectors_received{start, {aka()}, ""}, policy);
      CHECK(step.next == s);
      CHECK(step.effects.empty());
      step = on(s, vectors_failed{500}, policy);
      CHECK(step.next == s);
      CHECK(step.effects.empty());
    }
  }
  SECTION("a REGISTER is always answered, or waits for vectors") {
    auto step = on(s, initial(9), policy);
    CHECK((find<effect::accept>(step) || find<effect::challenge>(step) || step.next.ticket == 9));
  }
  SECTION("time before any deadline changes nothing") { CHECK(on(s, time_passed{start}, policy).next == s); }
}

TEST_CASE("the stored form of an authentication is read back, fields of a later version and all") {
  auto s = GENERATE(idle(), awaiting(), challenged(), challenged(sip_digest()));
  s.unused = {aka('u')};
  s.unused[0].unknown = "later";
  s.unknown = "later still";
  CHECK(*decode_authentication(encode(s)) == s);
}

TEST_CASE("a stored authentication that is cut short or turned is refused and never crashes") {
  auto octets = encode(challenged(sip_digest()));
  std::size_t of_before = octets.size() - 2; // where records ended that knew of no accepted request
  for (std::size_t i = 0; i < octets.size(); ++i) {
    CHECK(decode_authentication(std::string_view(octets).substr(0, i)).has_value() == (i == of_before));
    auto turned = octets;
    turned[i] = static_cast<char>(turned[i] ^ 0x80);
    auto read = decode_authentication(turned);
    if (read)
      CHECK(decode_authentication(encode(*read)) == read);
  }
}
