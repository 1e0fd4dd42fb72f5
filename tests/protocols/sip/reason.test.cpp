// RFC 3326: Reason.
#include <catch2/catch.hpp>

#include "protocols/sip/reason.hpp"

using namespace troupe::sip;

TEST_CASE("a Reason names protocol, cause and text, quoted (RFC 3326 2)") {
  CHECK(make_reason("SIP", 503) == "SIP;cause=503");
  CHECK(make_reason("Q.850", 16, "Terminated \"so\"") == "Q.850;cause=16;text=\"Terminated \\\"so\\\"\"");
  CHECK(cancel_reason(200) == "SIP;cause=200;text=\"Call completed elsewhere\"");
  CHECK(cancel_reason(603) == "SIP;cause=603;text=\"Decline\"");
}

TEST_CASE("the cause of a protocol is found among several, without case (RFC 3326 2)") {
  auto m = message::request("BYE", "sip:x");
  m.add(hdr::reason, "Q.850;cause=16;text=\"a, b\", sip;cause=200");
  m.add(hdr::reason, "SIP;cause=600");
  CHECK(reason_cause(m, "SIP") == 200);
  CHECK(reason_cause(m, "q.850") == 16);
  CHECK_FALSE(reason_cause(m, "Preemption"));
  CHECK_FALSE(reason_cause(message::response(200), "SIP"));
}
