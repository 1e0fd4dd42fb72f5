#include "tests/actors/roles/scscf/scscf_scene.hpp"

using namespace troupe;
using namespace troupe::roles;
using namespace troupe::roles::testing;

namespace {

sip::message registration() {
  return message_of(R"(REGISTER sip:scscf.home.example:6060 SIP/2.0
Via: SIP/2.0/UDP 198.51.100.5:5060;branch=z9hG4bKicscf
Max-Forwards: 68
From: <sip:alice@home.example>;tag=1
To: <sip:alice@home.example>
Call-ID: one
CSeq: 1 REGISTER
Contact: <sip:alice@192.0.2.7:5060>
P-Charging-Vector: icid-value=abc;orig-ioi="Type 1visited.example"
)");
}

sip::message subscription(std::string_view event, std::string_view uri = "sip:alice@home.example") {
  return message_of("SUBSCRIBE " + std::string(uri) + R"( SIP/2.0
Via: SIP/2.0/UDP 198.51.100.5:5060;branch=z9hG4bKx
Max-Forwards: 68
From: <sip:alice@home.example>;tag=1
To: <sip:alice@home.example>
Call-ID: one
CSeq: 1 SUBSCRIBE
Contact: <sip:alice@192.0.2.7:5060>
P-Asserted-Identity: <sip:alice@home.example>
Event: )" + std::string(event) +
                    "\n");
}

} // namespace

TEST_CASE("24.229 5.4.1: a REGISTER is the registrar's, and its answer goes back") {
  scscf_scene s(sip::half::originating);
  auto sent = registration();
  auto asked = s.gets(sent);
  CHECK(asks<ask_registrar>(asked).request.method() == sip::method::register_);
  s.facts.response = make_ref<const sip::message>(answer_to(sent, GENERATE(401, 403, 404, 423, 500)));
  auto decided = s.gets(sent);
  auto& response = is<reply>(decided).response;
  CHECK(response.status() == s.facts.response->status());
  CHECK_FALSE(response.has(sip::hdr::service_route));
}

TEST_CASE("24.229 5.4.1.2.2F: the 200 tells the way to us and the home network's IOI") {
  scscf_scene s(sip::half::originating);
  auto sent = registration();
  s.facts.response =
      make_ref<const sip::message>(answer_to(sent, 200, "Contact: <sip:alice@192.0.2.7:5060>;expires=600\n"));
  auto decided = s.gets(sent);
  auto& response = is<reply>(decided).response;
  auto token = token_in(response.value(sip::hdr::service_route));
  REQUIRE(token);
  CHECK(token->use == sip::token_use::service_route);
  CHECK(token->half == sip::half::originating);
  CHECK(token->side == sip::side::core);
  CHECK(token->sequence == 0);
  CHECK(s.charging(response).icid == "abc");
  CHECK(s.charging(response).orig_ioi == "Type 1visited.example");
  CHECK(s.charging(response).term_ioi == "Type 1home.example");
}

TEST_CASE("24.229 5.4.1.4: a 200 that leaves no contact gives no way to us") {
  scscf_scene s(sip::half::originating);
  auto sent = registration();
  s.facts.response = make_ref<const sip::message>(answer_to(sent, 200));
  auto decided = s.gets(sent);
  CHECK_FALSE(is<reply>(decided).response.has(sip::hdr::service_route));
}

TEST_CASE("RFC 3608 6.3: a Service-Route that the registrar gave stays") {
  scscf_scene s(sip::half::originating);
  auto sent = registration();
  s.facts.response = make_ref<const sip::message>(
      answer_to(sent, 200, "Contact: <sip:alice@192.0.2.7:5060>\nService-Route: <sip:mine.example;lr>\n"));
  auto decided = s.gets(sent);
  CHECK(all(is<reply>(decided).response, sip::hdr::service_route) == texts{"<sip:mine.example;lr>"});
}

TEST_CASE("24.229 5.4.2.1.1: a subscription to a registration that is here is the notifier's") {
  auto half = GENERATE(sip::half::originating, sip::half::terminating);
  scscf_scene s(half);
  s.knows_alice();
  auto sent = subscription("reg");
  auto asked = s.gets(sent);
  CHECK(asks<ask_notifier>(asked).request.uri() == "sip:alice@home.example");
  s.facts.response = make_ref<const sip::message>(answer_to(sent, 200));
  auto decided = s.gets(sent);
  CHECK(status_of(decided) == 200);
}

TEST_CASE("24.229 5.4.2.1.1: a subscription to somebody else's registration goes to who serves him") {
  scscf_scene s(sip::half::originating);
  s.knows_alice();
  auto sent = subscription("reg", "sip:bob@home.example");
  auto decided = s.gets(sent);
  CHECK(is<pass_on>(decided).next_hop == "sip:icscf.home.example:5070");
}

TEST_CASE("24.229 5.4.3.3: other events are the user's own: they go to the contacts") {
  scscf_scene s(sip::half::terminating);
  s.knows_alice();
  auto sent = subscription("presence");
  auto decided = s.gets(sent);
  CHECK(is<pass_on>(decided).targets.size() == 1);
}

TEST_CASE("24.229 5.4.2.1.1: a refresh inside the subscription comes to the notifier by our own contact") {
  scscf_scene s(sip::half::originating);
  auto sent = subscription("reg", "sip:scscf.home.example:6060");
  sent.set(sip::hdr::to, "<sip:alice@home.example>;tag=9");
  s.ctx.in_dialog = GENERATE(true, false);
  SECTION("ours") {
    auto asked = s.gets(sent);
    CHECK(asks<ask_notifier>(asked).request.method() == sip::method::subscribe);
  }
  SECTION("another S-CSCF's") {
    sent.set_uri("sip:scscf.elsewhere.example");
    auto decided = s.gets(sent);
    CHECK(std::holds_alternative<pass_on>(decided));
  }
}
