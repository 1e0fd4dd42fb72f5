// The HSS's side of Cx: TS 29.228 clause 6.1 and 6.3, each rule as a sentence.
#include "subscribers.hpp"

#include <set>

#include "protocols/aka/usim.hpp"

using namespace troupe;
using namespace troupe::hss;
using type = cx::assignment_type;

namespace {

const std::string impi = "001010000000001@ims.example";
const std::string anna = "sip:anna@ims.example";
const std::string work = "sip:work@ims.example";

/// A subscription and its state, as the shell keeps them.
struct bench {
  services_pool pool;
  subscriber who;
  assignment now;
  instant at = noon;

  explicit bench(const std::string& toml = phone_toml) : who(read_one(toml, pool)), now(nobody_registered(who)) {}

  cx::uaa uar(const std::string& impu, cx::authorization_type t = cx::authorization_type::registration,
              const std::string& network = "ims.example", bool emergency = false) {
    return on(who, now, cx::uar{who.privates[0].impi, impu, network, t, emergency}, at);
  }
  cx::lia lir(const std::string& impu, bool originating = false) {
    return on(who, now, cx::lir{impu, originating, false});
  }
  sar_step sar(type t, std::vector<std::string> impus, const std::string& server = scscf,
               const std::string& by = impi) {
    cx::sar request{by, std::move(impus), server, t, false};
    auto step = on(who, now, request, at);
    if (step.next)
      now = *step.next;
    return step;
  }
  mar_step mar(const std::string& impu, const std::string& scheme = cx::scheme::unknown,
               const std::string& server = scscf) {
    cx::mar request{who.privates[0].impi, impu, server, scheme, 1, {}};
    auto step = on(who, now, request);
    if (step.next)
      now = *step.next;
    return step;
  }
  void register_anna() {
    mar(anna);
    REQUIRE(sar(type::registration, {anna}).answer.result == cx::success);
  }
  /// Nothing is left but who went last.
  bool nobody() const {
    auto left = now;
    left.left.clear();
    left.left_at = {};
    return left == nobody_registered(who);
  }
  registration_state state(std::size_t set = 0) const { return now.sets[set].state; }
};

const std::string with_voicemail = phone_toml + R"(
[[subscriber.set.ifc]]
server = "sip:voicemail.ims.example"
when = [{session_case = "terminating_unregistered"}]
)";

} // namespace

TEST_CASE("6.1.1.1: who left a moment ago may say so again, for as long as a REGISTER is repeated") {
  auto leaving = cx::authorization_type::de_registration;
  bench b;
  b.register_anna();
  b.sar(type::user_deregistration, {anna});
  CHECK(b.uar(anna, leaving).result == cx::success);
  CHECK(b.uar(anna, leaving).server_name == scscf);
  CHECK(b.uar(anna).result == cx::first_registration);
  CHECK(b.lir(anna).result == cx::identity_not_registered);
  b.at = noon + leaves_for + milliseconds(1);
  CHECK(b.uar(anna, leaving).result == cx::identity_not_registered);
  b.at = noon - milliseconds(1); // a clock that was set back
  CHECK(b.uar(anna, leaving).result == cx::identity_not_registered);
  b.at = noon;
  b.register_anna();
  b.sar(type::administrative_deregistration, {anna});
  CHECK(b.uar(anna, leaving).result == cx::identity_not_registered);
}

TEST_CASE("TS 29.228 6.1: unknown identities, and ones that are not of one subscription, are told apart") {
  int one = 0;
  int two = 0;
  CHECK(identify(&one, &one, "a", "b") == cx::success);
  CHECK(identify(nullptr, &one, "a", "b") == cx::user_unknown);
  CHECK(identify(&one, nullptr, "a", "b") == cx::user_unknown);
  CHECK(identify(&one, &two, "a", "b") == cx::identities_dont_match);
  CHECK(identify(nullptr, &one, "", "b") == cx::success);
  CHECK(identify(nullptr, nullptr, "", "") == cx::missing_avp);
}

TEST_CASE("TS 29.228 6.1.1.1: a first registration gets the capabilities to choose an S-CSCF by") {
  bench b(phone_toml);
  CHECK(b.uar(anna).result == cx::first_registration);
  CHECK_FALSE(b.uar(anna).capabilities);
  b.who.capabilities.mandatory = {7};
  CHECK(b.uar(anna).capabilities->mandatory == std::vector<std::uint32_t>{7});
  CHECK(b.uar(anna).server_name.empty());
}

