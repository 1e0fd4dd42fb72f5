#include "protocols/ims/charging.hpp"
#include "tests/actors/roles/pcscf/pcscf_scene.hpp"

using namespace troupe;
using namespace troupe::roles;
using namespace troupe::roles::testing;
using texts = std::vector<std::string>;

namespace {

/// Bob calls Alice: the S-CSCF's INVITE comes by her Path.
struct called : pcscf_scene {
  called() : pcscf_scene(sip::side::core, sip::half::terminating) {
    sip::token t;
    t.use = sip::token_use::path;
    t.half = sip::half::terminating;
    t.side = sip::side::core;
    t.key = alice_binding().key;
    ctx.token = t;
  }

  static sip::message invite(std::string_view more = {}) {
    return message_of(R"(INVITE sip:alice@192.0.2.7:5060 SIP/2.0
Via: SIP/2.0/UDP 198.51.100.9:6060;branch=z9hG4bKscscf
Max-Forwards: 66
From: <sip:bob@home.example>;tag=1
To: <sip:alice@home.example>
Call-ID: two
CSeq: 1 INVITE
Contact: <sip:bob@198.51.100.1>
P-Asserted-Identity: <sip:bob@home.example>
P-Called-Party-ID: <tel:+15550001>
P-Charging-Vector: icid-value=bobs;icid-generated-at=198.51.100.2;orig-ioi="Type 1home.example"
P-Charging-Function-Addresses: ccf=cdf.home.example
P-Access-Network-Info: 3GPP-GERAN
P-Served-User: <sip:alice@home.example>
P-Profile-Key: <sip:!.*!@home.example>
)" + std::string(more));
  }

  static sip::message answer(int status, const sip::message& to, std::string_view more = {}) {
    auto tag = sip::to_tag(to).empty() ? ";tag=2" : "";
    return message_of("SIP/2.0 " + std::to_string(status) + " X\nVia: " + value(to, sip::hdr::via) +
                      "\nFrom: " + value(to, sip::hdr::from) + "\nTo: " + value(to, sip::hdr::to) + tag +
                      "\nCall-ID: two\nCSeq: " + value(to, sip::hdr::cseq) + "\n" + std::string(more));
  }
};

} // namespace

TEST_CASE("24.229 5.2.6.4.3: the Path token says which UE, and its flow carries the request") {
  called s;
  auto sent = called::invite();
  auto asked = s.gets(sent);
  CHECK(asks<ask_binding>(asked).by_key == alice_binding().key);
  s.knows(alice_binding());
  auto decided = s.gets(sent);
  auto& passed = is<pass_on>(decided);
  CHECK(passed.stay);
  REQUIRE(passed.targets.size() == 1);
  CHECK(passed.targets[0].over == udp_flow("192.0.2.7", 5060, sip::side::access));
  CHECK(passed.targets[0].request.uri() == "sip:alice@192.0.2.7:5060");
}

TEST_CASE(
    "24.229 5.2.6.4.3: the UE gets P-Called-Party-ID and the asserted identity, and nothing of the network's own") {
  called s;
  s.knows(alice_binding());
  auto passed = s.passes(called::invite());
  CHECK(value(passed, sip::hdr::p_called_party_id) == "<tel:+15550001>");
  CHECK(value(passed, sip::hdr::p_asserted_identity) == "<sip:bob@home.example>");
  for (auto id : {sip::hdr::p_charging_vector, sip::hdr::p_charging_function_addresses, sip::hdr::p_access_network_info,
                  sip::hdr::p_served_user, sip::hdr::p_profile_key})
    CHECK_FALSE(passed.has(id));
}

TEST_CASE("RFC 3325 7: a caller who asks for privacy is not named to the UE") {
  called s;
  s.knows(alice_binding());
  CHECK_FALSE(s.passes(called::invite("Privacy: id\n")).has(sip::hdr::p_asserted_identity));
  CHECK(s.passes(called::invite("Privacy: none\n")).has(sip::hdr::p_asserted_identity));
}

TEST_CASE("RFC 3323 5: critical privacy that cannot be given ends the call with 500") {
  called s;
  s.knows(alice_binding());
  auto sent = called::invite("Privacy: session;critical\n");
  auto decided = s.gets(sent);
  CHECK(status_of(decided) == 500);
}

TEST_CASE("RFC 5626 5.3.1: a request for a UE whose flow is gone is answered 430") {
  called s;
  auto sent = called::invite();
  SECTION("nothing is known of it") { s.knows_nobody(); }
  SECTION("it is not registered any more") {
    auto gone = alice_binding();
    gone.registered = false;
    s.knows(gone);
  }
  auto decided = s.gets(sent);
  CHECK(status_of(decided) == 430);
}

TEST_CASE("24.229 5.2.6.4: what comes from the core by no Path of ours is for no UE of ours") {
  called s;
  SECTION("no token") { s.ctx.token.reset(); }
  SECTION("a token of another use") { s.ctx.token->use = sip::token_use::service_route; }
  auto sent = called::invite();
  auto decided = s.gets(sent);
  CHECK(status_of(decided) == 404);
}

