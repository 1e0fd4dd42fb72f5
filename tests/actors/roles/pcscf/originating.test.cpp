#include "actors/roles/pcscf/note.hpp"
#include "protocols/ims/charging.hpp"
#include "tests/actors/roles/pcscf/pcscf_scene.hpp"

using namespace troupe;
using namespace troupe::roles;
using namespace troupe::roles::testing;
using texts = std::vector<std::string>;

namespace {

constexpr auto service_route = "Route: <sip:orig@scscf.home.example:6060;lr>\n";

sip::message invite(std::string_view more = service_route) { return from_alice("INVITE sip:bob@home.example", more); }

/// An INVITE of Alice's has gone through: the scene is inside its dialog.
struct talking : pcscf_scene {
  sip::message sent;

  talking() {
    knows(alice_binding());
    sent = passes(invite());
    facts = {};
    ctx.in_dialog = true;
  }

  sip::message in_dialog(std::string_view method, std::string_view more = {}) const {
    auto m = from_alice(std::string(method) + " sip:bob@198.51.100.1", more);
    m.set(sip::hdr::to, "<sip:bob@home.example>;tag=2");
    return m;
  }
};

} // namespace

TEST_CASE("24.229 5.2.6.3: who is not registered may send nothing but REGISTER") {
  pcscf_scene s;
  auto sent = from_alice(GENERATE("INVITE sip:bob@home.example", "MESSAGE sip:bob@home.example",
                                  "OPTIONS sip:home.example", "FOO sip:bob@home.example"));
  auto asked = s.gets(sent);
  CHECK(asks<ask_binding>(asked).by_flow == s.from);
  SECTION("nobody is known by this flow") { s.knows_nobody(); }
  SECTION("who is known was only challenged") {
    auto challenged = alice_binding();
    challenged.registered = false;
    s.knows(challenged);
  }
  auto decided = s.gets(sent);
  CHECK(status_of(decided) == 403);
}

TEST_CASE("24.229 5.2.6.3.1: the preferred identity is asserted if it is one of the user's, else the default") {
  pcscf_scene s;
  s.knows(alice_binding());
  auto asserted = [&](std::string_view more) {
    auto m = s.passes(invite(std::string(service_route) + std::string(more)));
    CHECK_FALSE(m.has(sip::hdr::p_preferred_identity));
    return all(m, sip::hdr::p_asserted_identity);
  };
  CHECK(asserted("") == texts{"\"Alice\" <sip:alice@home.example>"});
  CHECK(asserted("P-Preferred-Identity: <tel:+1-555-0001>\n") == texts{"<tel:+15550001>"});
  CHECK(asserted("P-Preferred-Identity: <sip:bob@home.example>\n") == texts{"\"Alice\" <sip:alice@home.example>"});
}

TEST_CASE(
    "24.229 5.2.6.3.1: where users share a flow the contact says who it is, and else the preferred identity or From") {
  pcscf_scene s;
  auto sent = from_alice("MESSAGE sip:bob@home.example");
  auto by_from = s.gets(sent);
  CHECK(asks<ask_binding>(by_from).contact_uri == "sip:alice@192.0.2.7:5060");
  CHECK(asks<ask_binding>(by_from).identity == "sip:alice@home.example");
  sent.remove(sip::hdr::contact);
  sent.add(sip::hdr::p_preferred_identity, "<tel:+1-555-0001>");
  auto by_preference = s.gets(sent);
  CHECK(asks<ask_binding>(by_preference).contact_uri.empty());
  CHECK(asks<ask_binding>(by_preference).identity == "tel:+15550001");
}

TEST_CASE("24.229 5.2.6.3.1: an identity that the UE asserts is not believed, nor is its From") {
  pcscf_scene s;
  s.knows(alice_binding());
  auto sent = invite(std::string(service_route) +
                     "P-Asserted-Identity: <sip:bob@home.example>\nP-Called-Party-ID: <sip:x@y>\n"
                     "P-Served-User: <sip:bob@home.example>\nP-Charging-Vector: icid-value=mine\n");
  sent.set(sip::hdr::from, "<sip:bob@home.example>;tag=1");
  auto passed = s.passes(sent);
  CHECK(all(passed, sip::hdr::p_asserted_identity) == texts{"\"Alice\" <sip:alice@home.example>"});
  CHECK_FALSE(passed.has(sip::hdr::p_called_party_id));
  CHECK_FALSE(passed.has(sip::hdr::p_served_user));
  CHECK(value(passed, sip::hdr::p_charging_vector).find("mine") == std::string::npos);
}

TEST_CASE("24.229 5.2.6.3.3: a preloaded Route that is the service route stays as it is") {
  pcscf_scene s;
  s.knows(alice_binding());
  CHECK(all(s.passes(invite()), sip::hdr::route) == texts{"<sip:orig@scscf.home.example:6060;lr>"});
  CHECK(all(s.passes(invite("Route: <sip:orig@SCSCF.home.example:6060;lr>\n")), sip::hdr::route).size() == 1);
}

