#include "actors/roles/icscf/icscf.hpp"

#include "tests/actors/roles/support.hpp"

using namespace troupe;
using namespace troupe::roles;
using namespace troupe::roles::testing;

namespace {

const icscf::role cscf{{"home.example",
                        {{"sip:s1.home.example:6060", {1}},
                         {"sip:s2.home.example:6060", {1, 2}},
                         {"sip:s3.home.example:6060", {1, 2, 3}}}}};

sip::message registration(std::string_view more = "Contact: <sip:alice@192.0.2.7>\nExpires: 600\n") {
  return message_of(std::string(R"(REGISTER sip:home.example SIP/2.0
Via: SIP/2.0/UDP 192.0.2.5:5060;branch=z9hG4bKabc
Max-Forwards: 70
From: <sip:alice@home.example>;tag=1
To: <sip:alice@HOME.example;transport=udp>
Call-ID: one
CSeq: 1 REGISTER
P-Visited-Network-ID: "visited.example"
Authorization: Digest username="alice.priv@home.example", realm="home.example", uri="sip:home.example", nonce="", response=""
)") + std::string(more));
}

struct registering : scene {
  sip::message sent = registration();

  registering() : scene(role_id::icscf, sip::side::core, sip::half::originating) {}

  void hss_answers(cx::uaa answer) { facts.uaa = std::move(answer); }
  decision forwards() { return request(cscf, sent); }
  decision gets(int status) {
    auto response = sip::message::response(status);
    facts.uaa.reset();
    return scene::response(cscf, response, sent);
  }
};

cx::uaa capabilities(std::vector<std::uint32_t> mandatory, std::vector<std::uint32_t> optional = {}) {
  return {cx::first_registration, {}, cx::server_capabilities{std::move(mandatory), std::move(optional), {}}};
}

std::string next_uri(const decision& d) {
  auto& passed = is<pass_on>(d);
  REQUIRE(passed.targets.size() == 1);
  return std::string(passed.targets[0].request.uri());
}

} // namespace

TEST_CASE("24.229 5.3.1.2: the I-CSCF asks the HSS with the private identity, the public one and the visited network") {
  registering s;
  auto decided = s.forwards();
  auto& asked = asks<cx::uar>(decided);
  CHECK(asked.impi == "alice.priv@home.example");
  CHECK(asked.impu == "sip:alice@home.example");
  CHECK(asked.visited_network == "visited.example");
  CHECK(asked.type == cx::authorization_type::registration);
}

TEST_CASE("24.229 5.3.1.2: without Authorization the private identity is derived from the public one") {
  registering s;
  s.sent.remove(sip::hdr::authorization);
  auto decided = s.forwards();
  CHECK(asks<cx::uar>(decided).impi == "alice@home.example");
}

TEST_CASE("29.228 6.1.1: a REGISTER that leaves no contact is a de-registration") {
  registering s;
  SECTION("by the contact's parameter") { s.sent = registration("Contact: <sip:alice@192.0.2.7>;expires=0\n"); }
  SECTION("by Expires, for all") { s.sent = registration("Contact: *\nExpires: 0\n"); }
  auto decided = s.forwards();
  CHECK(asks<cx::uar>(decided).type == cx::authorization_type::de_registration);
}

TEST_CASE("29.228 6.1.1: a REGISTER that only asks for the contacts is a registration") {
  registering s;
  s.sent = registration("");
  auto decided = s.forwards();
  CHECK(asks<cx::uar>(decided).type == cx::authorization_type::registration);
}

TEST_CASE("29.228 6.1.1: a REGISTER that removes one contact and adds another is a registration") {
  registering s;
  s.sent = registration("Contact: <sip:alice@192.0.2.7>;expires=0, <sip:alice@192.0.2.8>;expires=60\n");
  auto decided = s.forwards();
  CHECK(asks<cx::uar>(decided).type == cx::authorization_type::registration);
}

TEST_CASE("24.229 5.3.1.2: an emergency registration is told to the HSS as one") {
  registering s;
  s.sent = registration("Contact: <sip:alice@192.0.2.7;sos>\nExpires: 600\n");
  auto decided = s.forwards();
  CHECK(asks<cx::uar>(decided).emergency);
}

TEST_CASE(
    "24.229 5.3.1.2: the Request-URI becomes the name of the S-CSCF that the HSS gives, and the I-CSCF does not stay") {
  registering s;
  s.hss_answers({cx::subsequent_registration, "sip:s2.home.example:6060", {}});
  auto decided = s.forwards();
  CHECK_FALSE(is<pass_on>(decided).stay);
  CHECK(s.sent.uri() == "sip:s2.home.example:6060");
  CHECK(value(s.sent, sip::hdr::to) == "<sip:alice@HOME.example;transport=udp>");
}

TEST_CASE("29.228 6.7: the I-CSCF chooses an S-CSCF with all mandatory and most optional capabilities") {
  registering s;
  SECTION("the first of equals") {
    s.hss_answers(capabilities({1}));
    s.forwards();
    CHECK(s.sent.uri() == "sip:s1.home.example:6060");
  }
  SECTION("mandatory ones exclude") {
    s.hss_answers(capabilities({2}));
    s.forwards();
    CHECK(s.sent.uri() == "sip:s2.home.example:6060");
  }
  SECTION("optional ones prefer") {
    s.hss_answers(capabilities({1}, {2, 3}));
    s.forwards();
    CHECK(s.sent.uri() == "sip:s3.home.example:6060");
  }
  SECTION("a name among the capabilities comes first") {
    auto answer = capabilities({1});
    answer.capabilities->server_names = {"sip:s9.home.example"};
    s.hss_answers(answer);
    s.forwards();
    CHECK(s.sent.uri() == "sip:s9.home.example");
  }
}

TEST_CASE("24.229 5.3.1.3: no S-CSCF with the mandatory capabilities is answered 600") {
  registering s;
  s.hss_answers(capabilities({9}));
  auto decided = s.forwards();
  CHECK(status_of(decided) == 600);
}

TEST_CASE("24.229 5.3.1.3: what the HSS refuses is answered 403") {
  auto code = GENERATE(cx::user_unknown, cx::identities_dont_match, cx::roaming_not_allowed, cx::authorization_rejected,
                       cx::identity_already_registered);
  registering s;
  s.hss_answers({code, {}, {}});
  auto decided = s.forwards();
  CHECK(status_of(decided) == 403);
}

TEST_CASE("24.229 5.3.1.3: a query that cannot be completed is answered 480") {
  auto code = GENERATE(cx::unable_to_deliver, cx::too_busy, cx::unable_to_comply);
  registering s;
  s.hss_answers({code, {}, {}});
  auto decided = s.forwards();
  CHECK(status_of(decided) == 480);
}

TEST_CASE("24.229 5.3.1.2: a REGISTER from outside of the trust domain is answered 403") {
  registering s;
  s.ctx.side = sip::side::access;
  auto decided = s.forwards();
  CHECK(status_of(decided) == 403);
}

TEST_CASE("24.229 5.3.1.3: the next S-CSCF is tried after 3xx, 480 or no answer, and none twice") {
  auto status = GENERATE(305, 480, 408, 503);
  registering s;
  s.hss_answers(capabilities({1}));
  s.forwards();
  auto second = s.gets(status);
  CHECK(next_uri(second) == "sip:s2.home.example:6060");
  auto third = s.gets(status);
  CHECK(next_uri(third) == "sip:s3.home.example:6060");
  auto none_left = s.gets(status);
  CHECK(status_of(none_left) == 600);
}

TEST_CASE("24.229 5.3.1.3: when the assigned S-CSCF fails the I-CSCF asks for capabilities and chooses another") {
  registering s;
  s.hss_answers({cx::subsequent_registration, "sip:s1.home.example:6060", {}});
  s.forwards();
  auto asked = s.gets(408);
  CHECK(asks<cx::uar>(asked).type == cx::authorization_type::registration_and_capabilities);
  auto response = sip::message::response(408);
  SECTION("another is there") {
    s.facts.uaa = capabilities({1});
    auto decided = s.response(cscf, response, s.sent);
    CHECK(next_uri(decided) == "sip:s2.home.example:6060");
  }
  SECTION("the HSS does not say what is needed") {
    s.facts.uaa = cx::uaa{cx::unable_to_comply, {}, {}};
    auto decided = s.response(cscf, response, s.sent);
    CHECK(status_of(decided) == 504);
  }
}

TEST_CASE("24.229 5.3.1.2: other answers of the S-CSCF go back as they are") {
  auto status = GENERATE(200, 401, 403, 404, 423, 500);
  registering s;
  s.hss_answers(capabilities({1}));
  s.forwards();
  auto decided = s.gets(status);
  CHECK(std::holds_alternative<pass_back>(decided));
}