TEST_CASE("TS 29.228 6.1.1.1: the answer to a challenge finds the S-CSCF that gave it") {
  bench b;
  b.mar(anna);
  auto answer = b.uar(anna);
  CHECK(answer.result == cx::subsequent_registration);
  CHECK(answer.server_name == scscf);
}

TEST_CASE("TS 29.228 6.1.1.1: a registered subscription keeps its S-CSCF, for its other sets too") {
  bench b;
  b.register_anna();
  for (auto& impu : {anna, work}) {
    CHECK(b.uar(impu).result == cx::subsequent_registration);
    CHECK(b.uar(impu).server_name == scscf);
  }
}

TEST_CASE("TS 29.228 6.1.1.1: a de-registration needs a registration and no leave to roam") {
  bench b;
  b.who.visited_networks = {"ims.example"};
  auto leaving = cx::authorization_type::de_registration;
  CHECK(b.uar(anna, leaving, "elsewhere.example").result == cx::identity_not_registered);
  b.register_anna();
  CHECK(b.uar(anna, leaving, "elsewhere.example").result == cx::success);
  CHECK(b.uar(anna, leaving).server_name == scscf);
  CHECK(b.uar(work, leaving).result == cx::identity_not_registered);
}

TEST_CASE("TS 29.228 6.1.1.1: registering in a network where one may not is refused, but for an emergency") {
  bench b;
  b.who.visited_networks = {"ims.example", "Partner.example"};
  auto first = cx::authorization_type::registration;
  CHECK(b.uar(anna, first, "elsewhere.example").result == cx::roaming_not_allowed);
  CHECK(b.uar(anna, first, "partner.example").result == cx::first_registration);
  CHECK(b.uar(anna, first, "elsewhere.example", true).result == cx::first_registration);
  CHECK(b.uar(anna, cx::authorization_type::registration_and_capabilities, "elsewhere.example").result ==
        cx::roaming_not_allowed);
}

TEST_CASE("TS 29.228 6.1.1.1: a barred identity registers for the sake of the others of its set, and alone not") {
  bench b;
  CHECK(b.uar("sip:001010000000001@ims.example").result == cx::first_registration);
  b.who.sets[1].identities[0].barred = true;
  CHECK(b.uar(work).result == cx::authorization_rejected);
  CHECK(b.uar(work, cx::authorization_type::registration, "", true).result == cx::first_registration);
}

TEST_CASE("TS 29.228 6.1.1.1: asked for capabilities, the HSS names no S-CSCF") {
  bench b;
  b.register_anna();
  b.who.capabilities.optional = {3};
  auto answer = b.uar(anna, cx::authorization_type::registration_and_capabilities);
  CHECK(answer.result == cx::success);
  CHECK(answer.server_name.empty());
  CHECK(answer.capabilities->optional == std::vector<std::uint32_t>{3});
}

TEST_CASE("TS 29.228 6.1.4.1: registered users are found at their S-CSCF") {
  bench b;
  b.register_anna();
  for (auto impu : {"sip:anna@ims.example", "tel:+15550000001"}) {
    CHECK(b.lir(impu).result == cx::success);
    CHECK(b.lir(impu).server_name == scscf);
  }
}

TEST_CASE("TS 29.228 6.1.4.1: without services for it, an unregistered user cannot be called") {
  bench b;
  CHECK(b.lir(anna).result == cx::identity_not_registered);
}

TEST_CASE("TS 29.228 6.1.4.1: with services for it an unregistered user is served") {
  bench b(with_voicemail);
  CHECK(b.lir(work).result == cx::unregistered_service);
  CHECK(b.lir(work).server_name.empty());
  b.register_anna();
  CHECK(b.lir(work).result == cx::success);
  CHECK(b.lir(work).server_name == scscf);
}

TEST_CASE("TS 29.228 6.1.4.1: an AS may originate for an unregistered user") {
  bench b;
  CHECK(b.lir(anna, true).result == cx::unregistered_service);
}

TEST_CASE("TS 29.228 6.1.4.1: asked for capabilities, so that another S-CSCF is chosen, it gives them") {
  bench b;
  b.register_anna();
  b.who.capabilities.mandatory = {1};
  auto answer = on(b.who, b.now, cx::lir{anna, false, true});
  CHECK(answer.result == cx::success);
  CHECK(answer.server_name.empty());
  CHECK(answer.capabilities->mandatory == std::vector<std::uint32_t>{1});
}