TEST_CASE("24.229 5.2.6.3.3: any other Route is replaced by the service route, or refused with 400") {
  pcscf_scene s;
  s.knows(alice_binding());
  auto route = GENERATE("Route: <sip:scscf.elsewhere.example;lr>\n",
                        "Route: <sip:orig@scscf.home.example:6060;lr>, <sip:evil.example;lr>\n");
  SECTION("replaced") {
    CHECK(all(s.passes(invite(route)), sip::hdr::route) == texts{"<sip:orig@scscf.home.example:6060;lr>"});
  }
  SECTION("refused") {
    auto o = pcscf_options();
    o.on_foreign_route = pcscf::foreign_route::refuse;
    s.configured(o);
    auto sent = invite(route);
    auto decided = s.gets(sent);
    CHECK(status_of(decided) == 400);
    CHECK(is<reply>(decided).response.value(sip::hdr::warning).starts_with("399 "));
  }
}

TEST_CASE("24.229 5.2.6.3.3: a UE that gives no Route goes by its service route, in its order") {
  pcscf_scene s;
  auto binding = alice_binding();
  binding.service_route = {"sip:ibcf.home.example;lr", "sip:orig@scscf.home.example;lr"};
  s.knows(binding);
  CHECK(all(s.passes(invite("")), sip::hdr::route) ==
        texts{"<sip:ibcf.home.example;lr>", "<sip:orig@scscf.home.example;lr>"});
}

TEST_CASE("24.229 5.2.6.3.2A: without a service route nothing can be sent for the user") {
  pcscf_scene s;
  auto binding = alice_binding();
  binding.service_route.clear();
  s.knows(binding);
  auto sent = invite("");
  auto decided = s.gets(sent);
  CHECK(status_of(decided) == 403);
}

TEST_CASE("24.229 5.2.6.3.3: an initial request gets an ICID, the visited network's IOI and access information") {
  pcscf_scene s;
  s.knows(alice_binding());
  auto method =
      GENERATE("INVITE sip:bob@home.example", "MESSAGE sip:bob@home.example", "SUBSCRIBE sip:bob@home.example",
               "PUBLISH sip:alice@home.example", "FOO sip:bob@home.example");
  auto passed = s.passes(from_alice(method, "P-Access-Network-Info: 3GPP-GERAN;np\n"));
  auto vector = ims::parse_charging_vector(passed.value(sip::hdr::p_charging_vector));
  REQUIRE(vector);
  CHECK_FALSE(vector->icid.empty());
  CHECK(vector->generated_at == "pcscf.visited.example");
  CHECK(vector->orig_ioi == "Type 1visited.example");
  CHECK(all(passed, sip::hdr::p_access_network_info) ==
        texts{"3GPP-E-UTRAN-FDD;network-provided;utran-cell-id-3gpp=00101"});
}

TEST_CASE("24.229 5.2.6.3.3: the P-CSCF stays in the dialog") {
  pcscf_scene s;
  s.knows(alice_binding());
  auto sent = invite();
  auto decided = s.gets(sent);
  CHECK(is<pass_on>(decided).stay);
  CHECK(is<pass_on>(decided).targets.empty());
}

TEST_CASE("24.229 5.2.6.3.4: what answers the UE carries none of the network's charging and access information") {
  pcscf_scene s;
  s.knows(alice_binding());
  auto sent = s.passes(invite());
  auto ringing =
      message_of("SIP/2.0 180 Ringing\nVia: SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bKabc\nFrom: <sip:a@b>;tag=1\n"
                 "To: <sip:b@b>;tag=2\nCall-ID: one\nCSeq: 1 INVITE\nP-Asserted-Identity: <sip:bob@home.example>\n"
                 "P-Charging-Vector: icid-value=1;term-ioi=x\nP-Charging-Function-Addresses: ccf=1\n"
                 "P-Access-Network-Info: 3GPP-GERAN\n");
  SECTION("the called identity is shown") {
    s.gets(ringing, sent);
    CHECK(ringing.has(sip::hdr::p_asserted_identity));
  }
  SECTION("RFC 3325 7: unless the called user asked for privacy") {
    ringing.add(sip::hdr::privacy, "id");
    s.gets(ringing, sent);
    CHECK_FALSE(ringing.has(sip::hdr::p_asserted_identity));
  }
  CHECK_FALSE(ringing.has(sip::hdr::p_charging_vector));
  CHECK_FALSE(ringing.has(sip::hdr::p_charging_function_addresses));
  CHECK_FALSE(ringing.has(sip::hdr::p_access_network_info));
}

