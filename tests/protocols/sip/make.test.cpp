// RFC 3261 clauses 8.2.6, 9.1 and 17.1.1.3: messages made from others.
#include <catch2/catch.hpp>

#include "protocols/sip/make.hpp"
#include "protocols/sip/values.hpp"

using namespace troupe::sip;

namespace {

message invite() {
  auto m = message::request("INVITE", "sip:bob@192.0.2.4");
  m.add(hdr::via, "SIP/2.0/UDP p1.example.com;branch=z9hG4bK2, SIP/2.0/UDP ua.example.com;branch=z9hG4bK1");
  m.add(hdr::via, "SIP/2.0/TCP older.example.com;branch=z9hG4bK0");
  m.add(hdr::record_route, "<sip:p1.example.com;lr>");
  m.add(hdr::route, "<sip:p2.example.com;lr>");
  m.add(hdr::route, "<sip:p3.example.com;lr>");
  m.add(hdr::from, "Alice <sip:alice@example.com>;tag=1928");
  m.add(hdr::to, "Bob <sip:bob@example.com>");
  m.add(hdr::call_id, "a84b4c76e66710@pc33");
  m.add(hdr::cseq, "314159 INVITE");
  m.add(hdr::timestamp, "54");
  m.add(hdr::proxy_require, "foo");
  m.add(hdr::max_forwards, "70");
  return m;
}

} // namespace

TEST_CASE("a response has the request's Via, From, To, Call-ID and CSeq, and a tag of its own (RFC 3261 8.2.6.2)") {
  auto r = make_response(invite(), 180, "xyz");
  CHECK(r.status() == 180);
  CHECK(values(r, hdr::via).size() == 3);
  CHECK(r.value(hdr::from) == "Alice <sip:alice@example.com>;tag=1928");
  CHECK(r.value(hdr::to) == "Bob <sip:bob@example.com>;tag=xyz");
  CHECK(r.value(hdr::call_id) == "a84b4c76e66710@pc33");
  CHECK(r.value(hdr::cseq) == "314159 INVITE");
  CHECK(r.value(hdr::record_route) == "<sip:p1.example.com;lr>");
  CHECK_FALSE(r.has(hdr::timestamp));
  CHECK_FALSE(r.has(hdr::max_forwards));
}

TEST_CASE("a 100 has no tag of ours but the Timestamp (RFC 3261 8.2.6.1)") {
  auto r = make_response(invite(), 100);
  CHECK(r.value(hdr::to) == "Bob <sip:bob@example.com>");
  CHECK(r.value(hdr::timestamp) == "54");
  CHECK_FALSE(r.has(hdr::record_route));
}

TEST_CASE("a failure carries no Record-Route, and a To-tag that is there stays") {
  auto m = invite();
  m.set(hdr::to, "<sip:bob@example.com>;tag=old");
  auto r = make_response(m, 486, "new", "Busy Just Now");
  CHECK(r.value(hdr::to) == "<sip:bob@example.com>;tag=old");
  CHECK(r.reason() == "Busy Just Now");
  CHECK_FALSE(r.has(hdr::record_route));
}

TEST_CASE("the response to a request that lacks fields lacks them too, and has no body of the request's") {
  auto m = invite();
  m.remove(hdr::from);
  m.remove(hdr::to);
  m.set_body("text/plain", "hello");
  auto r = make_response(m, 400, "xyz");
  CHECK_FALSE(r.has(hdr::from));
  CHECK_FALSE(r.has(hdr::to));
  CHECK(r.value(hdr::cseq) == "314159 INVITE");
  CHECK_FALSE(r.has(hdr::content_type));
  CHECK(r.body().empty());
}

TEST_CASE("the ACK of a failure has the INVITE's top Via and Routes, and the response's To (RFC 3261 17.1.1.3)") {
  auto m = invite();
  auto ack = make_ack(m, make_response(m, 486, "xyz"));
  CHECK(ack.method() == method::ack);
  CHECK(ack.uri() == "sip:bob@192.0.2.4");
  CHECK(values(ack, hdr::via) == std::vector<std::string_view>{"SIP/2.0/UDP p1.example.com;branch=z9hG4bK2"});
  CHECK(values(ack, hdr::route).size() == 2);
  CHECK(ack.value(hdr::to) == "Bob <sip:bob@example.com>;tag=xyz");
  CHECK(ack.value(hdr::cseq) == "314159 ACK");
  CHECK(ack.value(hdr::max_forwards) == "70");
  CHECK_FALSE(ack.has(hdr::record_route));
}

TEST_CASE(
    "a CANCEL has the INVITE's To, branch and Routes, no Proxy-Require, and its Reason (RFC 3261 9.1, RFC 3326)") {
  auto cancel = make_cancel(invite(), "SIP;cause=200;text=\"Call completed elsewhere\"");
  CHECK(cancel.method() == method::cancel);
  CHECK(values(cancel, hdr::via).size() == 1);
  CHECK(values(cancel, hdr::route).size() == 2);
  CHECK(cancel.value(hdr::to) == "Bob <sip:bob@example.com>");
  CHECK(cancel.value(hdr::cseq) == "314159 CANCEL");
  CHECK(cancel.value(hdr::reason) == "SIP;cause=200;text=\"Call completed elsewhere\"");
  CHECK_FALSE(cancel.has(hdr::proxy_require));
  CHECK_FALSE(make_cancel(invite()).has(hdr::reason));
}