TEST_CASE("TS 29.228 6.1.2.1: SAR REGISTRATION: the set is registered, with profile and charging addresses") {
  bench b;
  b.who.charging.primary_ccf = "aaa://ccf.ims.example";
  b.mar(anna);
  auto step = b.sar(type::registration, {anna});
  CHECK(step.answer.result == cx::success);
  CHECK(step.user_data_of == 0u);
  CHECK(step.answer.charging.primary_ccf == "aaa://ccf.ims.example");
  CHECK(b.state() == registration_state::registered);
  CHECK(b.state(1) == registration_state::not_registered);
  CHECK(b.now.sets[0].pending == 0);
  CHECK(b.now.server_name == scscf);
}

TEST_CASE("TS 29.228 6.1.2.1: SAR RE_REGISTRATION: no profile when the S-CSCF has it, and nothing to write") {
  bench b;
  b.register_anna();
  auto before = b.now;
  cx::sar request{impi, {anna}, scscf, type::re_registration, true};
  auto step = on(b.who, b.now, request, b.at);
  CHECK(step.answer.result == cx::success);
  CHECK_FALSE(step.user_data_of);
  CHECK(settled(*step.next) == settled(before));
}

TEST_CASE("TS 29.228 6.1.2.1: SAR REGISTRATION by another S-CSCF: the one before is told") {
  bench b;
  b.register_anna();
  b.mar(anna, cx::scheme::unknown, other_scscf);
  auto step = b.sar(type::registration, {anna}, other_scscf);
  CHECK(step.answer.result == cx::success);
  REQUIRE(step.notices.size() == 1);
  CHECK(step.notices[0].server_name == scscf);
  CHECK(step.notices[0].reason == cx::deregistration_reason::new_server_assigned);
  CHECK(b.now.server_name == other_scscf);
  CHECK(b.now.displaced.empty());
}

TEST_CASE("TS 29.228 6.1.2.1: a challenge provoked at another S-CSCF takes nobody away from his own") {
  auto end = GENERATE(type::authentication_failure, type::authentication_timeout);
  bench b;
  b.register_anna();
  b.mar(anna, cx::scheme::unknown, other_scscf);
  b.sar(end, {anna}, other_scscf);
  CHECK(b.now.server_name == scscf);
  CHECK(b.state() == registration_state::registered);
  CHECK(b.now.sets[0].pending == 0);
}

TEST_CASE("TS 29.228 6.1.2.1: SAR AUTHENTICATION_FAILURE and _TIMEOUT leave no S-CSCF behind") {
  auto end = GENERATE(type::authentication_failure, type::authentication_timeout);
  bench b;
  b.mar(anna);
  CHECK(b.sar(end, {anna}).answer.result == cx::success);
  CHECK(b.now == nobody_registered(b.who));
}

TEST_CASE("TS 29.228 6.1.2.1: SAR AUTHENTICATION_TIMEOUT of one set leaves another's challenge standing") {
  bench b;
  b.mar(anna);
  b.mar(work);
  b.sar(type::authentication_timeout, {anna});
  CHECK(b.now.server_name == scscf);
  CHECK(b.now.sets[1].pending == 1);
}

TEST_CASE("TS 29.228 6.1.2.1: SAR UNREGISTERED_USER: the S-CSCF serves the user; another may not") {
  bench b(with_voicemail);
  cx::sar request{{}, {work}, scscf, type::unregistered_user, false};
  auto step = on(b.who, b.now, request, b.at);
  CHECK(step.answer.result == cx::success);
  CHECK(step.answer.impi == impi);
  CHECK(step.user_data_of == 1u);
  b.now = *step.next;
  CHECK(b.state(1) == registration_state::unregistered);
  CHECK(b.lir(work).server_name == scscf);
  auto refused = b.sar(type::unregistered_user, {work}, other_scscf);
  CHECK(refused.answer.result == cx::identity_already_registered);
  CHECK(refused.answer.server_name == scscf);
  CHECK_FALSE(refused.next);
}

