#include "tests/actors/roles/scscf/scscf_scene.hpp"

using namespace troupe;
using namespace troupe::roles;
using namespace troupe::roles::testing;

namespace {

sip::message by_alice(std::string_view start_line, std::string_view more = {}) {
  auto method = std::string(start_line.substr(0, start_line.find(' ')));
  return message_of(std::string(start_line) + R"( SIP/2.0
Via: SIP/2.0/UDP 198.51.100.5:5060;branch=z9hG4bKpcscf
Max-Forwards: 69
From: <sip:alice@home.example>;tag=1
To: <sip:bob@home.example>
Call-ID: one
CSeq: 1 )" + method +
                    R"(
Contact: <sip:alice@192.0.2.7:5060>
P-Asserted-Identity: "Alice" <sip:alice@home.example>
P-Access-Network-Info: 3GPP-E-UTRAN-FDD;network-provided
P-Charging-Vector: icid-value=abc;icid-generated-at=pcscf;orig-ioi="Type 1visited.example"
)" + std::string(more));
}

struct calling : scscf_scene {
  sip::message sent;

  explicit calling(std::string_view start_line = "INVITE sip:bob@home.example", std::string_view more = {})
      : scscf_scene(sip::half::originating), sent(by_alice(start_line, more)) {}
};

} // namespace

TEST_CASE("24.229 5.4.3.2: the S-CSCF asks for the profile of who is asserted, not of who is in From") {
  calling s;
  s.sent.set(sip::hdr::from, "<sip:mallory@home.example>;tag=1");
  auto decided = s.gets(s.sent);
  CHECK(asks<ask_profile>(decided).impu == "sip:alice@home.example");
  CHECK_FALSE(asks<ask_profile>(decided).load_unregistered);
}

TEST_CASE("24.229 5.4.3.2: a request of a user of ours goes to the home domain's I-CSCF and keeps us in the path") {
  calling s;
  s.knows_alice();
  auto decided = s.gets(s.sent);
  auto& passed = is<pass_on>(decided);
  CHECK(passed.targets.empty());
  CHECK(passed.stay);
  CHECK(passed.next_hop == "sip:icscf.home.example:5070");
  CHECK(s.sent.uri() == "sip:bob@home.example");
}

TEST_CASE("24.229 5.4.3.2: an ICID stays, and the IOI becomes the home network's of type 2") {
  calling s;
  s.knows_alice();
  s.gets(s.sent);
  auto v = s.charging(s.sent);
  CHECK(v.icid == "abc");
  CHECK(v.generated_at == "pcscf");
  CHECK(v.orig_ioi == "home.example");
}

TEST_CASE("24.229 5.4.3.2: the tel URI of the caller is asserted beside the SIP URI, and the reverse") {
  calling s;
  s.knows_alice();
  SECTION("tel is added") {
    s.gets(s.sent);
    CHECK(all(s.sent, sip::hdr::p_asserted_identity) == texts{"\"Alice\" <sip:alice@home.example>", "<tel:+15550001>"});
  }
  SECTION("sip is added") {
    s.sent.set(sip::hdr::p_asserted_identity, "<tel:+15550001>");
    s.gets(s.sent);
    CHECK(all(s.sent, sip::hdr::p_asserted_identity) == texts{"<tel:+15550001>", "<sip:alice@home.example>"});
  }
  SECTION("both are there") {
    s.sent.set(sip::hdr::p_asserted_identity, "<sip:alice@home.example>, <tel:+15550001>");
    s.gets(s.sent);
    CHECK(all(s.sent, sip::hdr::p_asserted_identity).size() == 2);
  }
}

TEST_CASE("24.229 5.4.3.2: a barred identity may not originate: 403") {
  calling s;
  s.knows_alice();
  s.sent.set(sip::hdr::p_asserted_identity, "<sip:secret@home.example>");
  auto decided = s.gets(s.sent);
  CHECK(status_of(decided) == 403);
}

TEST_CASE("24.229 5.4.3.2: nobody is served without an asserted identity: 403") {
  calling s;
  s.sent.remove(sip::hdr::p_asserted_identity);
  auto decided = s.gets(s.sent);
  CHECK(status_of(decided) == 403);
}

TEST_CASE("23.380 4.4: a user of whom nothing is known any more is told with 504 to register again") {
  calling s;
  s.knows_nobody();
  auto decided = s.gets(s.sent);
  auto& response = is<reply>(decided).response;
  CHECK(response.status() == 504);
  CHECK(value(response, sip::hdr::content_type) == "application/3gpp-ims+xml");
  CHECK(response.body().find("<action>initial-registration</action>") != std::string_view::npos);
}

TEST_CASE("24.229 5.4.3.2: a user whose registration has ended may not originate: 403") {
  calling s;
  s.alice.snapshot.state = ims::registration_state::unregistered;
  s.knows_alice();
  auto decided = s.gets(s.sent);
  CHECK(status_of(decided) == 403);
}

TEST_CASE("24.229 5.4.3.2: a telephone number goes as a SIP URI to the home domain, since there is no ENUM") {
  calling s("INVITE tel:+1-555-0002");
  s.knows_alice();
  auto decided = s.gets(s.sent);
  CHECK(s.sent.uri() == "sip:+15550002@home.example;user=phone");
  CHECK(is<pass_on>(decided).next_hop == "sip:icscf.home.example:5070");
}

