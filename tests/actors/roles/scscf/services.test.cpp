#include "protocols/ims/identity.hpp"
#include "tests/actors/roles/scscf/scscf_scene.hpp"

using namespace troupe;
using namespace troupe::roles;
using namespace troupe::roles::testing;
using ims::default_handling;
using ims::session_case;

namespace {

constexpr auto head = R"( SIP/2.0
Via: SIP/2.0/UDP 198.51.100.5:5060;branch=z9hG4bKprev
Max-Forwards: 69
From: <sip:alice@home.example>;tag=1
To: <sip:bob@home.example>
Call-ID: one
CSeq: 1 INVITE
Contact: <sip:alice@192.0.2.7:5060>
)";

struct originating : scscf_scene {
  sip::message sent = message_of("INVITE sip:bob@home.example" + std::string(head) +
                                 "P-Asserted-Identity: <sip:alice@home.example>\n"
                                 "P-Charging-Vector: icid-value=abc;orig-ioi=\"Type 1visited.example\"\n");

  originating() : scscf_scene(sip::half::originating) {
    alice.criteria() = {criterion("sip:as1.home.example:5090", session_case::originating_registered),
                        criterion("sip:as2.home.example;lr", session_case::originating_registered)};
    alice.snapshot.charging.ccf = {"cdf.home.example"};
    knows_alice();
  }
};

struct terminating : scscf_scene {
  sip::message sent = message_of("INVITE sip:alice@home.example" + std::string(head) +
                                 "P-Asserted-Identity: <sip:bob@home.example>\n"
                                 "P-Charging-Vector: icid-value=def;orig-ioi=home.example\n");

  explicit terminating(session_case direction = session_case::terminating_registered)
      : scscf_scene(sip::half::terminating) {
    alice.criteria() = {criterion("sip:as1.home.example", direction)};
    knows_alice();
  }
};

std::string first_route(const sip::message& m) { return std::string(sip::first_value(m, sip::hdr::route)); }

} // namespace

TEST_CASE("24.229 5.4.3.2: a matching criterion sends the request to its AS, and our own Route brings it back") {
  originating s;
  auto decided = s.gets(s.sent);
  CHECK(is<pass_on>(decided).next_hop.empty());
  CHECK(is<pass_on>(decided).stay);
  auto routes = all(s.sent, sip::hdr::route);
  REQUIRE(routes.size() == 2);
  CHECK(routes[0] == "<sip:as1.home.example:5090;lr>");
  auto token = token_in(routes[1]);
  REQUIRE(token);
  CHECK(token->use == sip::token_use::service_route);
  CHECK(token->half == sip::half::originating);
  CHECK(token->side == sip::side::core);
  CHECK(token->key == s.ctx.call);
  CHECK(s.sent.uri() == "sip:bob@home.example");
}

TEST_CASE("RFC 5502: the AS is told who is served and in which session case") {
  SECTION("originating") {
    originating s;
    s.gets(s.sent);
    CHECK(value(s.sent, sip::hdr::p_served_user) == "<sip:alice@home.example>;sescase=orig;regstate=reg");
  }
  SECTION("terminating, registered") {
    terminating s;
    s.gets(s.sent);
    CHECK(value(s.sent, sip::hdr::p_served_user) == "<sip:alice@home.example>;sescase=term;regstate=reg");
  }
  SECTION("terminating, unregistered") {
    terminating s(session_case::terminating_unregistered);
    s.alice.snapshot.state = ims::registration_state::unregistered;
    s.alice.snapshot.contacts.clear();
    s.knows_alice();
    s.gets(s.sent);
    CHECK(value(s.sent, sip::hdr::p_served_user) == "<sip:alice@home.example>;sescase=term;regstate=unreg");
  }
}

TEST_CASE("24.229 5.4.3.2: the AS gets the ICID, our IOI of type 3, and the charging functions' addresses") {
  originating s;
  s.gets(s.sent);
  CHECK(s.charging(s.sent).icid == "abc");
  CHECK(s.charging(s.sent).orig_ioi == "Type 3home.example");
  CHECK(value(s.sent, sip::hdr::p_charging_function_addresses) == "ccf=cdf.home.example");
}

TEST_CASE("24.229 5.4.3.2: a request that comes back goes to the next AS, and when none is left, out") {
  originating s;
  s.gets(s.sent);
  s.sent.remove_first_value(sip::hdr::route); // AS 1 takes its own off
  s.comes_back(s.sent);
  auto again = s.gets(s.sent);
  CHECK(is<pass_on>(again).next_hop.empty());
  CHECK(first_route(s.sent) == "<sip:as2.home.example;lr>");
  s.sent.remove_first_value(sip::hdr::route);
  s.comes_back(s.sent);
  auto out = s.gets(s.sent);
  CHECK(is<pass_on>(out).next_hop == "sip:icscf.home.example:5070");
  CHECK_FALSE(s.sent.has(sip::hdr::route));
  CHECK_FALSE(s.sent.has(sip::hdr::p_served_user));
  CHECK_FALSE(s.sent.has(sip::hdr::p_charging_function_addresses));
  CHECK(s.charging(s.sent).orig_ioi == "home.example");
}

