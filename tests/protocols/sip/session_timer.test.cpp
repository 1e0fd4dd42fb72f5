// RFC 4028 clause 8: session timers as a proxy handles them.
#include <catch2/catch.hpp>

#include "protocols/sip/session_timer.hpp"
#include "protocols/sip/values.hpp"

using namespace troupe;
using namespace troupe::sip;

namespace {

message request(std::string_view method, std::string_view expires, std::string_view min_se,
                std::string_view supported) {
  auto m = message::request(method, "sip:bob@example.com");
  if (!expires.empty())
    m.add(hdr::session_expires, expires);
  if (!min_se.empty())
    m.add(hdr::min_se, min_se);
  if (!supported.empty())
    m.add(hdr::supported, supported);
  return m;
}

const session_timer_rules rules{120, 1800, 3600};

} // namespace

TEST_CASE("a request's session interval is inserted, raised, shortened, left or refused (RFC 4028 8.1)") {
  struct row {
    std::string_view method, expires, min_se, supported;
    int status;
    std::string_view sent_expires, sent_min_se;
    std::uint32_t offered;
  };
  auto r = GENERATE(values<row>({
      {"INVITE", "", "", "", 0, "1800", "", 1800},
      {"UPDATE", "", "", "timer", 0, "1800", "", 1800},
      {"INVITE", "", "2000", "timer", 0, "2000", "2000", 2000},
      {"INVITE", "1800;refresher=uac", "", "100rel, timer", 0, "1800;refresher=uac", "", 1800},
      {"INVITE", "119", "", "timer", 422, "", "", 0},
      {"UPDATE", "119;refresher=uas", "90", "timer", 422, "", "", 0},
      {"INVITE", "119;refresher=uac", "", "", 0, "120;refresher=uac", "120", 120},
      {"INVITE", "100", "110", "", 0, "120", "120", 120},
      {"INVITE", "100", "600", "", 0, "600", "600", 600},
      {"INVITE", "7200;refresher=uac", "", "timer", 0, "3600;refresher=uac", "", 3600},
      {"INVITE", "7200", "5000", "timer", 0, "5000", "5000", 5000},
      {"INVITE", "soon", "", "timer", 400, "", "", 0},
      {"INVITE", "1800", "x", "timer", 400, "", "", 0},
      {"BYE", "", "", "", 0, "", "", 0},
      {"MESSAGE", "10", "", "timer", 0, "10", "", 0},
  }));
  auto m = request(r.method, r.expires, r.min_se, r.supported);
  session_offer offer;
  auto refused = adjust_session_timer(m, rules, offer);
  INFO(r.method << " Session-Expires: " << r.expires << " Min-SE: " << r.min_se << " Supported: " << r.supported);
  CHECK((refused ? refused->status : 0) == r.status);
  if (r.status == 422) {
    CHECK(make_refusal(m, *refused, "t").value(hdr::min_se) == "120");
  } else if (r.status == 0) {
    CHECK(m.value(hdr::session_expires) == r.sent_expires);
    CHECK(m.value(hdr::min_se) == r.sent_min_se);
    CHECK(offer.seconds == r.offered);
  }
}

TEST_CASE("a proxy that inserts nothing leaves a request without session timer as it is (RFC 4028 8.1)") {
  auto m = request("INVITE", "", "", "timer");
  session_offer offer;
  CHECK_FALSE(adjust_session_timer(m, {90, 0, 0}, offer));
  CHECK_FALSE(m.has(hdr::session_expires));
  CHECK(offer.seconds == 0);
  auto response = message::response(200);
  CHECK(settle_session_timer(response, offer).seconds == 0);
}

TEST_CASE("no minimum below 90 seconds is asked for (RFC 4028 5)") {
  auto m = request("INVITE", "60", "", "timer");
  session_offer offer;
  auto refused = adjust_session_timer(m, {10, 0, 0}, offer);
  REQUIRE(refused);
  CHECK(refused->value == "90");
}

TEST_CASE("what the callee agreed to is left as it is (RFC 4028 8.2)") {
  auto response = message::response(200);
  response.add(hdr::session_expires, "900;refresher=uas");
  auto agreed = settle_session_timer(response, {1800, true});
  CHECK(agreed == session_agreement{900, false});
  CHECK(response.value(hdr::session_expires) == "900;refresher=uas");
  CHECK_FALSE(response.has(hdr::require));
  CHECK(session_deadline(agreed, instant{5}) == instant{900005});
}

TEST_CASE("for a callee without session timers the caller is told to refresh (RFC 4028 8.2)") {
  auto response = message::response(200);
  response.add(hdr::require, "100rel");
  CHECK(settle_session_timer(response, {1800, true}) == session_agreement{1800, true});
  CHECK(response.value(hdr::session_expires) == "1800;refresher=uac");
  CHECK(lists_token(response, hdr::require, "timer"));
  CHECK(lists_token(response, hdr::require, "100rel"));
}

TEST_CASE("where neither side knows session timers there is none (RFC 4028 8.2)") {
  auto response = message::response(200);
  auto agreed = settle_session_timer(response, {1800, false});
  CHECK(agreed.seconds == 0);
  CHECK_FALSE(response.has(hdr::session_expires));
  CHECK_FALSE(session_deadline(agreed, instant{5}));
}