TEST_CASE("TS 29.228 6.1.2.1: SAR NO_ASSIGNMENT: the assigned S-CSCF alone gets the profile again") {
  bench b;
  CHECK(b.sar(type::no_assignment, {anna}).answer.result == cx::unable_to_comply);
  b.register_anna();
  auto step = b.sar(type::no_assignment, {anna});
  CHECK(step.answer.result == cx::success);
  CHECK(step.user_data_of == 0u);
  CHECK_FALSE(step.next);
  CHECK(b.sar(type::no_assignment, {anna}, other_scscf).answer.result == cx::unable_to_comply);
  CHECK(b.sar(type::no_assignment, {work}).answer.result == cx::unable_to_comply);
}

TEST_CASE("TS 29.228 6.1.2.1: SAR de-registrations free the set, and the S-CSCF's name with the last") {
  auto end = GENERATE(type::timeout_deregistration, type::user_deregistration, type::administrative_deregistration,
                      type::deregistration_too_much_data);
  bench b;
  b.register_anna();
  REQUIRE(b.sar(type::registration, {work}).answer.result == cx::success);
  CHECK(b.sar(end, {anna}).answer.result == cx::success);
  CHECK(b.state() == registration_state::not_registered);
  CHECK(b.state(1) == registration_state::registered);
  CHECK(b.now.server_name == scscf);
  CHECK(b.sar(end, {work}).answer.result == cx::success);
  CHECK(b.nobody());
}

TEST_CASE("TS 29.228 6.1.2.1: SAR de-registration may name several identities, or the private one alone") {
  bench b;
  b.register_anna();
  b.sar(type::registration, {work});
  SECTION("several") { CHECK(b.sar(type::user_deregistration, {anna, work}).answer.result == cx::success); }
  SECTION("none") { CHECK(b.sar(type::user_deregistration, {}).answer.result == cx::success); }
  CHECK(b.nobody());
}

TEST_CASE("TS 29.228 6.1.2.1: SAR de-registration from an S-CSCF that was replaced ends nothing") {
  bench b;
  b.register_anna();
  auto step = b.sar(type::timeout_deregistration, {anna}, other_scscf);
  CHECK(step.answer.result == cx::unable_to_comply);
  CHECK(b.state() == registration_state::registered);
}

TEST_CASE("TS 29.228 6.1.2.1: SAR *_STORE_SERVER_NAME: the name is kept if the unregistered have services") {
  auto end = GENERATE(type::user_deregistration_store_server_name, type::timeout_deregistration_store_server_name);
  bench b(with_voicemail);
  b.register_anna();
  b.sar(type::registration, {work});
  CHECK(b.sar(end, {work}).answer.result == cx::success);
  CHECK(b.state(1) == registration_state::unregistered);
  CHECK(b.sar(end, {anna}).answer.result == cx::success_server_name_not_stored);
  CHECK(b.state() == registration_state::not_registered);
  CHECK(b.now.server_name == scscf);
}

TEST_CASE("TS 29.228 6.1.2.1: SAR: a set stays registered while one of its devices is") {
  bench b(phone_toml + R"(
[[subscriber.private]]
impi = "tablet@ims.example"
password = "p"
)");
  b.register_anna();
  auto step = b.sar(type::registration, {anna}, scscf, "tablet@ims.example");
  CHECK(step.answer.associated_impis == std::vector<std::string>{impi});
  b.sar(type::user_deregistration, {anna});
  CHECK(b.state() == registration_state::registered);
  b.sar(type::user_deregistration, {anna}, scscf, "tablet@ims.example");
  CHECK(b.nobody());
}

TEST_CASE("TS 29.228 6.1.2.1: SAR: what lacks a part, or has one too many, is refused") {
  bench b;
  CHECK(b.sar(type::registration, {anna}, "").answer.result == cx::missing_avp);
  CHECK(b.sar(type::registration, {}).answer.result == cx::missing_avp);
  CHECK(b.sar(type::registration, {anna}, scscf, "").answer.result == cx::missing_avp);
  CHECK(b.sar(type::registration, {anna, work}).answer.result == cx::avp_occurs_too_many_times);
  CHECK(b.sar(static_cast<type>(99), {anna}).answer.result == cx::in_assignment_type);
  CHECK(b.now == nobody_registered(b.who));
}

