#include "actors/roles/transit/transit.hpp"

#include "tests/actors/roles/support.hpp"

using namespace troupe;
using namespace troupe::roles;
using namespace troupe::roles::testing;

namespace {

constexpr auto invite = R"(INVITE sip:bob@192.0.2.1 SIP/2.0
Via: SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bKabc
Max-Forwards: 70
From: <sip:alice@a.example>;tag=1
To: <sip:bob@b.example>
Call-ID: one
CSeq: 1 INVITE
Contact: <sip:alice@192.0.2.7>
P-Asserted-Identity: <sip:alice@a.example>
)";

const transit::role hop_to_next{{"sip:192.0.2.99:5070;transport=udp", true}};

} // namespace

TEST_CASE("RFC 3261 16.6: transit sends what begins a dialog to its next hop and leaves the request as it is") {
  scene s(role_id::transit, sip::side::core, sip::half::none);
  auto request = message_of(invite);
  auto before = request.to_string();
  auto decided = s.request(hop_to_next, request);
  auto& passed = is<pass_on>(decided);
  CHECK(passed.targets.empty());
  CHECK(passed.next_hop == "sip:192.0.2.99:5070;transport=udp");
  CHECK(passed.stay);
  CHECK(request.to_string() == before);
}

TEST_CASE("transit stays out of the dialog when it is told so") {
  scene s(role_id::transit, sip::side::core, sip::half::none);
  transit::role passing{{"sip:192.0.2.99", false}};
  auto request = message_of(invite);
  auto decided = s.request(passing, request);
  CHECK_FALSE(is<pass_on>(decided).stay);
}

TEST_CASE("RFC 3261 16.12: transit follows a Route that stands behind its own") {
  scene s(role_id::transit, sip::side::core, sip::half::none);
  auto request = message_of(invite);
  request.add(sip::hdr::route, "<sip:elsewhere.example;lr>");
  auto decided = s.request(hop_to_next, request);
  CHECK(is<pass_on>(decided).next_hop.empty());
}

TEST_CASE(
    "RFC 3261 16.12: a request inside the dialog goes by its route set, also when nothing is stored of it any more") {
  scene s(role_id::transit, sip::side::core, sip::half::none);
  auto request = message_of(invite);
  SECTION("the dialog is known") { s.ctx.in_dialog = true; }
  SECTION("only the token is") {
    s.ctx.token = sip::token{};
    s.ctx.token->use = sip::token_use::record_route;
  }
  auto decided = s.request(hop_to_next, request);
  CHECK(is<pass_on>(decided).next_hop.empty());
}

TEST_CASE("transit hands every response back untouched") {
  scene s(role_id::transit, sip::side::core, sip::half::none);
  auto request = message_of(invite);
  auto response = sip::message::response(486);
  auto before = response.to_string();
  CHECK(std::holds_alternative<pass_back>(s.response(hop_to_next, response, request)));
  CHECK(response.to_string() == before);
}