TEST_CASE("24.229 5.4.3.2: a local number goes to the I-CSCF as it is") {
  calling s("INVITE tel:0002;phone-context=home.example");
  s.knows_alice();
  auto decided = s.gets(s.sent);
  CHECK(s.sent.uri() == "tel:0002;phone-context=home.example");
  CHECK(is<pass_on>(decided).next_hop == "sip:icscf.home.example:5070");
}

TEST_CASE("RFC 3261 8.2.2.1: a URI that cannot be routed is answered 416") {
  calling s("INVITE urn:uuid:1");
  s.knows_alice();
  auto decided = s.gets(s.sent);
  CHECK(status_of(decided) == 416);
}

TEST_CASE("24.229 5.4.3.2: what leaves the trust domain loses access information, and the asserted identity if privacy "
          "is asked for") {
  calling s("INVITE sip:carol@stranger.example", GENERATE("", "Privacy: id\n"));
  s.knows_alice();
  auto privacy = s.sent.has(sip::hdr::privacy);
  auto decided = s.gets(s.sent);
  CHECK(is<pass_on>(decided).next_hop.empty());
  CHECK_FALSE(s.sent.has(sip::hdr::p_access_network_info));
  CHECK_FALSE(s.sent.has(sip::hdr::p_charging_function_addresses));
  CHECK(s.sent.has(sip::hdr::p_asserted_identity) == !privacy);
}

TEST_CASE("24.229 5.4.3.2: within the trust domain they stay") {
  calling s("INVITE sip:carol@partner.example", "Privacy: id\n");
  s.knows_alice();
  auto decided = s.gets(s.sent);
  CHECK(is<pass_on>(decided).next_hop.empty());
  CHECK(s.sent.has(sip::hdr::p_access_network_info));
  CHECK(s.sent.has(sip::hdr::p_asserted_identity));
}

TEST_CASE("RFC 3323 5: critical privacy towards a stranger that cannot be given ends the call with 500") {
  calling s("INVITE sip:carol@stranger.example", "Privacy: session;critical\n");
  s.knows_alice();
  auto decided = s.gets(s.sent);
  CHECK(status_of(decided) == 500);
}

TEST_CASE("24.229 5.4.3.2: a Route that an AS has left is followed, and the Request-URI stays") {
  calling s("INVITE tel:+15550002", "Route: <sip:gateway.home.example;lr>\n");
  s.knows_alice();
  auto decided = s.gets(s.sent);
  CHECK(is<pass_on>(decided).next_hop.empty());
  CHECK(s.sent.uri() == "tel:+15550002");
  CHECK(all(s.sent, sip::hdr::route) == texts{"<sip:gateway.home.example;lr>"});
}

TEST_CASE("24.229 5.4.3.2: every method of a standalone transaction or dialog goes through") {
  calling s(GENERATE("MESSAGE sip:bob@home.example", "OPTIONS sip:bob@home.example", "SUBSCRIBE sip:bob@home.example",
                     "PUBLISH sip:alice@home.example", "REFER sip:bob@home.example", "FOO sip:bob@home.example"));
  s.knows_alice();
  auto decided = s.gets(s.sent);
  CHECK(is<pass_on>(decided).next_hop == "sip:icscf.home.example:5070");
}

TEST_CASE("24.229 5.4.3.2: the answer carries the ICID, the visited network's IOI and ours of type 1") {
  calling s;
  s.knows_alice();
  s.gets(s.sent);
  auto response = answer_to(s.sent, 200,
                            "P-Charging-Vector: icid-value=abc;orig-ioi=home.example;term-ioi=other\n"
                            "P-Charging-Function-Addresses: ccf=theirs\n");
  auto decided = s.gets(response, s.sent);
  CHECK(std::holds_alternative<pass_back>(decided));
  auto v = s.charging(response);
  CHECK(v.icid == "abc");
  CHECK(v.orig_ioi == "Type 1visited.example");
  CHECK(v.term_ioi == "Type 1home.example");
  CHECK_FALSE(response.has(sip::hdr::p_charging_function_addresses));
}

TEST_CASE("24.229 5.4.3.2: inside the dialog the IOI of the visited network becomes the home network's") {
  calling s;
  s.knows_alice();
  s.gets(s.sent);
  s.ctx.in_dialog = true;
  auto bye = by_alice("BYE sip:bob@198.51.100.1");
  bye.set(sip::hdr::to, "<sip:bob@home.example>;tag=9");
  auto decided = s.gets(bye);
  CHECK(std::holds_alternative<pass_on>(decided));
  CHECK(s.charging(bye).orig_ioi == "home.example");
  CHECK(s.charging(bye).icid == "abc");
}

TEST_CASE("24.229 5.4.3.2: inside a dialog with a stranger nothing leaves the trust domain either") {
  calling s("INVITE sip:carol@stranger.example");
  s.knows_alice();
  s.gets(s.sent);
  s.ctx.in_dialog = true;
  auto update = by_alice("UPDATE sip:carol@203.0.113.1");
  update.set(sip::hdr::to, "<sip:carol@stranger.example>;tag=9");
  s.gets(update);
  CHECK_FALSE(update.has(sip::hdr::p_access_network_info));
}

TEST_CASE("RFC 3261 17: the S-CSCF drops an ACK outside of a dialog and passes one inside") {
  calling s("ACK sip:bob@home.example");
  SECTION("outside") {
    auto decided = s.gets(s.sent);
    CHECK(std::holds_alternative<drop>(decided));
  }
  SECTION("inside") {
    s.ctx.in_dialog = true;
    auto decided = s.gets(s.sent);
    CHECK(std::holds_alternative<pass_on>(decided));
  }
}