TEST_CASE("TS 29.228 6.3.1: the scheme is the subscriber's own, and another is refused") {
  bench phone;
  CHECK(phone.mar(anna).scheme == cx::scheme::aka_v1_md5);
  CHECK(phone.mar(anna, "").scheme == cx::scheme::aka_v1_md5);
  CHECK(phone.mar(anna, "digest-akav2-sha-256").scheme == cx::scheme::aka_v2_sha256);
  CHECK(phone.mar(anna, cx::scheme::aka_v2_md5).scheme == cx::scheme::aka_v2_md5);
  CHECK(phone.mar(anna, cx::scheme::sip_digest).refused->result == cx::auth_scheme_not_supported);
  CHECK(phone.mar(anna, "Early-IMS-Security").refused->result == cx::auth_scheme_not_supported);

  bench alice(alice_toml);
  CHECK(alice.mar("sip:alice@ims.example").scheme == cx::scheme::sip_digest);
  CHECK(alice.mar("sip:alice@ims.example", cx::scheme::aka_v1_md5).refused->result == cx::auth_scheme_not_supported);
}

TEST_CASE("TS 29.228 6.3.1: a refused one changes nothing") {
  bench b;
  b.mar(anna, cx::scheme::sip_digest);
  CHECK(b.now == nobody_registered(b.who));
}

TEST_CASE("TS 29.228 6.3.1: at most five vectors are given at once, and at least one") {
  bench b;
  for (auto [asked, given] : {std::pair(0u, 1u), {3u, 3u}, {100u, 5u}}) {
    cx::mar request{impi, anna, scscf, cx::scheme::unknown, asked, {}};
    CHECK(on(b.who, b.now, request).items == given);
  }
}

TEST_CASE("TS 29.228 6.3.1: a synchronisation failure is taken from the S-CSCF that gave the challenge alone") {
  bench b;
  b.mar(anna);
  cx::mar request{impi, anna, other_scscf, cx::scheme::unknown, 1, std::string(30, 'x')};
  CHECK(on(b.who, b.now, request).refused->result == cx::unable_to_comply);
  request.server_name = scscf;
  CHECK_FALSE(on(b.who, b.now, request).refused);
}

TEST_CASE("TS 29.228 6.3.1: nothing of it is written to disk: a crash forgets challenges") {
  bench b;
  auto before = settled(b.now);
  b.mar(anna);
  CHECK(settled(b.now) == before);
  CHECK(equally_settled(b.now, before));
  b.register_anna();
  auto registered = settled(b.now);
  CHECK_FALSE(equally_settled(b.now, before));
  b.mar(anna, cx::scheme::unknown, other_scscf);
  CHECK(b.now.server_name == other_scscf);
  CHECK(settled(b.now) == registered);
  CHECK(equally_settled(b.now, registered));
}

TEST_CASE(
    "what outlives a crash differs by the server, by who registered and by the sets' states, and by nothing else") {
  auto state = registration_state::registered;
  assignment a{scscf, {}, {{state, 1, 0}, {}}};
  auto differs = [&](const assignment& b) {
    CHECK(equally_settled(a, b) == (settled(a) == settled(b)));
    return !equally_settled(a, b);
  };
  CHECK_FALSE(differs({scscf, {}, {{state, 1, 3}, {registration_state::not_registered, 0, 1}}}));
  CHECK_FALSE(differs({other_scscf, scscf, {{state, 1, 0}, {}}}));
  CHECK(differs({other_scscf, {}, {{state, 1, 0}, {}}}));
  CHECK(differs({scscf, {}, {{state, 2, 0}, {}}}));
  CHECK(differs({scscf, {}, {{registration_state::unregistered, 1, 0}, {}}}));
  CHECK(differs({scscf, {}, {{state, 1, 0}}}));
  a = {scscf, {}, {{}, {}}}; // nobody is served: the name is nothing
  CHECK_FALSE(differs({other_scscf, {}, {{}, {}}}));
}