TEST_CASE("24.229 5.2.6.3.5: what the UE sends inside the dialog keeps its ICID and is asked nothing") {
  talking s;
  auto begun = ims::parse_charging_vector(s.sent.value(sip::hdr::p_charging_vector));
  auto update =
      s.in_dialog("UPDATE", "P-Preferred-Identity: <sip:bob@home.example>\nP-Charging-Vector: icid-value=mine\n");
  auto passed = s.passes(update);
  auto vector = ims::parse_charging_vector(passed.value(sip::hdr::p_charging_vector));
  REQUIRE(vector);
  CHECK(vector->icid == begun->icid);
  CHECK_FALSE(passed.has(sip::hdr::p_preferred_identity));
  CHECK(passed.has(sip::hdr::p_access_network_info));
}

TEST_CASE("24.229 5.2.6.3.5: inside the dialog another flow must be the same user's") {
  talking s;
  s.from = udp_flow("192.0.2.66", 5060, sip::side::access);
  auto bye = s.in_dialog("BYE");
  auto asked = s.gets(bye);
  CHECK(asks<ask_binding>(asked).by_flow == s.from);
  SECTION("a stranger's") {
    s.knows_nobody();
    auto decided = s.gets(bye);
    CHECK(status_of(decided) == 403);
  }
  SECTION("another user's") {
    auto mallory = alice_binding();
    mallory.key.hash = 666;
    s.knows(mallory);
    auto decided = s.gets(bye);
    CHECK(status_of(decided) == 403);
  }
  SECTION("hers, since she registered again") {
    s.knows(alice_binding());
    auto decided = s.gets(bye);
    CHECK(std::holds_alternative<pass_on>(decided));
  }
}

TEST_CASE("24.229 5.2.6.3.5: a UDP peer is the same whichever shard received it") {
  talking s;
  s.from.shard = 5;
  auto bye = s.in_dialog("BYE");
  auto decided = s.gets(bye);
  CHECK(std::holds_alternative<pass_on>(decided));
}

TEST_CASE("24.229 5.2.6.3.5: a request for a dialog that the UE is not in is answered 403") {
  pcscf_scene s;
  s.knows(alice_binding());
  auto bye = from_alice("BYE sip:bob@198.51.100.1");
  bye.set(sip::hdr::to, "<sip:bob@home.example>;tag=2");
  SECTION("without our route") {
    auto decided = s.gets(bye);
    CHECK(status_of(decided) == 403);
  }
  SECTION("with our route it goes on, though nothing is stored of it") {
    s.ctx.token = sip::token{};
    s.ctx.token->use = sip::token_use::record_route;
    auto decided = s.gets(bye);
    CHECK(std::holds_alternative<pass_on>(decided));
    CHECK(bye.has(sip::hdr::p_charging_vector));
  }
  SECTION("with our route, but from a stranger") {
    s.ctx.token = sip::token{};
    s.ctx.token->use = sip::token_use::record_route;
    s.knows_nobody();
    auto decided = s.gets(bye);
    CHECK(status_of(decided) == 403);
  }
}

TEST_CASE("RFC 3261 17: an ACK is never answered, and passes inside its dialog") {
  SECTION("stray") {
    pcscf_scene s;
    auto ack = from_alice("ACK sip:bob@home.example");
    auto decided = s.gets(ack);
    CHECK(std::holds_alternative<drop>(decided));
  }
  SECTION("of a dialog") {
    talking s;
    auto ack = s.in_dialog("ACK", "P-Asserted-Identity: <sip:bob@home.example>\n");
    auto passed = s.passes(ack);
    CHECK_FALSE(passed.has(sip::hdr::p_asserted_identity));
  }
}

TEST_CASE("24.229 5.2.10.4: an emergency call is referred to another domain, since no E-CSCF is here") {
  auto uri = GENERATE("urn:service:sos", "urn:service:sos.fire", "URN:SERVICE:SOS", "tel:112",
                      "sip:911@home.example;user=phone", "tel:112;phone-context=home.example");
  pcscf_scene s;
  auto sent = from_alice("INVITE " + std::string(uri), service_route);
  SECTION("from a registered UE, with the P-CSCF's name") {
    s.knows(alice_binding());
    auto decided = s.gets(sent);
    auto& response = is<reply>(decided).response;
    CHECK(response.status() == 380);
    CHECK(value(response, sip::hdr::content_type) == "application/3gpp-ims+xml");
    CHECK(response.body().find("<type>emergency</type>") != std::string_view::npos);
    CHECK(value(response, sip::hdr::p_asserted_identity) == "<sip:path@pcscf.visited.example:5060;lr>");
  }
  SECTION("from anyone") {
    s.knows_nobody();
    auto decided = s.gets(sent);
    CHECK(status_of(decided) == 380);
  }
}

TEST_CASE("24.229 5.2.10: what only looks like an emergency call is none") {
  auto uri = GENERATE("urn:service:sosx", "tel:1120", "sip:bob112@home.example", "urn:service:counseling");
  pcscf_scene s;
  s.knows(alice_binding());
  auto sent = from_alice("INVITE " + std::string(uri), service_route);
  auto decided = s.gets(sent);
  CHECK(std::holds_alternative<pass_on>(decided));
}