TEST_CASE("24.229 5.2.6.4.4: the UE's answer asserts the called identity and carries the caller's ICID and both IOIs") {
  called s;
  s.knows(alice_binding());
  auto sent = s.passes(called::invite());
  s.facts = {};
  auto status = GENERATE(180, 183, 200, 486);
  auto response = called::answer(status, sent,
                                 "P-Asserted-Identity: <sip:mallory@home.example>\nP-Charging-Vector: icid-value=x\n"
                                 "P-Access-Network-Info: 3GPP-GERAN;network-provided\n");
  CHECK(std::holds_alternative<pass_back>(s.gets(response, sent)));
  CHECK(all(response, sip::hdr::p_asserted_identity) == texts{"<tel:+15550001>"});
  auto vector = ims::parse_charging_vector(response.value(sip::hdr::p_charging_vector));
  REQUIRE(vector);
  CHECK(vector->icid == "bobs");
  CHECK(vector->orig_ioi == "Type 1home.example");
  CHECK(vector->term_ioi == "Type 1visited.example");
  CHECK(all(response, sip::hdr::p_access_network_info) ==
        texts{"3GPP-E-UTRAN-FDD;network-provided;utran-cell-id-3gpp=00101"});
}

TEST_CASE("24.229 5.2.6.4.4: an answer may prefer another identity of the same user, and no one else's") {
  called s;
  s.knows(alice_binding());
  auto sent = s.passes(called::invite());
  s.facts = {};
  auto asserted = [&](std::string_view preferred) {
    s.facts = {};
    auto response = called::answer(200, sent, "P-Preferred-Identity: " + std::string(preferred) + "\n");
    auto asked = s.gets(response, sent);
    CHECK(asks<ask_binding>(asked).by_key == alice_binding().key);
    s.knows(alice_binding());
    s.gets(response, sent);
    CHECK_FALSE(response.has(sip::hdr::p_preferred_identity));
    return all(response, sip::hdr::p_asserted_identity);
  };
  CHECK(asserted("<sip:alice@home.example>") == texts{"\"Alice\" <sip:alice@home.example>"});
  CHECK(asserted("<sip:bob@home.example>") == texts{"<tel:+15550001>"});
}

TEST_CASE("24.229 5.2.6.4.5: inside the dialog the UE is reached by the flow that it has now") {
  called s;
  s.knows(alice_binding());
  s.passes(called::invite());
  s.facts = {};
  s.ctx.in_dialog = true;
  s.ctx.token->use = sip::token_use::record_route;
  auto bye = called::invite();
  bye.set(sip::hdr::to, "<sip:alice@home.example>;tag=2");
  auto asked = s.gets(bye);
  CHECK(asks<ask_binding>(asked).by_key == alice_binding().key);
  auto moved = alice_binding();
  moved.flow = encode(udp_flow("192.0.2.8", 5061, sip::side::access));
  s.knows(moved);
  auto decided = s.gets(bye);
  auto& passed = is<pass_on>(decided);
  REQUIRE(passed.targets.size() == 1);
  CHECK(passed.targets[0].over == udp_flow("192.0.2.8", 5061, sip::side::access));
  CHECK_FALSE(passed.targets[0].request.has(sip::hdr::p_charging_vector));
}

TEST_CASE("24.229 5.2.6.4.5: inside a dialog of which nothing is stored the UE is found by its contact") {
  called s;
  s.ctx.in_dialog = true;
  s.ctx.token->use = sip::token_use::record_route;
  auto notify = called::invite();
  auto asked = s.gets(notify);
  CHECK(asks<ask_binding>(asked).contact_uri == "sip:alice@192.0.2.7:5060");
  CHECK_FALSE(asks<ask_binding>(asked).by_key);
  s.knows(alice_binding());
  auto decided = s.gets(notify);
  CHECK(is<pass_on>(decided).targets.size() == 1);
}

TEST_CASE("24.229 5.2.6.4.6: an answer inside the dialog asserts nobody") {
  called s;
  s.knows(alice_binding());
  s.passes(called::invite());
  s.ctx.in_dialog = true;
  auto bye = called::invite();
  bye.set(sip::hdr::to, "<sip:alice@home.example>;tag=2");
  auto sent = s.passes(bye);
  auto ok = called::answer(200, sent, "P-Asserted-Identity: <sip:mallory@home.example>\n");
  s.gets(ok, sent);
  CHECK_FALSE(ok.has(sip::hdr::p_asserted_identity));
  CHECK(ims::parse_charging_vector(ok.value(sip::hdr::p_charging_vector))->icid == "bobs");
}

TEST_CASE("24.229 5.2.6.4.5: a dialog goes on by its contact when the registration is gone") {
  called s;
  s.knows(alice_binding());
  s.passes(called::invite());
  s.ctx.in_dialog = true;
  s.knows_nobody();
  auto bye = called::invite();
  auto decided = s.gets(bye);
  CHECK(is<pass_on>(decided).targets.empty());
}

TEST_CASE("24.229 5.2.6.3.9: the called UE's own requests inside the dialog carry the caller's ICID") {
  called s;
  s.knows(alice_binding());
  s.passes(called::invite());
  s.facts = {};
  s.ctx.in_dialog = true;
  s.ctx.side = sip::side::access;
  s.from = udp_flow("192.0.2.7", 5060, sip::side::access);
  auto bye = from_alice("BYE sip:bob@198.51.100.1");
  bye.set(sip::hdr::to, "<sip:bob@home.example>;tag=1");
  auto passed = s.passes(bye);
  CHECK(ims::parse_charging_vector(passed.value(sip::hdr::p_charging_vector))->icid == "bobs");
  auto ok = called::answer(200, passed, "P-Charging-Vector: icid-value=bobs\n");
  s.gets(ok, passed);
  CHECK_FALSE(ok.has(sip::hdr::p_charging_vector));
}