TEST_CASE("TS 33.102 6.3.5: vectors authenticate a USIM, and its AUTS brings the sequence up to it") {
  bench b;
  auto& secret = std::get<aka_secret>(b.who.privates[0].secret);
  aka::usim card{secret.with};
  sequence numbers;
  auto vector = [&](aka::sequence_number sqn) {
    std::array<aka::random_challenge, 1> rand{{{9}}};
    return make_vectors(secret, cx::scheme::aka_v1_md5, std::array{sqn}, rand)[0];
  };
  auto answer_to = [&](const cx::auth_item& item) {
    aka::random_challenge rand{};
    auto octets = as_bytes(item.authenticate);
    std::copy_n(octets.begin(), 16, rand.begin());
    return card.authenticate(rand, octets.subspan(16));
  };
  auto item = vector(*numbers.generator.next(noon));
  auto answer = answer_to(item);
  REQUIRE(std::holds_alternative<aka::authenticated>(answer));
  CHECK(std::get<aka::authenticated>(answer).res.text() == item.xres);
  CHECK(std::get<aka::authenticated>(answer).ck.text() == item.ck);
  CHECK(std::get<aka::authenticated>(answer).ik.text() == item.ik);

  card.sequence.accepted.fill(5000); // the card has been elsewhere
  auto refused = answer_to(vector(*numbers.generator.next(noon)));
  REQUIRE(std::holds_alternative<aka::synchronisation_failure>(refused));
  auto& auts = std::get<aka::synchronisation_failure>(refused).auts;
  auto rand = item.authenticate.substr(0, 16);
  CHECK(resynchronise(secret, numbers, rand + std::string(auts.text())));
  CHECK(std::holds_alternative<aka::authenticated>(answer_to(vector(*numbers.generator.next(noon)))));

  auto spoiled = rand + std::string(auts.text());
  spoiled.back() = static_cast<char>(spoiled.back() ^ 1);
  CHECK_FALSE(resynchronise(secret, numbers, spoiled));
  CHECK_FALSE(resynchronise(secret, numbers, "short"));
}

TEST_CASE("TS 29.228 6.3: a SIP digest item has the realm and H(A1) of each hash, the stronger first") {
  bench b(alice_toml);
  auto item = make_digest_item(std::get<digest_secret>(b.who.privates[0].secret));
  CHECK(item.scheme == cx::scheme::sip_digest);
  CHECK(item.realm == "ims.example");
  REQUIRE(item.digests.size() == 2);
  CHECK(item.digests[0].algorithm == "SHA-256");
  CHECK(item.digests[1].algorithm == "MD5");
  CHECK(item.digests[1].ha1 == "9a80adbdd99ef35a6ed2a838b911765e");
}

TEST_CASE("cluster.md 23: a sequence that follows the clock is never behind it, and where it cannot be it still "
          "depends on it") {
  services_pool pool;
  auto secret = std::get<aka_secret>(read_one(phone_toml, pool).privates[0].secret);
  secret.scheme = aka::sequence_scheme::time_based;
  secret.born = noon;
  auto first = [&](std::uint64_t stored, milliseconds age) {
    auto numbers = sequence::begin(secret, stored, true);
    numbers.keep_step(secret, noon + age);
    return aka::seq_of(numbers.generator.next(noon + age).value());
  };
  // In step: the tenths of a second since the birth, or one more than what is stored.
  CHECK(first(0, seconds(100)) == 1'000);
  CHECK(first(999, seconds(100)) == 1'000);
  // Ahead of the clock, or further behind than a card follows: beyond what is stored, and elsewhere at each moment.
  std::set<std::uint64_t> given;
  for (int tenth = 0; tenth < 1'000; ++tenth)
    for (std::uint64_t stored : {std::uint64_t{5'000'000}, std::uint64_t{7}}) {
      auto age = stored == 7 ? milliseconds(std::chrono::hours(24 * 365)) : milliseconds(seconds(100));
      auto seq = first(stored, age + milliseconds(100 * tenth));
      CHECK(seq > stored);
      CHECK(seq <= stored + 65'536);
      CHECK(given.insert(seq).second);
    }
  // From then on it goes with the clock.
  auto numbers = sequence::begin(secret, 5'000'000, true);
  numbers.keep_step(secret, noon);
  auto from = aka::seq_of(numbers.generator.next(noon).value());
  for (int second = 1; second < 100; ++second) {
    auto now = noon + seconds(second);
    numbers.keep_step(secret, now);
    CHECK(aka::seq_of(numbers.generator.next(now).value()) == from + 10 * static_cast<unsigned>(second));
  }
  // After a year without a challenge too a card takes the next.
  auto later = noon + std::chrono::hours(24 * 365);
  auto before = numbers.generator.seq;
  numbers.keep_step(secret, later);
  auto next = aka::seq_of(numbers.generator.next(later).value());
  CHECK(next > before);
  CHECK(next - before <= 65'536);
  // A single node's goes by its own scheme.
  secret.scheme = aka::sequence_scheme::counter;
  numbers = sequence::begin(secret, 41, false);
  numbers.keep_step(secret, later);
  CHECK(aka::seq_of(numbers.generator.next(later).value()) == 42);
}
