#include "actors/roles/icscf/icscf.hpp"
#include "actors/roles/icscf/selection.hpp"

#include "tests/actors/roles/support.hpp"

using namespace troupe;
using namespace troupe::roles;
using namespace troupe::roles::testing;

namespace {

const icscf::role cscf{{"home.example", {{"sip:s1.home.example", {1}}, {"sip:s2.home.example", {1, 2}}}}};

struct locating : scene {
  sip::message sent;

  explicit locating(std::string_view uri = "sip:bob@home.example")
      : scene(role_id::icscf, sip::side::core, sip::half::terminating),
        sent(message_of("INVITE " + std::string(uri) + R"( SIP/2.0
Via: SIP/2.0/UDP 192.0.2.5:5060;branch=z9hG4bKabc
Max-Forwards: 70
From: <sip:alice@a.example>;tag=1
To: <sip:bob@home.example>
Call-ID: one
CSeq: 1 INVITE
Contact: <sip:alice@192.0.2.7>
P-Asserted-Identity: <sip:alice@a.example>
P-Charging-Vector: icid-value=one;orig-ioi=a.example
)")) {}

  decision forwards() { return request(cscf, sent); }
};

} // namespace

TEST_CASE("24.229 5.3.2.1: the I-CSCF asks where the called identity is served") {
  locating s("sip:Bob@HOME.example:5060;transport=tcp");
  auto decided = s.forwards();
  auto& asked = asks<cx::lir>(decided);
  CHECK(asked.impu == "sip:Bob@home.example");
  CHECK_FALSE(asked.originating);
}

TEST_CASE("24.229 5.3.2.1: the S-CSCF becomes the topmost Route, the Request-URI stays, and the I-CSCF is out of the "
          "dialog") {
  locating s;
  s.facts.lia = cx::lia{cx::success, "sip:s2.home.example", {}, {}};
  auto decided = s.forwards();
  CHECK_FALSE(is<pass_on>(decided).stay);
  CHECK(value(s.sent, sip::hdr::route) == "<sip:s2.home.example;lr>");
  CHECK(s.sent.uri() == "sip:bob@home.example");
  CHECK(value(s.sent, sip::hdr::p_asserted_identity) == "<sip:alice@a.example>");
}

TEST_CASE("24.229 5.3.2.1: a SIP URI of a telephone number is looked up and goes on as a tel URI") {
  locating s("sip:+15550001@home.example;user=phone");
  auto first = s.forwards();
  CHECK(asks<cx::lir>(first).impu == "tel:+15550001");
  CHECK(s.sent.uri() == "sip:+15550001@home.example;user=phone");
  s.facts.lia = cx::lia{cx::success, "sip:s2.home.example", {}, {}};
  s.forwards();
  CHECK(s.sent.uri() == "tel:+15550001");
}

TEST_CASE("24.229 5.3.2.1: a tel URI is looked up without its separators") {
  locating s("tel:+1-555-0001");
  auto decided = s.forwards();
  CHECK(asks<cx::lir>(decided).impu == "tel:+15550001");
}

TEST_CASE("24.229 5.3.2.2: an unknown user is 404, one who is not registered 480, and so is a query without result") {
  locating s;
  auto [code, status] = GENERATE(table<cx::result_code, int>({{cx::user_unknown, 404},
                                                              {cx::identity_not_registered, 480},
                                                              {cx::unable_to_deliver, 480},
                                                              {cx::too_busy, 480}}));
  s.facts.lia = cx::lia{code, {}, {}, {}};
  auto decided = s.forwards();
  CHECK(status_of(decided) == status);
}

TEST_CASE("24.229 5.3.2.1: services for an unregistered user need an S-CSCF by capabilities") {
  locating s;
  cx::server_capabilities wanted{{2}, {}, {}};
  s.facts.lia = cx::lia{cx::unregistered_service, {}, wanted, {}};
  SECTION("one has them") {
    s.forwards();
    CHECK(value(s.sent, sip::hdr::route) == "<sip:s2.home.example;lr>");
  }
  SECTION("none has") {
    s.facts.lia->capabilities->mandatory = {7};
    auto decided = s.forwards();
    CHECK(status_of(decided) == 600);
  }
}

TEST_CASE("24.229 5.3.2.1: a wildcarded identity is told to the S-CSCF in P-Profile-Key") {
  locating s("sip:room-17@home.example");
  s.facts.lia = cx::lia{cx::success, "sip:s1.home.example", {}, "sip:room-!.*!@home.example"};
  s.forwards();
  CHECK(value(s.sent, sip::hdr::p_profile_key) == "<sip:room-!.*!@home.example>");
}

TEST_CASE("24.229 5.3.2.1A: for an AS that originates, the served user is asked for, and the S-CSCF is told by orig") {
  locating s("sip:carol@elsewhere.example");
  s.ctx.own_route = "sip:icscf.home.example;lr;orig";
  SECTION("by P-Served-User") {
    s.sent.set(sip::hdr::p_served_user, "<sip:dave@home.example>;sescase=orig;regstate=unreg");
    auto decided = s.forwards();
    CHECK(asks<cx::lir>(decided).impu == "sip:dave@home.example");
  }
  SECTION("by the asserted identity") {
    auto decided = s.forwards();
    CHECK(asks<cx::lir>(decided).impu == "sip:alice@a.example");
    CHECK(asks<cx::lir>(decided).originating);
    s.facts.lia = cx::lia{cx::success, "sip:s1.home.example:6060", {}, {}};
    s.forwards();
    CHECK(value(s.sent, sip::hdr::route) == "<sip:s1.home.example:6060;lr;orig>");
    CHECK(s.sent.uri() == "sip:carol@elsewhere.example");
  }
  SECTION("without either it is refused") {
    s.sent.remove(sip::hdr::p_asserted_identity);
    auto decided = s.forwards();
    CHECK(status_of(decided) == 403);
  }
}

TEST_CASE("24.229 5.3.2.1: nothing that a stranger asserts passes the I-CSCF") {
  locating s;
  s.ctx.side = sip::side::access;
  s.sent.set(sip::hdr::p_served_user, "<sip:dave@home.example>");
  s.facts.lia = cx::lia{cx::success, "sip:s1.home.example", {}, {}};
  s.forwards();
  CHECK_FALSE(s.sent.has(sip::hdr::p_asserted_identity));
  CHECK_FALSE(s.sent.has(sip::hdr::p_charging_vector));
  CHECK_FALSE(s.sent.has(sip::hdr::p_served_user));
}

TEST_CASE("24.229 5.3.2.1A: a stranger may not originate for a user") {
  locating s;
  s.ctx.side = sip::side::access;
  s.ctx.own_route = "sip:icscf.home.example;lr;orig";
  auto decided = s.forwards();
  CHECK(status_of(decided) == 403);
}

TEST_CASE("24.229 5.3.3: what belongs to a dialog or has a further Route goes where that says, without the HSS") {
  locating s;
  SECTION("in a dialog") { s.ctx.in_dialog = true; }
  SECTION("a Route is left") { s.sent.add(sip::hdr::route, "<sip:other.example;lr>"); }
  SECTION("a To-tag") { s.sent.set(sip::hdr::to, "<sip:bob@home.example>;tag=2"); }
  auto decided = s.forwards();
  CHECK_FALSE(is<pass_on>(decided).stay);
}

TEST_CASE("23.380 4.3: an S-CSCF that is not there is replaced by another with the capabilities") {
  locating s;
  s.facts.lia = cx::lia{cx::success, "sip:s1.home.example", {}, {}};
  s.forwards();
  s.facts.lia.reset();
  auto gone = sip::message::response(503);
  auto asked = s.response(cscf, gone, s.sent);
  CHECK(asks<cx::lir>(asked).capabilities);
  s.facts.lia = cx::lia{cx::success, {}, cx::server_capabilities{{1}, {}, {}}, {}};
  auto decided = s.response(cscf, gone, s.sent);
  auto& passed = is<pass_on>(decided);
  REQUIRE(passed.targets.size() == 1);
  CHECK(all(passed.targets[0].request, sip::hdr::route) == std::vector<std::string>{"<sip:s2.home.example;lr>"});
}

TEST_CASE("23.380 4.3: a 503 from behind an S-CSCF of our own is no sign that it is not there") {
  icscf::options o{"home.example", {{"sip:s1.home.example", {1}}, {"sip:s2.home.example", {1}}}};
  o.fused_with = "sip:s1.home.example";
  icscf::role fused(o);
  locating s;
  s.facts.lia = cx::lia{cx::success, GENERATE("sip:s1.home.example", "sip:s2.home.example"), {}, {}};
  s.request(fused, s.sent);
  auto own = s.facts.lia->server_name == o.fused_with;
  s.facts.lia.reset();
  auto gone = sip::message::response(503);
  CHECK(std::holds_alternative<pass_back>(s.response(fused, gone, s.sent)) == own);
}

TEST_CASE("24.229 5.3.2: a called user's time-out is no reason to move him to another S-CSCF") {
  locating s;
  s.facts.lia = cx::lia{cx::success, "sip:s1.home.example", {}, {}};
  s.forwards();
  auto timed_out = sip::message::response(GENERATE(408, 480, 486, 500));
  CHECK(std::holds_alternative<pass_back>(s.response(cscf, timed_out, s.sent)));
}

TEST_CASE("what an I-CSCF has noted is read as it was written, and a broken note as nothing") {
  icscf::selection s{true, {{1, 300}, {2}, {"sip:x"}}, {"sip:a", "sip:b"}};
  auto note = encode(s);
  CHECK(icscf::decode_selection(note) == s);
  for (std::size_t n = 0; n < note.size(); ++n)
    CHECK(icscf::decode_selection(std::string_view(note).substr(0, n)) == icscf::selection{});
}