TEST_CASE("24.229 5.4.3.2: the identifier finds the chain though the AS is a B2BUA that keeps nothing of the request") {
  originating s;
  s.gets(s.sent);
  auto other = message_of("INVITE sip:bob@home.example" + std::string(head));
  other.set(sip::hdr::call_id, "another");
  other.add(sip::hdr::route, all(s.sent, sip::hdr::route)[1]);
  s.comes_back(other);
  s.facts = {};
  auto asked = s.gets(other);
  CHECK(asks<ask_profile>(asked).impu == "sip:alice@home.example");
  s.knows_alice();
  s.gets(other);
  CHECK(first_route(other) == "<sip:as2.home.example;lr>");
  CHECK_FALSE(s.charging(other).icid.empty());
}

TEST_CASE("24.229 5.4.3.2: only criteria of the session case are looked at") {
  originating s;
  s.alice.criteria() = {criterion("sip:as1.home.example", session_case::terminating_registered)};
  s.knows_alice();
  auto decided = s.gets(s.sent);
  CHECK_FALSE(s.sent.has(sip::hdr::route));
  CHECK(is<pass_on>(decided).next_hop == "sip:icscf.home.example:5070");
}

TEST_CASE("24.229 5.4.3.2: an AS that fails is passed over when its default handling says continue") {
  originating s;
  s.gets(s.sent);
  auto failed = answer_to(s.sent, GENERATE(408, 500, 503, 504));
  s.facts = {};
  auto asked = s.gets(failed, s.sent);
  CHECK(asks<ask_profile>(asked).impu == "sip:alice@home.example");
  s.knows_alice();
  auto decided = s.gets(failed, s.sent);
  auto& passed = is<pass_on>(decided);
  REQUIRE(passed.targets.size() == 1);
  auto next = passed.targets[0].request;
  CHECK(first_route(next) == "<sip:as2.home.example;lr>");
  CHECK(all(next, sip::hdr::route).size() == 2);
  SECTION("and so is the next, until the request goes out") {
    auto gone = answer_to(next, 503);
    auto out = s.gets(gone, next);
    auto& last = is<pass_on>(out);
    REQUIRE(last.targets.size() == 1);
    CHECK(last.targets[0].next_hop == "sip:icscf.home.example:5070");
    CHECK_FALSE(last.targets[0].request.has(sip::hdr::route));
    CHECK_FALSE(last.targets[0].request.has(sip::hdr::p_served_user));
  }
}

TEST_CASE("24.229 5.4.3.2: an AS that fails ends the session when its default handling says terminate") {
  originating s;
  s.alice.criteria()[0].server.handling = default_handling::session_terminated;
  s.knows_alice();
  s.gets(s.sent);
  auto failed = answer_to(s.sent, 503);
  auto decided = s.gets(failed, s.sent);
  CHECK(std::holds_alternative<pass_back>(decided));
  CHECK(failed.status() == 503);
}

TEST_CASE("24.229 5.4.3.2: what an AS answers after it has shown life, and other failures, are the caller's") {
  originating s;
  s.gets(s.sent);
  SECTION("503 behind 180") {
    auto ringing = answer_to(s.sent, 180);
    s.gets(ringing, s.sent);
    auto failed = answer_to(s.sent, 503);
    auto decided = s.gets(failed, s.sent);
    CHECK(std::holds_alternative<pass_back>(decided));
  }
  SECTION("others") {
    auto failed = answer_to(s.sent, GENERATE(403, 404, 480, 486, 600, 603));
    auto decided = s.gets(failed, s.sent);
    CHECK(std::holds_alternative<pass_back>(decided));
  }
}

TEST_CASE("24.229 5.4.3.3: the terminating chain ends at the contacts") {
  terminating s;
  s.gets(s.sent);
  CHECK(first_route(s.sent) == "<sip:as1.home.example;lr>");
  s.sent.remove_first_value(sip::hdr::route);
  s.comes_back(s.sent);
  CHECK(s.ctx.token->half == sip::half::terminating);
  auto decided = s.gets(s.sent);
  auto& passed = is<pass_on>(decided);
  REQUIRE(passed.targets.size() == 1);
  CHECK(passed.targets[0].request.uri() == "sip:alice@192.0.2.7:5060");
  CHECK_FALSE(passed.targets[0].request.has(sip::hdr::p_served_user));
}

TEST_CASE("24.229 5.4.3.3: a terminating AS that fails is passed over to the contacts") {
  terminating s;
  s.gets(s.sent);
  auto failed = answer_to(s.sent, 408);
  auto decided = s.gets(failed, s.sent);
  auto& passed = is<pass_on>(decided);
  REQUIRE(passed.targets.size() == 1);
  CHECK(passed.targets[0].request.uri() == "sip:alice@192.0.2.7:5060");
  CHECK(all(passed.targets[0].request, sip::hdr::route) == texts{"<sip:path@pcscf.visited.example:5060;lr>"});
}

TEST_CASE("24.229 5.4.3.3: an unregistered user's services come first, then it is 480") {
  terminating s(session_case::terminating_unregistered);
  s.alice.snapshot.state = ims::registration_state::unregistered;
  s.alice.snapshot.contacts.clear();
  s.knows_alice();
  s.gets(s.sent);
  CHECK(first_route(s.sent) == "<sip:as1.home.example;lr>");
  s.sent.remove_first_value(sip::hdr::route);
  s.comes_back(s.sent);
  auto decided = s.gets(s.sent);
  CHECK(status_of(decided) == 480);
}

TEST_CASE(
    "24.229 5.4.3.3: when an AS diverts the call it goes out in the served user's name, by the diversion's criteria") {
  terminating s;
  s.gets(s.sent);
  s.sent.remove_first_value(sip::hdr::route);
  s.comes_back(s.sent);
  s.sent.set_uri("sip:voicemail@home.example");
  SECTION("none are there") {
    auto decided = s.gets(s.sent);
    CHECK(is<pass_on>(decided).targets.empty());
    CHECK(is<pass_on>(decided).next_hop == "sip:icscf.home.example:5070");
    CHECK(s.sent.uri() == "sip:voicemail@home.example");
    CHECK_FALSE(s.sent.has(sip::hdr::p_called_party_id));
  }
  SECTION("one is") {
    // in front of the one that has been: another session case begins its own list
    s.alice.criteria().insert(s.alice.criteria().begin(),
                              criterion("sip:cdiv.home.example", session_case::originating_cdiv));
    s.knows_alice();
    s.gets(s.sent);
    CHECK(first_route(s.sent) == "<sip:cdiv.home.example;lr>");
    CHECK(value(s.sent, sip::hdr::p_served_user) == "<sip:alice@home.example>;orig-cdiv");
    s.sent.remove_first_value(sip::hdr::route);
    s.comes_back(s.sent);
    auto decided = s.gets(s.sent);
    CHECK(is<pass_on>(decided).next_hop == "sip:icscf.home.example:5070");
  }
}

TEST_CASE("24.229 5.4.3.3: an AS that writes the user's other identity has not diverted the call") {
  terminating s;
  s.gets(s.sent);
  s.sent.remove_first_value(sip::hdr::route);
  s.comes_back(s.sent);
  s.sent.set_uri("tel:+1-555-0001");
  auto decided = s.gets(s.sent);
  CHECK(is<pass_on>(decided).targets.size() == 1);
}

TEST_CASE("24.229 5.4.3.2: an AS may originate for a user who is not registered") {
  originating s;
  s.alice.criteria() = {criterion("sip:as1.home.example", session_case::originating_unregistered)};
  s.alice.snapshot.state = ims::registration_state::unregistered;
  s.ctx.token.reset();
  s.ctx.own_route = "sip:scscf.home.example:6060;lr;orig";
  s.sent.set(sip::hdr::p_asserted_identity, "<sip:service@home.example>");
  s.sent.set(sip::hdr::p_served_user, "<sip:alice@home.example>;sescase=orig;regstate=unreg");
  s.facts = {};
  auto asked = s.gets(s.sent);
  CHECK(asks<ask_profile>(asked).impu == "sip:alice@home.example");
  CHECK(asks<ask_profile>(asked).load_unregistered);
  s.knows_alice();
  s.gets(s.sent);
  CHECK(first_route(s.sent) == "<sip:as1.home.example;lr>");
  CHECK(value(s.sent, sip::hdr::p_served_user) == "<sip:alice@home.example>;sescase=orig;regstate=unreg");
}

TEST_CASE("RFC 5502 7: a UE's P-CSCF does not say who is served; the asserted identity counts") {
  originating s;
  s.sent.set(sip::hdr::p_served_user, "<sip:bob@home.example>");
  s.facts = {};
  auto asked = s.gets(s.sent);
  CHECK(asks<ask_profile>(asked).impu == "sip:alice@home.example");
}

TEST_CASE("24.229 5.4.3.2: what an AS is answered carries IOIs of type 3") {
  originating s;
  s.gets(s.sent);
  s.sent.remove_first_value(sip::hdr::route);
  s.comes_back(s.sent);
  s.gets(s.sent);
  auto response = answer_to(s.sent, 200);
  s.gets(response, s.sent);
  CHECK(s.charging(response).orig_ioi == "Type 3home.example");
  CHECK(s.charging(response).term_ioi == "Type 3home.example");
}

TEST_CASE("what an S-CSCF has noted is read as it was written, and broken notes are refused") {
  scscf::note n;
  n.came_from = scscf::origin::server;
  n.direction = session_case::originating_cdiv;
  n.served = "sip:alice@home.example";
  n.icid = "abc";
  n.generated_at = "host";
  n.orig_ioi = "ioi";
  n.alias = "tel:+15550001";
  n.foreign = n.terminates = n.answers = true;
  n.criterion = 3;
  n.tried = {1, 1ull << 63};
  auto octets = scscf::encode(n);
  CHECK(scscf::decode_note(octets) == n);
  for (std::size_t size = 0; size < octets.size(); ++size)
    CHECK_FALSE(scscf::decode_note(std::string_view(octets).substr(0, size)));
}
